import django.db.models.deletion
import lms.common.codes
import lms.people.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0015_session_leaders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="revision",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="CalendarAddress",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("index", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                (
                    "cohort",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_addresses",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar address",
                "verbose_name_plural": "calendar addresses",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "cohort"), name="calendar_once_per_cohort"),
                    models.UniqueConstraint(
                        condition=models.Q(("cohort__isnull", True)),
                        fields=("person",),
                        name="calendar_one_of_all_sessions",
                    ),
                ],
            },
            bases=(lms.people.models.Private, models.Model),
        ),
    ]
