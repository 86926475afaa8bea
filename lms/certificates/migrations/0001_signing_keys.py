import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0005_audit_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("kid", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("public_key", models.BinaryField()),
                ("sealed_private_key", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "signs"), ("retired", "retired"), ("compromised", "withdrawn")],
                        default="active",
                        max_length=12,
                    ),
                ),
                ("not_before", models.DateTimeField()),
                ("not_after", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_keys",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")), fields=("organisation",), name="signing_key_one_active"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("not_after__gte", models.F("not_before"))),
                        name="signing_key_dates_in_order",
                    ),
                ],
            },
        ),
    ]
