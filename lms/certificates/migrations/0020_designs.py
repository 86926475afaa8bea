import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lms.common.codes


class Migration(migrations.Migration):
    """How an organisation's certificates look, by version, and which of them each was issued with."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("people", "0041_second_signatory"),
        ("certificates", "0019_holder_questions"),
    ]

    operations = [
        migrations.CreateModel(
            name="CertificateDesign",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "border",
                    models.CharField(
                        choices=[
                            ("horns", "a band of ram’s horns"),
                            ("diamonds", "a band of diamonds"),
                            ("corners", "two lines, horns in the corners"),
                        ],
                        default="horns",
                        max_length=10,
                        verbose_name="border",
                    ),
                ),
                (
                    "ink",
                    models.CharField(
                        choices=[
                            ("madder", "madder red"),
                            ("steppe", "steppe green"),
                            ("lapis", "lapis blue"),
                            ("plum", "plum"),
                            ("black", "black"),
                        ],
                        default="madder",
                        max_length=10,
                        verbose_name="colour",
                    ),
                ),
                (
                    "second_language",
                    models.CharField(
                        blank=True,
                        choices=[("ky", "Кыргызча"), ("ru", "Русский"), ("en", "English")],
                        default="",
                        max_length=2,
                        verbose_name="second language",
                    ),
                ),
                ("logo", models.BinaryField(default=bytes)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
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
                        related_name="certificate_designs",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "look of certificates",
                "verbose_name_plural": "look of certificates",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "version"), name="certificate_design_version_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="design",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="certificates.certificatedesign",
            ),
        ),
    ]
