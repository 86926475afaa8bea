import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lms.people.models


class Migration(migrations.Migration):
    dependencies = [("people", "0021_name_choices")]

    operations = [
        migrations.CreateModel(
            name="EmailChange",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="email_change",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("asked_at", models.DateTimeField()),
            ],
            bases=(lms.people.models.Private, models.Model),
        ),
    ]
