import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_certificates"),
    ]

    operations = [
        migrations.CreateModel(
            name="VerdictReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("name", "The name on the paper is another one"),
                            ("content", "The paper says something else: module, level, hours or dates"),
                            ("look", "The paper looks altered"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="certificates.certificate",
                    ),
                ),
            ],
        ),
    ]
