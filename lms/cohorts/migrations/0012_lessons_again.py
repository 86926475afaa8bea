from django.db import migrations, models


class Migration(migrations.Migration):
    """A lesson may be held more than once, and a session may stand beside the lessons."""

    dependencies = [
        ("cohorts", "0011_listed_publicly"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="session",
            name="session_lesson_once",
        ),
        migrations.AddField(
            model_name="session",
            name="is_extra",
            field=models.BooleanField(default=False),
        ),
    ]
