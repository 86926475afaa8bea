"""People of one cohort who have one display name."""

from collections import defaultdict
from uuid import UUID

from django.utils.translation import gettext as _

from lms.cohorts.models import Enrolment
from lms.common.crypto import fold
from lms.people.models import Card, User

# Of a card's code: told aloud in a room, and of no use for signing in.
SIGNS = 4


def signs_in(cohort_id: UUID) -> dict[UUID, str]:
    """{person id: the last signs of her card's code} of those whose display name stands in this cohort more than once.

    For who runs the cohort.  One query, two where a name repeats; whoever has no card is left out.
    """
    alike: dict[str, list[UUID]] = defaultdict(list)
    people = Enrolment.objects.people().filter(cohort=cohort_id)
    for person_id, name in people.values_list("person", "person__display_name"):
        alike[fold(name)].append(person_id)
    repeated = [person_id for namesakes in alike.values() if len(namesakes) > 1 for person_id in namesakes]
    if not repeated:
        return {}
    cards = Card.objects.filter(person__in=repeated, replaced_at__isnull=True)
    return {person_id: code[-SIGNS:] for person_id, code in cards.values_list("person", "code")}


def sign_of(person: User) -> str:
    """Of her own card, for herself; "" without one."""
    code = Card.objects.filter(person=person, replaced_at__isnull=True).values_list("code", flat=True).first()
    return (code or "")[-SIGNS:]


def told_apart(name: str, sign: str) -> str:
    """The name as a list of her cohort shows it; `sign` is one of `signs_in`, or nothing."""
    return _("%(name)s (card …%(sign)s)") % {"name": name, "sign": sign} if sign else name
