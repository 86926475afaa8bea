from django.db import migrations, models


class Migration(migrations.Migration):
    """An enrolment that gave way to another row of the same person says so."""

    dependencies = [
        ("cohorts", "0017_folded_facts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="enrolment",
            name="withdrawn_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("cannot_come", "cannot come any more"),
                    ("own_wish", "does not want to go on"),
                    ("mistake", "enrolled by mistake"),
                    ("other", "another reason"),
                    ("transferred", "transferred to another cohort"),
                    ("merged", "gave way to another row of the same person"),
                ],
                max_length=12,
            ),
        ),
    ]
