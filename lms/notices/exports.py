"""What this app keeps about a person, for her own copy."""

from django.utils.translation import gettext_lazy as _

from lms.common.sections import Section, coded
from lms.notices.models import ContactRule, Notice
from lms.people.models import User
from lms.people.queries import rows_of


def kept_about(person: User) -> list[Section]:
    """Everything, in the active language."""
    return [_rule(person), _notices(person)]


def _rule(person: User) -> Section:
    rows = [
        {"channel": coded(rule, "channel"), "reveals": coded(rule, "reveals"), "changed_at": rule.changed_at}
        for rule in ContactRule.objects.filter(person=person)
    ]
    labels = {"channel": _("Way"), "reveals": _("What a message may say"), "changed_at": _("Chosen on")}
    return Section("contact_rule", _("How we reach you"), labels, rows)


def _notices(person: User) -> Section:
    """No text of a message is stored."""
    rows = [
        {
            "kind": notice.kind,
            "due_at": notice.due_at,
            "state": coded(notice, "state"),
            "channel": coded(notice, "channel"),
            "ended_at": notice.ended_at,
        }
        for notice in Notice.objects.filter(person__in=rows_of(person)).order_by("due_at", "pk")
    ]
    labels = {
        "kind": _("Kind, as a code"),
        "due_at": _("Planned for"),
        "state": _("State"),
        "channel": _("Way"),
        "ended_at": _("Sent or given up on"),
    }
    return Section("messages", _("Messages to you"), labels, rows)
