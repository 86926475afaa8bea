from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0015_subjects_are_unique")]

    operations = [
        migrations.AddField(
            model_name="certificateholder",
            name="sealed_credential",
            field=models.BinaryField(null=True),
        ),
    ]
