from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0036_waking_word"),
    ]

    operations = [
        migrations.AddField(
            model_name="role",
            name="in_hands_of",
            field=models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL),
        ),
    ]
