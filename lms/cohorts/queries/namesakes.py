"""People of one cohort who have one display name."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from lms.cohorts.models import Enrolment
from lms.common.alphabet import alphabetical
from lms.common.crypto import fold
from lms.people.models import Card, User

# Of a card's code: told aloud in a room, and of no use for signing in.
SIGNS = 4


def signs_in(cohort_id: UUID) -> dict[UUID, str]:
    """{person id: the last signs of her card's code} of those whose display name stands in this cohort more than once.

    For who runs the cohort.  One query, two where a name repeats; whoever has no card is left out.
    """
    people = Enrolment.objects.people().filter(cohort=cohort_id)
    return signs_of_alike(people.values_list("person", "person__display_name"))


def in_order(enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """As every list of a cohort has them: by display name, and two of one name by what tells them apart.

    With their persons; one query where a name repeats.
    """
    people = list(enrolments)
    signs = signs_of_alike((one.person_id, one.person.display_name) for one in people)
    people.sort(key=lambda one: one.pk)
    return sorted(people, key=lambda one: place_in_order(one.person.display_name, signs.get(one.person_id, "")))


def place_in_order(name: str, sign: str) -> tuple[str, str]:
    """The key of that order, for who has read names and `signs_in` already."""
    return alphabetical(name), sign


def signs_of_alike(named: Iterable[tuple[UUID, str]]) -> dict[UUID, str]:
    """What `signs_in` says, of people whose ids and names were read already.  No query, one where a name repeats."""
    alike: dict[str, list[UUID]] = defaultdict(list)
    for person_id, name in named:
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
