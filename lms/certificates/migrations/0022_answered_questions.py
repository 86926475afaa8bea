from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0021_key_exports")]

    operations = [
        migrations.AddField(
            model_name="holderquestion",
            name="answered_at",
            field=models.DateTimeField(null=True),
        ),
    ]
