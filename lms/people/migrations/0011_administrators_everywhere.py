from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_session_epoch"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="role",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "administrator"), _negated=True) | models.Q(("region__isnull", True)),
                name="role_administrator_everywhere",
            ),
        ),
    ]
