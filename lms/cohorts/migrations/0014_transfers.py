from django.db import migrations, models


class Migration(migrations.Migration):
    """Why somebody left; and where she was transferred, which enrolments she brings."""

    dependencies = [
        ("cohorts", "0013_reopening"),
    ]

    operations = [
        migrations.AddField(
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
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="carries",
            field=models.ManyToManyField(related_name="carried_by", to="cohorts.enrolment"),
        ),
    ]
