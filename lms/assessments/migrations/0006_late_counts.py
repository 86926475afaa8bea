from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0005_allowances")]

    operations = [
        migrations.AddField(model_name="papercount", name="late", field=models.PositiveSmallIntegerField(default=0)),
    ]
