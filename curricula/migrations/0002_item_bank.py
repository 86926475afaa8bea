import django.db.models.deletion
import modelcluster.fields
import modelsearch.index
import uuid
import wagtail.models.preview
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("curricula", "0001_library"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item_key", models.CharField(max_length=20, unique=True, verbose_name="key")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("module_code", models.CharField(max_length=10, verbose_name="module")),
                ("lesson_code", models.CharField(blank=True, max_length=10, verbose_name="lesson")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("single", "one answer"),
                            ("multiple", "several answers"),
                            ("true_false", "true or false"),
                            ("ordering", "put in order"),
                            ("matching", "match pairs"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("text_ky", models.TextField(verbose_name="question")),
                ("text_ru", models.TextField(verbose_name="question")),
                ("text_en", models.TextField(verbose_name="question")),
                ("explanation_ky", models.TextField(verbose_name="explanation")),
                ("explanation_ru", models.TextField(verbose_name="explanation")),
                ("explanation_en", models.TextField(verbose_name="explanation")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
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
                "verbose_name": "question",
                "verbose_name_plural": "question bank",
                "ordering": ["item_key"],
            },
            bases=(wagtail.models.preview.PreviewableMixin, modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                ("choice_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("text_ky", models.CharField(max_length=300, verbose_name="text")),
                ("text_ru", models.CharField(max_length=300, verbose_name="text")),
                ("text_en", models.CharField(max_length=300, verbose_name="text")),
                ("match_ky", models.CharField(blank=True, max_length=300, verbose_name="belongs to")),
                ("match_ru", models.CharField(blank=True, max_length=300, verbose_name="belongs to")),
                ("match_en", models.CharField(blank=True, max_length=300, verbose_name="belongs to")),
                ("is_correct", models.BooleanField(default=False, verbose_name="right")),
                (
                    "question",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="curricula.question"
                    ),
                ),
            ],
            options={
                "verbose_name": "choice",
                "ordering": ["sort_order"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Quiz",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("module_code", models.CharField(max_length=10, unique=True, verbose_name="module")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=20, help_text="For each of the two tests.", verbose_name="minutes"
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
                "verbose_name": "quiz",
                "verbose_name_plural": "quizzes",
            },
        ),
        migrations.CreateModel(
            name="QuizItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                (
                    "is_anchor",
                    models.BooleanField(default=False, help_text="Asked before and after.", verbose_name="anchor"),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curricula.question"
                    ),
                ),
                (
                    "quiz",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="curricula.quiz"
                    ),
                ),
            ],
            options={
                "ordering": ["sort_order"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("quiz", "question"), name="quiz_asks_a_question_once"),
                    models.CheckConstraint(
                        condition=models.Q(("sort_order__isnull", True), ("sort_order__gte", 0), _connector="OR"),
                        name="quiz_item_order",
                    ),
                ],
            },
        ),
    ]
