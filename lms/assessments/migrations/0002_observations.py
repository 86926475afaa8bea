import django.db.models.deletion
import lms.common.codes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0001_tests"),
        ("cohorts", "0004_enrolments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Observation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("teach_back", "teach-back"), ("real_session", "observed real session")], max_length=12
                    ),
                ),
                ("module_code", models.CharField(max_length=10)),
                ("occasion", models.PositiveSmallIntegerField(default=1)),
                ("passed", models.BooleanField()),
                ("note", models.TextField()),
                ("observed_on", models.DateField()),
                ("created_at", models.DateTimeField()),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="observations", to="cohorts.cohort"
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="assessments.observation",
                    ),
                ),
                (
                    "observer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to="cohorts.session",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("observer", models.F("person")), _negated=True),
                        name="observation_not_of_oneself",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("corrects__isnull", True), ("kind", "teach_back")),
                        fields=("person", "cohort", "module_code", "occasion", "observer"),
                        name="teach_back_once_per_observer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("corrects__isnull", True), ("kind", "real_session")),
                        fields=("session", "person", "observer"),
                        name="real_session_once_per_observer",
                    ),
                    models.UniqueConstraint(fields=("corrects",), name="observation_corrected_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "teach_back"), ("session__isnull", False), _connector="OR"),
                        name="observation_of_a_session",
                    ),
                ],
            },
        ),
    ]
