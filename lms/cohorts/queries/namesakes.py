"""People of one cohort who have one display name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from lms.cohorts.models import Enrolment, EnrolmentState
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


def names_in_order[*Rest](people: Sequence[tuple[UUID, str, str, *Rest]]) -> list[tuple[UUID, str, *Rest]]:
    """The enrolled in the order of every list, their names told apart from everybody's who ever was in the cohort.

    `people` are all of these, as rows (id of the enrolment, name, state, what else a sheet shows); the state is left
    out of the answer.  No query, one where a name repeats.
    """
    signs = signs_of_alike((row[:2] for row in people), of="person__enrolments")
    enrolled = [row for row in people if row[2] == EnrolmentState.ENROLLED]
    enrolled.sort(key=lambda row: place_in_order(row[1], signs.get(row[0], "")))
    return [(row[0], told_apart(row[1], signs.get(row[0], "")), *row[3:]) for row in enrolled]


def signs_of_alike(named: Iterable[tuple[UUID, str]], of: str = "person") -> dict[UUID, str]:
    """What `signs_in` says, of people whose ids and names were read already.  No query, one where a name repeats.

    `of` says whose the ids are, as the way there from a card: a person's, or her enrolments'.
    """
    alike: dict[str, list[UUID]] = defaultdict(list)
    for one, name in named:
        alike[fold(name)].append(one)
    repeated = [one for namesakes in alike.values() if len(namesakes) > 1 for one in namesakes]
    if not repeated:
        return {}
    cards = Card.objects.filter(**{f"{of}__in": repeated}, replaced_at__isnull=True)
    return {one: code[-SIGNS:] for one, code in cards.values_list(of, "code")}


def sign_of(person: User) -> str:
    """Of her own card, for herself; "" without one."""
    code = Card.objects.filter(person=person, replaced_at__isnull=True).values_list("code", flat=True).first()
    return (code or "")[-SIGNS:]


def told_apart(name: str, sign: str) -> str:
    """The name as a list of her cohort shows it; `sign` is one of `signs_in`, or nothing."""
    return f"{name} {sign_in_words(sign)}" if sign else name


def sign_in_words(sign: str) -> str:
    """What stands behind the name of who has a namesake."""
    return _("(card …%(sign)s)") % {"sign": sign}
