import django.db.models.deletion
from django.db import migrations, models

import lms.common.codes


class Migration(migrations.Migration):
    dependencies = [("certificates", "0020_designs"), ("people", "0041_second_signatory")]

    operations = [
        migrations.CreateModel(
            name="KeyExport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("sealed_file", models.BinaryField(default=bytes)),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exports",
                        to="certificates.signingkey",
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.proposal"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "made_at"), name="key_export_once")],
            },
        ),
    ]
