from django.db import migrations, models


def copy_english(apps, schema_editor):
    """A source that is one for all languages stands in each of them."""
    rows = apps.get_model("curricula", "Question").objects
    for column in ("source_ru", "source_ky"):
        rows.filter(**{column: ""}).update(**{column: models.F("source_en")})


class Migration(migrations.Migration):
    dependencies = [("curricula", "0022_question_sources_translated")]

    operations = [migrations.RunPython(copy_english, migrations.RunPython.noop)]
