"""Rows that could be one person's, for the coordinator who would merge them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from lms.assessments.models import Attempt
from lms.attendance.models import Mark
from lms.certificates.models import Certificate, CertificateHolder
from lms.cohorts.models import Cohort, CohortTrainer, Enrolment, EnrolmentState
from lms.cohorts.permissions import managed_by
from lms.common.codes import clean_code
from lms.common.crypto import fold
from lms.people.models import Card, LegalName, Role, RoleKind, User
from lms.people.permissions import works_elsewhere
from lms.people.queries import live_cards, organisations_for

# How many rows with the same name are offered; beyond them the card says which.
OFFERED = 20


@dataclass(frozen=True)
class PersonRow:
    """One row of a person, as its coordinator tells it from another: where it takes part, and what it holds."""

    person: User
    card: Card | None
    enrolments: list[Enrolment]
    marks: int
    tests: int
    certificates: int

    @property
    def is_staff(self) -> bool:
        """Does it sign in with a user name?"""
        return bool(self.person.username)

    @property
    def card_end(self) -> str:
        """The last four signs of the card's code: enough to know the card in her hand, too little to try PINs with."""
        return self.card.code[-4:] if self.card else ""


def mergeable_people(user: User) -> QuerySet[User]:
    """Whoever takes or took part in a cohort that she coordinates, in a row that is still somebody's."""
    here = Enrolment.objects.filter(cohort__in=_managed(user)).values("person")
    return User.objects.filter(pk__in=here, merged_into__isnull=True, erased_at__isnull=True)


def rows_named_alike(user: User, person: User) -> list[PersonRow]:
    """Other rows with the same display name, whatever its case, spaces and hyphens; the newest first."""
    wanted, names = fold(person.display_name), mergeable_people(user).exclude(pk=person.pk)
    alike = [pk for pk, name in names.values_list("pk", "display_name") if fold(name) == wanted]
    return person_rows(user, User.objects.filter(pk__in=alike).order_by("-pk")[:OFFERED])


def names_twice_in(cohort: Cohort) -> list[Enrolment]:
    """Of each name that stands more than once among the people of a cohort, the row that came last.  One query."""
    people = cohort.enrolments.exclude(state=EnrolmentState.WITHDRAWN).select_related("person").order_by("pk")
    named: dict[str, list[Enrolment]] = defaultdict(list)
    for enrolment in people:
        named[fold(enrolment.person.display_name)].append(enrolment)
    return [rows[-1] for rows in named.values() if len(rows) > 1]


def row_with_card(user: User, person: User, typed: str) -> User | None:
    """The other row whose live card has this code."""
    others = mergeable_people(user).exclude(pk=person.pk)
    return others.filter(cards__code=clean_code(typed), cards__replaced_at__isnull=True).first()


def get_mergeable_or_404(user: User, person_id: UUID) -> User:
    """A row that she may look at to merge it."""
    return get_object_or_404(mergeable_people(user).select_related("key"), pk=person_id)


def person_rows(user: User, people: Iterable[User]) -> list[PersonRow]:
    """What she sees of each, in the order given."""
    return [_row(user, person) for person in people]


def _row(user: User, person: User) -> PersonRow:
    hers = Enrolment.objects.people().filter(person=person)
    shown = (
        hers.filter(cohort__in=_managed(user)).select_related("cohort__region", "region").order_by("enrolled_at", "pk")
    )
    return PersonRow(
        person=person,
        card=live_cards([person]).get(person.pk),
        enrolments=list(shown),
        marks=Mark.objects.said().filter(enrolment__in=shown.order_by().values("pk")).count(),
        tests=Attempt.objects.filter(enrolment__in=shown.order_by().values("pk")).count(),
        certificates=Certificate.objects.filter(person=person, cohort__in=_managed(user)).count(),
    )


def full_names_agree(one: User, other: User) -> bool | None:
    """Is the name for the certificate the same on both?  None where one has none; nobody reads either."""
    indexes = _name_indexes(one, other)
    return len(set(indexes)) == 1 if len(indexes) == 2 else None


def both_are_named(one: User, other: User) -> bool:
    """Has each a name for the certificate, so that there is something to compare?"""
    return len(_name_indexes(one, other)) == 2


def bear_names_on_certificates(one: User, other: User) -> bool:
    """Does a certificate that is in force, or could be again, bear a name of one of them?"""
    theirs = Certificate.objects.current().filter(person__in=[one.pk, other.pk])
    return CertificateHolder.objects.filter(certificate__in=theirs, sealed_name__isnull=False).exists()


def _name_indexes(one: User, other: User) -> list[str]:
    return list(LegalName.objects.filter(person__in=[one.pk, other.pk]).values_list("index", flat=True))


def answers_for(user: User, person: User) -> bool:
    """Does all that she ever did, as participant and for organisations, lie in what this coordinator answers for?

    Whoever merges a row gives its certificates and answers to the holder of another card.
    """
    managed, cohorts = _managed(user), Cohort.objects
    learned = cohorts.filter(enrolments__person=person)
    trained = cohorts.filter(pk__in=CohortTrainer.objects.filter(person=person).values("cohort"))
    if works_elsewhere(person, organisations_for(user, RoleKind.COORDINATOR)):
        return False
    known = learned.filter(pk__in=managed.values("pk")).exists()
    return known and not (learned | trained).exclude(pk__in=managed.values("pk")).exists()


def has_duties(person: User) -> bool:
    """Does she sign in with a user name, or hold a role that has not ended?"""
    lasting = Role.objects.not_ended(timezone.localdate()).filter(person=person)
    return bool(person.username) or person.is_superuser or lasting.exists()


def _managed(user: User) -> QuerySet[Cohort]:
    return Cohort.objects.filter(managed_by(user))
