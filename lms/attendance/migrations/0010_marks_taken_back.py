from django.db import migrations, models

STATUSES = [
    ("present", "present"),
    ("late", "late"),
    ("excused", "excused"),
    ("absent", "absent"),
    ("unmarked", "not marked"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0001_attendance"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attendanceevent",
            name="status",
            field=models.CharField(choices=STATUSES, max_length=8),
        ),
        migrations.AlterField(
            model_name="mark",
            name="status",
            field=models.CharField(choices=STATUSES, max_length=8),
        ),
    ]
