import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_jobs")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="whole",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="jobs.job"
            ),
        ),
        migrations.AddField(model_name="job", name="part", field=models.PositiveIntegerField(null=True)),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(fields=["whole", "part"], name="job_part_once"),
        ),
    ]
