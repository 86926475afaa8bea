from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0030_role_offers"),
    ]

    operations = [
        migrations.AddField(
            model_name="engagement",
            name="left_at",
            field=models.DateTimeField(null=True),
        ),
    ]
