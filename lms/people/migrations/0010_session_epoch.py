from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_audit_trail"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="session_epoch",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
