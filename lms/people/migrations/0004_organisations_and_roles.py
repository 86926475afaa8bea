import django.db.models.deletion
import lms.common.codes
import lms.people.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_cards"),
        ("regions", "0001_regions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name_ky", models.CharField(max_length=160, verbose_name="name")),
                ("name_ru", models.CharField(max_length=160, verbose_name="name")),
                ("name_en", models.CharField(max_length=160, verbose_name="name")),
                ("signatory_ky", models.CharField(blank=True, max_length=160, verbose_name="signatory's position")),
                ("signatory_ru", models.CharField(blank=True, max_length=160, verbose_name="signatory's position")),
                ("signatory_en", models.CharField(blank=True, max_length=160, verbose_name="signatory's position")),
                ("signatory_name", models.CharField(blank=True, max_length=120, verbose_name="signatory's name")),
                (
                    "name_form",
                    models.CharField(
                        choices=[
                            ("masked", "given name and initial"),
                            ("full", "full name"),
                            ("alias", "display name"),
                            ("none", "no name, only the name check"),
                        ],
                        default="masked",
                        max_length=10,
                        verbose_name="name on the verdict page",
                    ),
                ),
                (
                    "uses_unreviewed_texts",
                    models.BooleanField(default=True, verbose_name="uses texts that await native review"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("trainer", "trainer"),
                            ("coach", "coach"),
                            ("observer", "observer"),
                            ("coordinator", "coordinator"),
                            ("monitor", "monitoring officer"),
                            ("editor", "editor"),
                            ("translator", "translator"),
                            ("regional_author", "regional author"),
                            ("administrator", "administrator"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("granted_at", models.DateTimeField()),
                (
                    "granted_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="roles", to="people.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="roles", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.region",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "kind"], name="role_person_kind")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="role_dates_in_order",
                    )
                ],
            },
            bases=(lms.people.models.Private, models.Model),
        ),
    ]
