import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0017_webhooks")]

    operations = [
        migrations.CreateModel(
            name="NameCheckCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("matches", models.PositiveIntegerField(default=0)),
                ("mismatches", models.PositiveIntegerField(default=0)),
                ("last_on", models.DateField()),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="name_checks",
                        to="certificates.certificate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("certificate", "month"), name="name_check_count_once_a_month")
                ],
            },
        ),
    ]
