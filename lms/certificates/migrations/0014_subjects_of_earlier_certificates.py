from uuid import uuid4

from django.db import migrations


def give_each_its_own(apps, schema_editor):
    """The column came with one value for all."""
    Certificate = apps.get_model("certificates", "Certificate")
    for certificate in Certificate.objects.only("pk").iterator():
        certificate.subject = uuid4()
        certificate.save(update_fields=["subject"])


class Migration(migrations.Migration):
    dependencies = [("certificates", "0013_subjects")]

    operations = [migrations.RunPython(give_each_its_own, migrations.RunPython.noop)]
