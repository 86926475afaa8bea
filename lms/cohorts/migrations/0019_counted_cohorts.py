from django.db import migrations, models


class Migration(migrations.Migration):
    """When attendance and answers of a cohort became counts without names."""

    dependencies = [
        ("cohorts", "0018_rows_of_one_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="cohort",
            name="attendance_counted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="cohort",
            name="answers_counted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
