import django.db.models.deletion
import modelsearch.index
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("curricula", "0004_starter_records"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="GlossaryTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="key")),
                ("term_ky", models.CharField(max_length=200, verbose_name="term")),
                ("term_ru", models.CharField(max_length=200, verbose_name="term")),
                ("term_en", models.CharField(max_length=200, verbose_name="term")),
                ("definition_ky", models.TextField(verbose_name="definition")),
                ("definition_ru", models.TextField(verbose_name="definition")),
                ("definition_en", models.TextField(verbose_name="definition")),
                ("forms_ky", models.TextField(blank=True, verbose_name="forms")),
                ("forms_ru", models.TextField(blank=True, verbose_name="forms")),
                ("forms_en", models.TextField(blank=True, verbose_name="forms")),
                ("not_in_ky", models.TextField(blank=True, verbose_name="not meant in")),
                ("not_in_ru", models.TextField(blank=True, verbose_name="not meant in")),
                ("not_in_en", models.TextField(blank=True, verbose_name="not meant in")),
                (
                    "review_ky",
                    models.CharField(
                        choices=[("awaiting", "awaits native review"), ("reviewed", "reviewed")],
                        default="awaiting",
                        max_length=10,
                        verbose_name="review",
                    ),
                ),
                (
                    "review_ru",
                    models.CharField(
                        choices=[("awaiting", "awaits native review"), ("reviewed", "reviewed")],
                        default="awaiting",
                        max_length=10,
                        verbose_name="review",
                    ),
                ),
                (
                    "review_en",
                    models.CharField(
                        choices=[("awaiting", "awaits native review"), ("reviewed", "reviewed")],
                        default="awaiting",
                        max_length=10,
                        verbose_name="review",
                    ),
                ),
                (
                    "latest_revision",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                        verbose_name="latest revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "glossary term",
                "verbose_name_plural": "glossary",
                "ordering": ["key"],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
    ]
