import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0016_calendar_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="FoldedFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "on the waiting list"),
                            ("enrolled", "enrolled"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "fact",
                    models.CharField(
                        choices=[
                            ("sex", "Sex"),
                            ("age_band", "Age Band"),
                            ("region", "Region"),
                            ("category", "Category"),
                            ("disability", "Disability"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value", models.CharField(max_length=20)),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="folded_facts", to="cohorts.cohort"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("cohort", "state", "fact", "value"), name="folded_fact_once")
                ],
            },
        ),
    ]
