import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0012_status_lists")]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="subject",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
    ]
