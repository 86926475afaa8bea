import django.db.models.deletion
import lms.common.codes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0003_trainers"),
        ("regions", "0001_regions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "on the waiting list"),
                            ("enrolled", "enrolled"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="enrolled",
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "woman"), ("male", "man"), ("unsaid", "prefer not to say")],
                        default="unsaid",
                        max_length=6,
                        verbose_name="sex",
                    ),
                ),
                (
                    "age_band",
                    models.CharField(
                        choices=[
                            ("u18", "under 18"),
                            ("18_25", "18–25"),
                            ("26_35", "26–35"),
                            ("36_45", "36–45"),
                            ("46_60", "46–60"),
                            ("60p", "over 60"),
                            ("unsaid", "prefer not to say"),
                        ],
                        default="unsaid",
                        max_length=6,
                        verbose_name="age",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("deputy", "kenesh deputy"),
                            ("aiyl_okmotu", "aiyl okmotu staff"),
                            ("state_body", "state body"),
                            ("organisation", "public organisation"),
                            ("teacher", "teacher"),
                            ("activist", "activist"),
                            ("other", "other"),
                            ("unsaid", "prefer not to say"),
                        ],
                        default="unsaid",
                        max_length=15,
                        verbose_name="takes part as",
                    ),
                ),
                (
                    "disability",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("unsaid", "prefer not to say")],
                        default="unsaid",
                        max_length=6,
                        verbose_name="disability",
                    ),
                ),
                ("enrolled_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="cohorts.cohort"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to=settings.AUTH_USER_MODEL,
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
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lesson_code", models.CharField(max_length=10)),
                ("read_at", models.DateTimeField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="progress", to="cohorts.enrolment"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["cohort", "state", "enrolled_at"], name="enrolment_waiting_order"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(fields=("cohort", "person"), name="enrolment_once_per_cohort"),
        ),
        migrations.AddConstraint(
            model_name="progress",
            constraint=models.UniqueConstraint(fields=("enrolment", "lesson_code"), name="progress_once_per_lesson"),
        ),
    ]
