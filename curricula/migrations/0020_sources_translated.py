from django.db import migrations, models


def _added(model: str, language: str) -> migrations.AddField:
    return migrations.AddField(
        model_name=model,
        name=f"source_{language}",
        field=models.CharField(default="", max_length=300, verbose_name="source"),
        preserve_default=False,
    )


class Migration(migrations.Migration):
    """What stood there is the English one; the next migration puts it into the two others until they are written."""

    dependencies = [("curricula", "0011_objectives_served")]

    operations = [
        migrations.RenameField(model_name="fact", old_name="source", new_name="source_en"),
        migrations.RenameField(model_name="instrument", old_name="source", new_name="source_en"),
        migrations.AlterField(
            model_name="fact", name="source_en", field=models.CharField(max_length=300, verbose_name="source")
        ),
        migrations.AlterField(
            model_name="instrument", name="source_en", field=models.CharField(max_length=300, verbose_name="source")
        ),
        _added("fact", "ru"),
        _added("fact", "ky"),
        _added("instrument", "ru"),
        _added("instrument", "ky"),
    ]
