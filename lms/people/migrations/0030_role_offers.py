import django.db.models.deletion
import lms.common.codes
import lms.people.models.accounts
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0023_invitations"),
        ("regions", "0001_regions"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoleOffer",
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
                        choices=[
                            ("trainer", "trainer"),
                            ("coach", "coach"),
                            ("observer", "observer"),
                            ("coordinator", "coordinator"),
                            ("monitor", "monitoring officer"),
                            ("editor", "editor"),
                            ("translator", "translator"),
                            ("regional_author", "regional author"),
                            ("administrator", "administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                ("valid_until", models.DateField(null=True)),
                ("offered_at", models.DateTimeField()),
                (
                    "offered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_offers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="regions.region"
                    ),
                ),
            ],
            bases=(lms.people.models.accounts.Private, models.Model),
        ),
    ]
