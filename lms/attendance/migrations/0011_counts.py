import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is left of attendance after its term: counts without names."""

    dependencies = [
        ("cohorts", "0019_counted_cohorts"),
        ("attendance", "0010_marks_taken_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="SessionCount",
            fields=[
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="counted",
                        serialize=False,
                        to="cohorts.session",
                    ),
                ),
                ("present", models.PositiveSmallIntegerField(default=0)),
                ("late", models.PositiveSmallIntegerField(default=0)),
                ("excused", models.PositiveSmallIntegerField(default=0)),
                ("absent", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ModuleCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("module_code", models.CharField(max_length=10)),
                ("people", models.PositiveSmallIntegerField()),
                ("reached", models.PositiveSmallIntegerField()),
                ("attended", models.PositiveIntegerField()),
                ("counted", models.PositiveIntegerField()),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="module_counts", to="cohorts.cohort"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("cohort", "module_code"), name="module_count_once")],
            },
        ),
    ]
