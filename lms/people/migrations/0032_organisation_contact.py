from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0031_engagement_left_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="contact",
            field=models.CharField(
                blank=True,
                default="",
                help_text=(
                    "A telephone number, an e-mail address or a site of the organisation; nobody's own. "
                    "Everybody may read it."
                ),
                max_length=160,
                verbose_name="how to reach the organisation",
            ),
        ),
    ]
