import django.db.models.deletion
import lms.common.codes
import lms.people.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0005_audit_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactRule",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="contact_rule",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("site", "only here, when I open the site"),
                            ("email", "by e-mail"),
                            ("phone", "by SMS"),
                            ("telegram", "by Telegram"),
                        ],
                        default="site",
                        max_length=10,
                    ),
                ),
                (
                    "reveals",
                    models.CharField(
                        choices=[
                            ("nothing", "nothing but that there is a message"),
                            ("time_and_place", "time and place only"),
                            ("everything", "everything: also which training and which lesson"),
                        ],
                        default="nothing",
                        max_length=15,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "contact rule",
                "verbose_name_plural": "contact rules",
            },
            bases=(lms.people.models.Private, models.Model),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=150, unique=True)),
                ("batch", models.CharField(max_length=110)),
                ("kind", models.CharField(max_length=40)),
                ("subject_type", models.CharField(max_length=40)),
                ("subject_id", models.CharField(max_length=60)),
                ("group_id", models.UUIDField(db_index=True, null=True)),
                ("parameters", models.JSONField(default=dict)),
                ("checked_by", models.CharField(max_length=100)),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("held", "planned, its time set by hand"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("cancelled", "not sent"),
                            ("failed", "failed"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("site", "only here, when I open the site"),
                            ("email", "by e-mail"),
                            ("phone", "by SMS"),
                            ("telegram", "by Telegram"),
                        ],
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("edited_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "indexes": [
                    models.Index(fields=["state", "due_at"], name="notice_state_due"),
                    models.Index(fields=["batch", "state"], name="notice_batch_state"),
                    models.Index(fields=["person", "-due_at"], name="notice_person_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            models.Q(("ended_at__isnull", False), models.Q(("channel", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="notice_sent_says_how_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sending"), _negated=True),
                            ("claimed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="notice_sending_was_claimed",
                    ),
                ],
            },
            bases=(lms.people.models.Private, models.Model),
        ),
    ]
