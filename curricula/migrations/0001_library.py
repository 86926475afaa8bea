import django.db.models.deletion
import modelsearch.index
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                (
                    "source",
                    models.CharField(help_text="What a reader could look up.", max_length=300, verbose_name="source"),
                ),
                ("as_of", models.DateField(help_text="The day on which this was checked.", verbose_name="as of")),
                ("next_review", models.DateField(blank=True, null=True, verbose_name="next review")),
                (
                    "status",
                    models.CharField(
                        choices=[("sourced", "sourced"), ("needs_review", "needs review")],
                        default="needs_review",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
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
                ("statement_ky", models.TextField(verbose_name="statement")),
                ("statement_ru", models.TextField(verbose_name="statement")),
                ("statement_en", models.TextField(verbose_name="statement")),
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
                "verbose_name": "fact",
                "verbose_name_plural": "facts",
                "ordering": ["code"],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name="Instrument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                (
                    "source",
                    models.CharField(help_text="What a reader could look up.", max_length=300, verbose_name="source"),
                ),
                ("as_of", models.DateField(help_text="The day on which this was checked.", verbose_name="as of")),
                ("next_review", models.DateField(blank=True, null=True, verbose_name="next review")),
                (
                    "status",
                    models.CharField(
                        choices=[("sourced", "sourced"), ("needs_review", "needs review")],
                        default="needs_review",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("treaty", "treaty"),
                            ("constitution", "constitution"),
                            ("law", "law"),
                            ("resolution", "resolution"),
                            ("programme", "programme"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name_ky", models.CharField(max_length=250, verbose_name="name")),
                ("name_ru", models.CharField(max_length=250, verbose_name="name")),
                ("name_en", models.CharField(max_length=250, verbose_name="name")),
                ("short_name_ky", models.CharField(max_length=80, verbose_name="short name")),
                ("short_name_ru", models.CharField(max_length=80, verbose_name="short name")),
                ("short_name_en", models.CharField(max_length=80, verbose_name="short name")),
                ("adopted_on", models.DateField(blank=True, null=True, verbose_name="adopted on")),
                ("status_in_kyrgyzstan_ky", models.TextField(verbose_name="status in Kyrgyzstan")),
                ("status_in_kyrgyzstan_ru", models.TextField(verbose_name="status in Kyrgyzstan")),
                ("status_in_kyrgyzstan_en", models.TextField(verbose_name="status in Kyrgyzstan")),
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
                "verbose_name": "legal instrument",
                "verbose_name_plural": "legal instruments",
                "ordering": ["code"],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
    ]
