import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lms.common.codes
import lms.people.models


def person(*, null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0038_write_down_hands"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("proposed_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("declined_at", models.DateTimeField(null=True)),
                ("kind", models.CharField(max_length=40)),
                ("subject_type", models.CharField(max_length=40)),
                ("subject_id", models.CharField(max_length=60)),
                ("parameters", models.JSONField(default=dict)),
                ("confirmed_by", person(null=True)),
                ("declined_by", person(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                ("proposed_by", person(null=False)),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "kind", "-proposed_at"], name="proposal_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="proposal_needs_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", True), ("declined_at__isnull", True), _connector="OR"
                        ),
                        name="proposal_settled_once",
                    ),
                ],
            },
            bases=(lms.people.models.Private, models.Model),
        ),
    ]
