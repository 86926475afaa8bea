import lms.common.codes
import lms.people.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_organisations_and_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("actor_id", models.UUIDField(null=True)),
                ("verb", models.CharField(max_length=60)),
                ("subject_type", models.CharField(max_length=40)),
                ("subject_id", models.CharField(max_length=60)),
                ("organisation_id", models.UUIDField(null=True)),
                ("details", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")],
            },
            bases=(lms.people.models.Private, models.Model),
        ),
    ]
