from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0012_lessons_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="cohort",
            name="reopened_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="cohort",
            name="reopened_reason",
            field=models.CharField(blank=True, max_length=500),
        ),
    ]
