import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0033_consent_organisation"),
    ]

    operations = [
        migrations.AddField(
            model_name="role",
            name="asleep_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="role",
            name="asleep_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
