import django.db.models.deletion
import lms.people.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_users"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="key",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("wrapped", models.BinaryField()),
            ],
            bases=(lms.people.models.Private, models.Model),
        ),
        migrations.CreateModel(
            name="LegalName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.BinaryField()),
                ("index", models.CharField(db_index=True, max_length=64)),
                ("updated_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="legal_name",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            bases=(lms.people.models.Private, models.Model),
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("learning_record", "my learning record"),
                            ("certificate", "my name on a certificate"),
                            ("public_listing", "my name in a public list of trainers"),
                            ("photo", "photographs"),
                            ("contact", "being contacted"),
                            ("story", "telling my story"),
                        ],
                        max_length=20,
                    ),
                ),
                ("given", models.BooleanField()),
                ("text_version", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=2)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("screen", "on the screen"),
                            ("paper", "on paper"),
                            ("spoken", "spoken, before a witness"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "purpose", "-at"], name="consent_newest")],
            },
            bases=(lms.people.models.Private, models.Model),
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("email", "e-mail"), ("phone", "telephone"), ("telegram", "Telegram")], max_length=10
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("index", models.CharField(db_index=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "kind", "index"), name="contact_once_per_person")
                ],
            },
            bases=(lms.people.models.Private, models.Model),
        ),
    ]
