from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0032_organisation_contact"),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="organisation",
            field=models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="people.organisation"),
        ),
    ]
