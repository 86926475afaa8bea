from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("curricula", "0023_question_sources_in_each_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="modulepage",
            name="sessions_a_year",
            field=models.PositiveSmallIntegerField(
                default=2, verbose_name="sessions a year that keep a licence active"
            ),
        ),
        migrations.AddField(
            model_name="modulepage",
            name="refresher_since",
            field=models.DateField(blank=True, null=True, verbose_name="trainers need a refresher since"),
        ),
    ]
