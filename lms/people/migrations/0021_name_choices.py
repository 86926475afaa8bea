from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0020_feedback")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="name_form",
            field=models.CharField(
                blank=True,
                choices=[
                    ("masked", "given name and initial"),
                    ("full", "full name"),
                    ("alias", "display name"),
                    ("none", "no name, only the name check"),
                ],
                # For rows that are there already: as their organisation says.
                default="",
                max_length=10,
                verbose_name="name on the verdict page",
            ),
            preserve_default=False,
        ),
        migrations.AddField(model_name="legalname", name="used_at", field=models.DateTimeField(null=True)),
    ]
