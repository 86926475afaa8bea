from django.db import migrations, models


class Migration(migrations.Migration):
    """Why somebody declined."""

    dependencies = [("cohorts", "0021_founding_declined_by")]

    operations = [
        migrations.AddField(
            model_name="foundingproposal",
            name="declined_because",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
