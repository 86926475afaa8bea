import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0014_subjects_of_earlier_certificates")]

    operations = [
        migrations.AlterField(
            model_name="certificate",
            name="subject",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
