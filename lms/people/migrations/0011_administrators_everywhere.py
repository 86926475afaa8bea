from django.db import migrations, models


def send_everywhere(apps, schema_editor):
    """Nothing ever kept an administrator within her region; the first demonstrations had one."""
    apps.get_model("people", "Role").objects.filter(kind="administrator").update(region=None)


class Migration(migrations.Migration):
    # Data and schema in one, against the rule: where the constraint stands already, no migration can come before it.
    dependencies = [
        ("people", "0010_session_epoch"),
    ]

    operations = [
        migrations.RunPython(send_everywhere, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="role",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "administrator"), _negated=True) | models.Q(("region__isnull", True)),
                name="role_administrator_everywhere",
            ),
        ),
    ]
