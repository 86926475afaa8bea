import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lms.common.codes
import lms.people.models.accounts


class Migration(migrations.Migration):
    """What it said before who signs was changed."""

    dependencies = [("people", "0041_second_signatory")]

    operations = [
        migrations.CreateModel(
            name="SignatoryChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatory_changes",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "-at"], name="signatory_change_newest")],
            },
            bases=(lms.people.models.accounts.Private, models.Model),
        ),
    ]
