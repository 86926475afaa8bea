from django.db import migrations, models


def _added(language: str) -> migrations.AddField:
    return migrations.AddField(
        model_name="question",
        name=f"source_{language}",
        field=models.CharField(default="", max_length=300, verbose_name="source"),
        preserve_default=False,
    )


class Migration(migrations.Migration):
    """What stood there is the English one; the next migration puts it into the two others until they are written."""

    dependencies = [("curricula", "0021_sources_in_each_language")]

    operations = [
        migrations.RenameField(model_name="question", old_name="source", new_name="source_en"),
        _added("ru"),
        _added("ky"),
    ]
