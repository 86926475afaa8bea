from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("curricula", "0003_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="StarterRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=60)),
                ("language", models.CharField(blank=True, max_length=2)),
                ("digest", models.CharField(max_length=64)),
                ("revision_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "code", "language"), name="starter_record_once")
                ],
            },
        ),
    ]
