from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0004_enrolments"),
    ]

    operations = [
        migrations.AddField(
            model_name="cohort",
            name="listed_publicly",
            field=models.BooleanField(default=False, verbose_name="shown on the public first page"),
        ),
    ]
