import django.db.models.deletion
import lms.common.codes
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cohorts", "0004_enrolments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Paper",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("module_code", models.CharField(max_length=10)),
                ("moment", models.CharField(choices=[("pre", "pre-test"), ("post", "post-test")], max_length=4)),
                ("content", models.JSONField()),
                ("minutes", models.PositiveSmallIntegerField()),
                ("languages", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="cohorts.cohort"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slip_code", models.CharField(blank=True, max_length=12)),
                ("language", models.CharField(max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("submitted", "handed in")], default="open", max_length=10
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("deadline", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("points", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("max_points", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("anchor_points", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("anchor_max_points", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                (
                    "enrolment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="cohorts.enrolment",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="assessments.paper"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item_key", models.CharField(max_length=20)),
                ("revision", models.PositiveIntegerField()),
                ("response", models.JSONField()),
                ("saved_at", models.DateTimeField()),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="assessments.attempt"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("attempt", "item_key", "revision"), name="answer_once_per_revision")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(fields=("cohort", "module_code", "moment"), name="paper_one_per_moment"),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["deadline"], name="attempt_open_by_deadline"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enrolment__isnull", False), ("slip_code", "")),
                    models.Q(("enrolment__isnull", True), models.Q(("slip_code", ""), _negated=True)),
                    _connector="OR",
                ),
                name="attempt_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("enrolment__isnull", False)),
                fields=("paper", "enrolment"),
                name="attempt_one_per_enrolment",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("slip_code", ""), _negated=True),
                fields=("paper", "slip_code"),
                name="attempt_one_per_slip",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), ("submitted_at__isnull", True)),
                    models.Q(("state", "submitted"), ("submitted_at__isnull", False)),
                    _connector="OR",
                ),
                name="attempt_submitted_with_time",
            ),
        ),
    ]
