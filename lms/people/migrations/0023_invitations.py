import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lms.people.models


class Migration(migrations.Migration):
    dependencies = [("people", "0022_email_changes")]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="invitation",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("invited_at", models.DateTimeField()),
                (
                    "mail_state",
                    models.CharField(
                        choices=[
                            ("none", "the link was handed over"),
                            ("waiting", "e-mail about to be sent"),
                            ("sent", "e-mail sent"),
                            ("refused", "the e-mail address was refused"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="people.organisation",
                    ),
                ),
            ],
            bases=(lms.people.models.Private, models.Model),
        ),
    ]
