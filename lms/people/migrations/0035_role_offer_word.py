from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0034_sleeping_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="roleoffer",
            name="word_index",
            field=models.CharField(default="", max_length=64),
        ),
    ]
