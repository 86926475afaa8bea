from django.db import migrations, models


class Migration(migrations.Migration):
    """With which revision of a session the participants began: what was changed before it nobody is told."""

    dependencies = [
        ("cohorts", "0019_counted_cohorts"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="known_revision",
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]
