import django.db.models.deletion
import lms.common.codes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0001_signing_keys"),
        ("cohorts", "0004_enrolments"),
        ("people", "0005_audit_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lms.common.codes.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("public_id", models.CharField(max_length=22, unique=True)),
                (
                    "kind",
                    models.CharField(choices=[("participant", "participant"), ("trainer", "trainer")], max_length=12),
                ),
                ("claims", models.JSONField()),
                ("language", models.CharField(max_length=2)),
                ("statement", models.BinaryField()),
                ("status_index", models.PositiveIntegerField()),
                ("issued_at", models.DateTimeField()),
                ("expires_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("valid", "genuine"),
                            ("suspended", "suspended"),
                            ("revoked", "revoked"),
                            ("superseded", "superseded"),
                        ],
                        default="valid",
                        max_length=12,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("pdf_name", models.CharField(blank=True, max_length=80)),
                ("pdf_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="cohorts.cohort"
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="certificates.signingkey"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="people.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="certificates",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cohorts.standing"
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="certificates.certificate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CertificateHolder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed_name", models.BinaryField(null=True)),
                ("salt", models.BinaryField(null=True)),
                ("sealed_shown_name", models.BinaryField(null=True)),
                (
                    "name_form",
                    models.CharField(
                        choices=[
                            ("masked", "given name and initial"),
                            ("full", "full name"),
                            ("alias", "display name"),
                            ("none", "no name, only the name check"),
                        ],
                        default="masked",
                        max_length=10,
                    ),
                ),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "certificate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holder",
                        to="certificates.certificate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IssueLog",
            fields=[
                ("sequence", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("claims_digest", models.CharField(max_length=64)),
                ("statement_digest", models.CharField(max_length=64)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="log", to="certificates.certificate"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StateChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("valid", "genuine"),
                            ("suspended", "suspended"),
                            ("revoked", "revoked"),
                            ("superseded", "superseded"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("public_wording", models.JSONField(default=dict)),
                ("internal_reason", models.TextField(blank=True)),
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
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="certificates.certificate",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["cohort", "kind"], name="certificate_cohort_kind"),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                fields=("organisation", "status_index"), name="certificate_status_index_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["valid", "suspended"]), ("person__isnull", False)),
                fields=("person", "cohort", "kind"),
                name="certificate_one_current",
            ),
        ),
    ]
