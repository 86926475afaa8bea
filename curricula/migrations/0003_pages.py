import django.db.models.deletion
import modelcluster.fields
import uuid
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("curricula", "0002_item_bank"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="CurriculumPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "native_review",
                    models.CharField(
                        choices=[("awaiting", "awaits native review"), ("reviewed", "reviewed")],
                        default="awaiting",
                        help_text="Until somebody whose first language this is has read the page, it says so to its readers.",
                        max_length=10,
                        verbose_name="native review",
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="code")),
                ("summary", models.TextField(verbose_name="summary")),
                (
                    "is_public",
                    models.BooleanField(
                        default=True,
                        help_text="Otherwise only the enrolled read its lessons.",
                        verbose_name="open to everyone",
                    ),
                ),
            ],
            options={
                "verbose_name": "curriculum",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="HomePage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "native_review",
                    models.CharField(
                        choices=[("awaiting", "awaits native review"), ("reviewed", "reviewed")],
                        default="awaiting",
                        help_text="Until somebody whose first language this is has read the page, it says so to its readers.",
                        max_length=10,
                        verbose_name="native review",
                    ),
                ),
                ("lead", models.TextField(blank=True, verbose_name="lead")),
            ],
            options={
                "verbose_name": "home",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="LessonPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "native_review",
                    models.CharField(
                        choices=[("awaiting", "awaits native review"), ("reviewed", "reviewed")],
                        default="awaiting",
                        help_text="Until somebody whose first language this is has read the page, it says so to its readers.",
                        max_length=10,
                        verbose_name="native review",
                    ),
                ),
                ("code", models.CharField(max_length=10, verbose_name="code")),
                ("minutes", models.PositiveSmallIntegerField(default=90, verbose_name="minutes")),
                ("summary", models.TextField(verbose_name="summary")),
                (
                    "objectives",
                    wagtail.fields.StreamField(
                        [("objective", 0)],
                        block_lookup={0: ("wagtail.blocks.TextBlock", (), {"label": "objective"})},
                        verbose_name="objectives",
                    ),
                ),
                (
                    "key_messages",
                    wagtail.fields.StreamField(
                        [("message", 3)],
                        block_lookup={
                            0: ("wagtail.blocks.TextBlock", (), {"label": "text"}),
                            1: ("wagtail.blocks.CharBlock", (), {"label": "source", "required": False}),
                            2: (
                                "wagtail.blocks.BooleanBlock",
                                (),
                                {
                                    "help_text": "One of the module's five that an adapter keeps.",
                                    "label": "core message",
                                    "required": False,
                                },
                            ),
                            3: ("wagtail.blocks.StructBlock", [[("text", 0), ("source", 1), ("core", 2)]], {}),
                        },
                        verbose_name="key messages",
                    ),
                ),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [("heading", 0), ("text", 1), ("fact", 2), ("case", 5), ("reflect", 6), ("exercise", 13)],
                        block_lookup={
                            0: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"icon": "title", "label": "heading", "template": "curricula/blocks/heading.html"},
                            ),
                            1: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {
                                    "features": ["bold", "italic", "ol", "ul"],
                                    "label": "text",
                                    "template": "curricula/blocks/text.html",
                                },
                            ),
                            2: (
                                "wagtail.snippets.blocks.SnippetChooserBlock",
                                ("curricula.Fact",),
                                {"label": "fact", "template": "curricula/blocks/fact.html"},
                            ),
                            3: ("wagtail.blocks.CharBlock", (), {"label": "title"}),
                            4: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {"features": ["bold", "italic", "ol", "ul"], "label": "text"},
                            ),
                            5: ("wagtail.blocks.StructBlock", [[("title", 3), ("text", 4)]], {}),
                            6: (
                                "wagtail.blocks.TextBlock",
                                (),
                                {
                                    "icon": "help",
                                    "label": "question to think about",
                                    "template": "curricula/blocks/reflect.html",
                                },
                            ),
                            7: ("wagtail.blocks.CharBlock", (), {"label": "code", "max_length": 8}),
                            8: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {"label": "minutes", "max_value": 240, "min_value": 1},
                            ),
                            9: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {"features": ["bold", "italic", "ol", "ul"], "label": "what to do"},
                            ),
                            10: ("wagtail.blocks.TextBlock", (), {"label": "text"}),
                            11: ("wagtail.blocks.StructBlock", [[("title", 3), ("text", 10)]], {}),
                            12: ("wagtail.blocks.ListBlock", (11,), {"label": "cards"}),
                            13: (
                                "wagtail.blocks.StructBlock",
                                [[("code", 7), ("title", 3), ("minutes", 8), ("instructions", 9), ("cards", 12)]],
                                {},
                            ),
                        },
                        verbose_name="text",
                    ),
                ),
            ],
            options={
                "verbose_name": "lesson",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="ModulePage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "native_review",
                    models.CharField(
                        choices=[("awaiting", "awaits native review"), ("reviewed", "reviewed")],
                        default="awaiting",
                        help_text="Until somebody whose first language this is has read the page, it says so to its readers.",
                        max_length=10,
                        verbose_name="native review",
                    ),
                ),
                ("code", models.CharField(max_length=10, verbose_name="code")),
                ("summary", models.TextField(verbose_name="summary")),
                ("audience", models.TextField(blank=True, verbose_name="for whom")),
                (
                    "objectives",
                    wagtail.fields.StreamField(
                        [("objective", 0)],
                        block_lookup={0: ("wagtail.blocks.TextBlock", (), {"label": "objective"})},
                        verbose_name="objectives",
                    ),
                ),
                ("legal_status_as_of", models.DateField(verbose_name="legal status as of")),
                ("next_review", models.DateField(blank=True, null=True, verbose_name="next review")),
                ("reviewed_by", models.CharField(blank=True, max_length=120, verbose_name="reviewed by")),
                ("adaptation", wagtail.fields.RichTextField(blank=True, verbose_name="adaptation")),
                ("risks", wagtail.fields.RichTextField(blank=True, verbose_name="risks, and how to stop")),
                (
                    "attendance_percent",
                    models.PositiveSmallIntegerField(default=80, verbose_name="attendance needed, %"),
                ),
                (
                    "excused_max_percent",
                    models.PositiveSmallIntegerField(default=20, verbose_name="sessions that may be excused, %"),
                ),
                ("post_test_required", models.BooleanField(default=True, verbose_name="post-test required")),
                (
                    "teach_backs_required",
                    models.PositiveSmallIntegerField(default=2, verbose_name="teach-backs to pass"),
                ),
                ("candidate_months", models.PositiveSmallIntegerField(default=6, verbose_name="months as a candidate")),
                (
                    "trainer_years",
                    models.PositiveSmallIntegerField(default=3, verbose_name="years of a trainer's certificate"),
                ),
            ],
            options={
                "verbose_name": "module",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="PlanStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("translation_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                (
                    "tag",
                    models.CharField(
                        choices=[
                            ("frame", "frame"),
                            ("experience", "experience"),
                            ("pattern", "pattern"),
                            ("input", "input"),
                            ("practice", "practice"),
                            ("action", "action"),
                        ],
                        max_length=12,
                        verbose_name="spiral",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("facilitator", wagtail.fields.RichTextField(verbose_name="what the facilitator does")),
                ("participants", models.TextField(verbose_name="what participants do")),
                ("materials", models.CharField(blank=True, max_length=300, verbose_name="materials")),
                (
                    "debrief",
                    models.TextField(blank=True, help_text="One question a line.", verbose_name="debrief questions"),
                ),
                (
                    "notes",
                    wagtail.fields.RichTextField(
                        blank=True, help_text="Expected answers, traps, safety.", verbose_name="notes"
                    ),
                ),
                (
                    "lesson",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="curricula.lessonpage"
                    ),
                ),
                (
                    "locale",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wagtailcore.locale",
                        verbose_name="locale",
                    ),
                ),
            ],
            options={
                "verbose_name": "step",
                "ordering": ["sort_order"],
                "abstract": False,
                "unique_together": {("translation_key", "locale")},
            },
        ),
    ]
