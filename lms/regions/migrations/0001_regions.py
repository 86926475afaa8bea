import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=255, unique=True)),
                ("depth", models.PositiveIntegerField()),
                ("numchild", models.PositiveIntegerField(default=0)),
                (
                    "code",
                    models.CharField(
                        max_length=14,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^\\d{8}$|^\\d{14}$|^417$")],
                        verbose_name="SOATE code",
                    ),
                ),
                ("iso", models.CharField(blank=True, max_length=6, verbose_name="ISO 3166-2")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("country", "country"),
                            ("region", "oblast"),
                            ("city_republican", "city of republican level"),
                            ("raion", "raion"),
                            ("city_district", "district of a city"),
                            ("city_oblast", "city of oblast level"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name_ky", models.CharField(max_length=120, verbose_name="name")),
                ("name_ru", models.CharField(max_length=120, verbose_name="name")),
                ("name_en", models.CharField(max_length=120, verbose_name="name")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("iso", ""), _negated=True), fields=("iso",), name="region_iso_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegionName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_ky", models.CharField(max_length=120, verbose_name="name")),
                ("name_ru", models.CharField(max_length=120, verbose_name="name")),
                ("name_en", models.CharField(max_length=120, verbose_name="name")),
                ("valid_from", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="names", to="regions.region"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_from__lt", models.F("valid_until")),
                            _connector="OR",
                        ),
                        name="region_name_dates_in_order",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_until__isnull", True)),
                        fields=("region",),
                        name="region_one_name_today",
                    ),
                ],
            },
        ),
    ]
