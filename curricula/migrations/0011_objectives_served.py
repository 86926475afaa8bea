import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("curricula", "0010_glossary"),
    ]

    operations = [
        migrations.AddField(
            model_name="lessonpage",
            name="serves",
            field=models.CharField(
                blank=True,
                max_length=20,
                validators=[django.core.validators.RegexValidator("^\\d{1,2}(, ?\\d{1,2})*$")],
                verbose_name="objectives of the module",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="objective",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="objective"),
        ),
    ]
