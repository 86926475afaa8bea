"""Finding a participant among the people of the cohorts that somebody runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.cohorts.models import Cohort, Enrolment, EnrolmentState
from lms.cohorts.permissions import managed_by
from lms.cohorts.queries.cohorts import run_enrolments_for
from lms.cohorts.queries.namesakes import place_in_order, signs_of_alike
from lms.common.alphabet import alphabetical
from lms.common.codes import clean_code
from lms.common.crypto import fold, keyed_index
from lms.notices.checks import addresses_meant
from lms.people.models import User

# A keyboard without the three Kyrgyz letters writes these in their place; whoever has them may mean either.
_PLAIN_LETTERS = str.maketrans("үөң", "уон")

# So many are shown: whoever finds more types more of the name.
FOUND = 50


@dataclass(frozen=True)
class Found:
    """Who was found, by display name; a person in two cohorts stands there twice."""

    enrolments: list[Enrolment]
    total: int
    # Those among them who were found by what nobody else may read of them.
    recognised: list[Enrolment]
    # By person, the signs of her card, where another in the cohorts that are searched has the same name.
    signs: dict[UUID, str]

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.enrolments)


def find_people(user: User, typed: str) -> Found:
    """Among the people of her cohorts: by the beginning of a part of the display name, or by the code of a card, old
    ones and those of a row that was merged into hers too.

    A coordinator also by a name for certificates, and by a way to be reached, each written in full.  Four queries, five
    where a name repeats.
    """
    reachable = run_enrolments_for(user).filter(person__erased_at=None, person__merged_into=None)
    known = list(reachable.select_related(None).values_list("pk", "person", "person__display_name"))
    names = {pk: name for pk, _person, name in known}
    wanted = _plain(typed)
    ids = {pk for pk, name in names.items() if wanted in _plain(name)}
    code = clean_code(typed)
    ids |= _ids(reachable.filter(Q(person__cards__code=code) | Q(person__merged_from__cards__code=code)))
    recognised = _ids(_recognised(user, reachable, typed)) & names.keys()
    ordered = sorted(ids | recognised, key=lambda pk: (alphabetical(names[pk]), pk))
    shown = reachable.in_bulk(ordered[:FOUND])
    signs = _signs_among(shown.values(), {(person, name) for _pk, person, name in known})
    enrolments = sorted(
        (shown[pk] for pk in sorted(shown)),
        key=lambda one: place_in_order(one.person.display_name, signs.get(one.person_id, "")),
    )
    return Found(enrolments, len(ordered), [one for one in enrolments if one.pk in recognised], signs)


def _signs_among(shown: Iterable[Enrolment], known: Iterable[tuple[UUID, str]]) -> dict[UUID, str]:
    """Of whoever is shown, though a namesake of hers was not found by what was typed."""
    called = {fold(one.person.display_name) for one in shown}
    return signs_of_alike((person, name) for person, name in known if fold(name) in called)


def _recognised(user: User, reachable: QuerySet[Enrolment], typed: str) -> QuerySet[Enrolment]:
    """As with reading a legal name: where she coordinates, and of nobody who ever took part in another organisation."""
    indexes = [keyed_index("contact", address) for address in addresses_meant(typed)]
    known = Q(person__legal_name__index=keyed_index("legal_name", typed)) | Q(person__contacts__index__in=indexes)
    ever = Enrolment.objects.filter(person=OuterRef("person"))
    elsewhere = ever.exclude(cohort__organisation=OuterRef("cohort__organisation"))
    managed = reachable.filter(cohort__in=Cohort.objects.filter(managed_by(user)), state=EnrolmentState.ENROLLED)
    return managed.filter(known).exclude(Exists(elsewhere))


def _plain(name: str) -> str:
    """With a space before each part, and without the letters that many keyboards lack."""
    return f" {fold(name).translate(_PLAIN_LETTERS)}"


def _ids(enrolments: QuerySet[Enrolment]) -> set[UUID]:
    found: Iterable[UUID] = enrolments.select_related(None).values_list("pk", flat=True)
    return set(found)
