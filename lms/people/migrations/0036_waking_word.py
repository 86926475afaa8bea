import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0035_role_offer_word"),
    ]

    operations = [
        migrations.AddField(
            model_name="role",
            name="word_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="role",
            name="word_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="role",
            name="word_index",
            field=models.CharField(default="", max_length=64),
        ),
    ]
