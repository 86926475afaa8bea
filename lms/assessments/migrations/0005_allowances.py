import django.db.models.deletion
from django.db import migrations, models

import lms.common.codes


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_counts"), ("cohorts", "0020_known_revisions")]

    operations = [
        migrations.AddField(model_name="attempt", name="is_late", field=models.BooleanField(default=False)),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("until", models.DateTimeField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("away", "could not be there"),
                            ("phone", "the phone or the line failed"),
                            ("other", "another reason"),
                        ],
                        max_length=5,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allowances", to="cohorts.enrolment"
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allowances", to="assessments.paper"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("paper", "enrolment"), name="allowance_once_per_person")
                ],
            },
        ),
    ]
