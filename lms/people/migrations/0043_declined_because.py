from django.db import migrations, models


class Migration(migrations.Migration):
    """Why somebody declined."""

    dependencies = [("people", "0042_signatory_changes")]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="declined_because",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
