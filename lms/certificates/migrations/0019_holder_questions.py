import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0018_name_checks")]

    operations = [
        migrations.CreateModel(
            name="HolderQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="certificates.certificate",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("certificate", "about"), name="holder_question_once")],
            },
        ),
    ]
