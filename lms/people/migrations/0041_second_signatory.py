from django.db import migrations, models


class Migration(migrations.Migration):
    """Two may sign a certificate."""

    dependencies = [("people", "0040_unconfirmed_roles")]

    operations = [
        *(
            migrations.AddField(
                model_name="organisation",
                name=f"second_signatory_{language}",
                field=models.CharField(
                    blank=True, default="", max_length=160, verbose_name="second signatory's position"
                ),
            )
            for language in ("ky", "ru", "en")
        ),
        migrations.AddField(
            model_name="organisation",
            name="second_signatory_name",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="second signatory's name"),
        ),
    ]
