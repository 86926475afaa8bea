from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_verdict_reports")]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="record_signature",
            field=models.BinaryField(default=bytes),
        ),
    ]
