from django.db import migrations


def write_down(apps, schema_editor):
    """Of the cards that were renewed and the words that were told until now, as the audit trail says."""
    role_model, user = apps.get_model("people", "Role"), apps.get_model("people", "User")
    entries = apps.get_model("people", "AuditEntry").objects.filter(
        verb__in=["sleep_role", "tell_waking_word"], subject_type="people.role", actor_id__isnull=False
    )
    people = set(user.objects.filter(pk__in=entries.values("actor_id")).values_list("pk", flat=True))
    roles = role_model.objects.in_bulk({int(number) for number in entries.values_list("subject_id", flat=True)})
    for number, actor in entries.values_list("subject_id", "actor_id"):
        if actor in people and int(number) in roles:
            roles[int(number)].in_hands_of.add(actor)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0037_role_in_hands_of"),
    ]

    operations = [
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]
