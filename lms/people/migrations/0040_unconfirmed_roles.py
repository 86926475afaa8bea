from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0039_proposals"),
    ]

    operations = [
        migrations.AddField(model_name="role", name="unconfirmed_since", field=models.DateTimeField(null=True)),
    ]
