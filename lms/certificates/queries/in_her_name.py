"""What whoever was signed in as a holder did with her certificates."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import Certificate
from lms.people.models import VERB_WORDS, AuditEntry, User
from lms.people.queries import Change

_WORDS: dict[str, str | Promise] = {
    "open_certificate": VERB_WORDS["open_certificate"],
    "open_certificate:badge": _("file of a certificate for wallets taken"),
    "open_certificate:picture": _("picture of a certificate for messengers taken"),
    "change_name_form": VERB_WORDS["change_name_form"],
}


def changes_of_certificates(person: User, since: datetime) -> list[Change]:
    """Her papers and badges that were taken, and how much of her name they show.  Two queries."""
    papers = [str(pk) for pk in Certificate.objects.filter(person=person).values_list("pk", flat=True)]
    hers = {"subject_type": Certificate._meta.label_lower, "subject_id__in": papers, "actor_id": person.pk}
    entries = AuditEntry.objects.filter(**hers, at__gte=since)
    done = [(one.at, ":".join(filter(None, (one.verb, one.details.get("why"))))) for one in entries]
    return [Change(at, str(_WORDS[what]), page="certificates:mine") for at, what in done if what in _WORDS]
