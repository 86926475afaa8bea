"""What is read about cohorts.  Whatever a person is shown starts at one of the `*_for(user)` querysets."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Now
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from lms.cohorts.models import (
    LIVE_STATES,
    Cohort,
    CohortModule,
    CohortTrainer,
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentState,
    Session,
    SessionState,
    Standing,
    TrainerPart,
    WithdrawalReason,
)
from lms.cohorts.permissions import FOUNDING_ROLES, PLANNING_ROLES, managed_by, manages, may_see_to_people, trained_by
from lms.cohorts.queries.namesakes import in_order
from lms.common.alphabet import alphabetical
from lms.common.prepared import prepared
from lms.people.models import Card, Role, RoleKind, User
from lms.people.permissions import Reader, active_roles, leavers_of, left_by, scope_filter
from lms.regions.models import Region, RegionKind

# How long before and after a session its substitute sees the roster.
PREPARES, TIDIES_UP = timedelta(days=7), timedelta(days=3)


def managed_cohorts_for(user: User) -> QuerySet[Cohort]:
    """Those that she coordinates."""
    return _with_neighbours(Cohort.objects.filter(managed_by(user)))


def run_cohorts_for(user: User) -> QuerySet[Cohort]:
    """Those that she coordinates, leads or helps."""
    return _with_neighbours(Cohort.objects.filter(managed_by(user) | trained_by(user)))


def observed_cohorts_for(user: User) -> QuerySet[Cohort]:
    """Those where she may observe: by a role as observer or coach there while it lives, or as the lead's coach."""
    today = timezone.localdate()
    by_role = scope_filter(user, (RoleKind.OBSERVER, RoleKind.COACH), "organisation", "region__path")
    by_role &= Q(state__in=LIVE_STATES)
    coached = CohortTrainer.objects.filter(
        part=TrainerPart.LEAD,
        standing__coachings__coach=user,
        standing__coachings__starts_on__lte=today,
        standing__coachings__ends_on__gte=today,
    ).exclude(cohort__organisation__id__in=left_by(user))
    return _with_neighbours(Cohort.objects.filter(by_role | Q(pk__in=coached.values("cohort"))))


def lead_has_left() -> Q:
    """Filter on Cohort: those whose lead trainer has left the organisation."""
    gone = CohortTrainer.objects.filter(
        part=TrainerPart.LEAD,
        person__engagements__organisation=F("cohort__organisation"),
        person__engagements__left_at__isnull=False,
    )
    return Q(pk__in=gone.values("cohort"))


def _with_neighbours(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    return cohorts.select_related("organisation", "region").order_by("-starts_on", "code")


def get_run_cohort_or_404(user: User, cohort_id: UUID) -> Cohort:
    """A cohort that she runs; anything else does not exist for her."""
    return get_object_or_404(run_cohorts_for(user).prefetch_related("trainers__person"), pk=cohort_id)


def get_managed_cohort_or_404(user: User, cohort_id: UUID) -> Cohort:
    """A cohort that she coordinates."""
    return get_object_or_404(managed_cohorts_for(user).prefetch_related("trainers__person"), pk=cohort_id)


def sessions_for(user: User) -> QuerySet[Session]:
    """The sessions of the cohorts that she runs, and those that she leads in somebody's place."""
    cohorts = Cohort.objects.filter(managed_by(user) | trained_by(user))
    hers = Q(cohort__in=cohorts) | Q(pk__in=substituted_sessions_for(user).order_by().values("pk"))
    return Session.objects.filter(hers).select_related("cohort__region")


def get_session_or_404(user: User, session_id: UUID) -> Session:
    """One of them; anything else does not exist for her."""
    found = _sessions(user=user, session=session_id)
    if not found:
        raise Http404
    return found[0]


@prepared(user=Reader(), session=UUIDField())
def _sessions(user: Any, session: Any) -> QuerySet[Session]:
    return sessions_for(user).filter(pk=session)


def substituted_sessions_for(user: User) -> QuerySet[Session]:
    """Those that she leads in the lead trainer's place.

    From a week before, so that she can prepare, until three days after: then whatever was kept on paper is entered,
    and the names of a cohort that is not hers are no longer for her.
    """
    sessions = Session.objects.filter(led_by=user, cohort__state__in=LIVE_STATES).exclude(state=SessionState.CANCELLED)
    sessions = sessions.exclude(cohort__organisation__id__in=left_by(user))
    return sessions.filter(starts_at__lte=Now() + PREPARES, ends_at__gte=Now() - TIDIES_UP).order_by("starts_at")


def substitutes_for(session: Session) -> list[User]:
    """Who may lead it in the lead trainer's place, by display name: co-trainers, and who may train the module here."""
    parts = CohortTrainer.objects.filter(cohort=session.cohort_id)
    cohort, day = session.cohort, timezone.localdate(session.starts_at)
    held = Standing.objects.usable(day).filter(organisation=cohort.organisation_id, module_code=session.module_code)
    able = [standing.person_id for standing in held.select_related("region") if standing.holds_in(cohort.region)]
    helping = parts.filter(part=TrainerPart.CO).values("person")
    found = User.objects.filter(Q(pk__in=able) | Q(pk__in=helping), is_active=True)
    people = found.exclude(pk__in=parts.filter(part=TrainerPart.LEAD).values("person"))
    people = people.exclude(pk__in=leavers_of(cohort.organisation_id).values("person")).order_by("pk")
    return sorted(people, key=lambda person: alphabetical(person.display_name))


def leader_of(session: Session) -> User | None:
    """Who really leads or led it: whoever stands in, else the cohort's lead trainer."""
    if session.led_by_id:
        return session.led_by
    part = (
        CohortTrainer.objects.filter(cohort=session.cohort_id, part=TrainerPart.LEAD).select_related("person").first()
    )
    return part.person if part else None


def own_enrolments(user: User) -> EnrolmentQuerySet:
    """Where she takes part or waits for a place."""
    enrolments = Enrolment.objects.filter(person=user).exclude(state=EnrolmentState.WITHDRAWN)
    return enrolments.select_related("cohort__organisation", "cohort__region").order_by("-cohort__starts_on")


def roster(cohort: Cohort) -> list[Enrolment]:
    """The enrolled, by display name, with the person."""
    return in_order(cohort.enrolments.enrolled().select_related("person"))


def people_by_state(cohort: Cohort) -> dict[str, list[Enrolment]]:
    """Everybody who ever was in it, with the person: the enrolled and those who left by display name, the waiting in
    their order.  One query.
    """
    found: dict[str, list[Enrolment]] = {state: [] for state in EnrolmentState.values}
    for enrolment in cohort.enrolments.people().select_related("person").order_by("enrolled_at", "pk"):
        found[enrolment.state].append(enrolment)
    for state in (EnrolmentState.ENROLLED, EnrolmentState.WITHDRAWN):
        found[state] = in_order(found[state])
    return found


def locked_cards(cohort: Cohort, at: datetime) -> list[Card]:
    """The cards of its people that wrong PINs have closed at this moment, each with its person."""
    there = cohort.enrolments.exclude(state=EnrolmentState.WITHDRAWN).values("person")
    cards = Card.objects.filter(person__in=there, replaced_at__isnull=True, locked_at__isnull=False)
    return [card for card in cards.select_related("person") if card.is_locked_at(at)]


def host_of(person: User) -> UUID | None:
    """The organisation whose cohort she joined last: it hears what she has to tell."""
    joined = Enrolment.objects.filter(person=person).order_by("-enrolled_at", "-pk")
    return joined.values_list("cohort__organisation", flat=True).first()


def schools_of(person: User) -> dict[UUID, datetime | None]:
    """The organisations in whose cohorts she ever had or awaited a place, and when she came to the newest she is in."""
    newest = Max("enrolled_at", filter=Q(state=EnrolmentState.ENROLLED))
    rows = Enrolment.objects.filter(person=person).values_list("cohort__organisation")
    return dict(rows.annotate(since=newest))


def run_enrolments_for(user: User) -> QuerySet[Enrolment]:
    """The people of the cohorts that she runs, the withdrawn too."""
    cohorts = Cohort.objects.filter(managed_by(user) | trained_by(user))
    enrolments = Enrolment.objects.people().filter(cohort__in=cohorts)
    return enrolments.select_related("person", "region", "cohort__organisation", "cohort__region")


def joinable_cohort(token: str) -> Cohort | None:
    """The cohort behind a poster's address, while it takes people."""
    cohorts = Cohort.objects.live().filter(join_token=token, joining_open=True)
    return cohorts.select_related("organisation", "region").first()


def may_read_legal_name(user: User, enrolment: Enrolment) -> bool:
    """The coordinator, while the person has a place there and never had one in another organisation's cohort.

    A name that she gave for one organisation is not another's to read or to write over, nor once she has left that
    one: then only she changes it.
    """
    if enrolment.state != EnrolmentState.ENROLLED or not manages(user, enrolment.cohort):
        return False
    return schools_of(enrolment.person).keys() <= {enrolment.cohort.organisation_id}


def may_correct_name(user: User, enrolment: Enrolment) -> bool:
    """May she say anew how somebody is called: one who has no duties and never had a place with another organisation?

    Everywhere else that name is known to people who would not be asked.
    """
    schools = schools_of(enrolment.person).keys()
    known_here = schools <= {enrolment.cohort.organisation_id}
    return known_here and card_holders([enrolment.person], enrolment.cohort, by=user).exists()


def home_regions() -> list[Region]:
    """Where people come from: each below the country, an oblast before what lies in it."""
    return list(Region.objects.exclude(kind=RegionKind.COUNTRY).order_by("path"))


def card_holders(people: Iterable[User], cohort: Cohort, *, by: User) -> QuerySet[User]:
    """Those of them whose card she may print in `cohort`: who prints a card could sign in with it.

    Only where the cohort's organisation gave the card; a card of another one works there too.  For nobody with a
    role, now or to come: two observers must be two people, and an editor writes for the whole country.  A trainer
    prints for people who train no cohort; a coordinator also for those who train within her own organisation and
    region.  Never for whoever may train for another organisation, and never by whoever has left the cohort's.  Whoever
    signs in with a user name and has no card gets none so: it would be a way in more.
    """
    roles = Role.objects.not_ended(timezone.localdate())
    found = _printable(people, cohort, by).exclude(pk__in=roles.values("person"))
    return found.filter(Q(username=None) | _has_a_card())


def colleagues_with_cards(people: Iterable[User], cohort: Cohort, *, by: User) -> QuerySet[User]:
    """Those of them who have a role, and whose card a coordinator may renew while it sleeps.

    Under the same rule, and only where all her roles are within this coordinator's own: she shuts nobody out who
    stands beside or above her, or works for others.  Nobody who has no card gets one so: it would be a way in more.
    """
    if not manages(by, cohort):
        return User.objects.none()
    roles = Role.objects.not_ended(timezone.localdate())
    within = scope_filter(by, PLANNING_ROLES, "organisation", "region__path")
    found = _printable(people, cohort, by).filter(pk__in=roles.values("person")).exclude(pk=by.pk)
    found = found.filter(_has_a_card())
    beyond = roles.filter(~within).values("person")
    return found.exclude(pk__in=beyond).exclude(pk__in=_not_below(by).values("person"))


def is_peer(person: User, *, by: User) -> bool:
    """Does she administer an organisation that this coordinator works for, or coordinate as much of it or more?"""
    houses = {role.organisation_id for role in active_roles(by) if role.kind in PLANNING_ROLES}
    return person.pk != by.pk and _not_below(by).filter(person=person, organisation__in=houses).exists()


def _not_below(by: User) -> QuerySet[Role]:
    """Whose holder stands beside or above her: only a smaller region of hers is below."""
    roles = Role.objects.not_ended(timezone.localdate()).filter(kind__in=FOUNDING_ROLES)
    below = Q(pk__in=[])
    for mine in active_roles(by):
        if mine.kind in PLANNING_ROLES:
            smaller = Q(kind=RoleKind.COORDINATOR, organisation=mine.organisation_id, region__isnull=False)
            smaller &= ~Q(region__kind=RegionKind.COUNTRY) & ~Q(region__path=mine.region_path)
            below |= smaller & Q(region__path__startswith=mine.region_path)
    return roles.exclude(pk__in=roles.filter(below).values("pk"))


def _printable(people: Iterable[User], cohort: Cohort, by: User) -> QuerySet[User]:
    """But for their roles."""
    if not may_see_to_people(by, cohort):
        return User.objects.none()
    parts = CohortTrainer.objects.all()
    if manages(by, cohort):
        parts = parts.exclude(cohort__in=Cohort.objects.filter(managed_by(by)).values("pk"))
    trainers = Standing.objects.usable(timezone.localdate()).exclude(organisation=cohort.organisation_id)
    printable = _given_a_card_by(cohort.organisation_id).filter(pk__in=[person.pk for person in people])
    free = printable.exclude(pk__in=parts.values("person")).exclude(pk__in=trainers.values("person"))
    return free.filter(is_superuser=False, erased_at__isnull=True, merged_into__isnull=True)


def people_known_to(organisation_id: UUID) -> QuerySet[User]:
    """Whom the organisation may enrol by her card's code: it gave her the card, or she is in one of its cohorts.

    Anybody else comes by the poster, with her own yes; so does whoever has no place there now and once wished to go.
    """
    here = Enrolment.objects.filter(cohort__organisation=organisation_id).exclude(state=EnrolmentState.WITHDRAWN)
    wished_to_go = Enrolment.objects.filter(
        cohort__organisation=organisation_id, withdrawn_reason=WithdrawalReason.OWN_WISH
    )
    given = _given_a_card_by(organisation_id).exclude(pk__in=wished_to_go.values("person"))
    living = User.objects.filter(merged_into__isnull=True, erased_at__isnull=True)
    return living.filter(Q(pk__in=here.values("person")) | Q(pk__in=given.values("pk")))


def may_be_brought_back(enrolment: Enrolment) -> bool:
    """May somebody else enrol her again who left: the cohort's organisation gave her card, and she did not want to go?

    Otherwise she would be opened to it a second time without having been asked.
    """
    if enrolment.withdrawn_reason == WithdrawalReason.OWN_WISH:
        return False
    return _given_a_card_by(enrolment.cohort.organisation_id).filter(pk=enrolment.person_id).exists()


def _has_a_card() -> Exists:
    return Exists(Card.objects.filter(person=OuterRef("pk"), replaced_at__isnull=True))


def _given_a_card_by(organisation_id: UUID) -> QuerySet[User]:
    """The people whose first enrolment was in this organisation.

    Participants and their cards are made with it, no enrolment is ever removed, and its id grows with time: being
    enrolled elsewhere, or leaving, takes the card from nobody.
    """
    enrolments = Enrolment.objects.filter(person=OuterRef("pk")).order_by("pk")
    first = Subquery(enrolments.values("cohort__organisation")[:1])
    return User.objects.alias(first_organisation=first).filter(first_organisation=organisation_id)


def waiting_list(cohort: Cohort) -> QuerySet[Enrolment]:
    """Those who wait, the longest first."""
    waiting = cohort.enrolments.filter(state=EnrolmentState.WAITING)
    return waiting.select_related("person").order_by("enrolled_at", "pk")


def places_left(cohort: Cohort) -> int:
    """Free places; 0 where more are enrolled than the capacity says today."""
    return max(0, cohort.capacity - cohort.enrolments.enrolled().count())


def module_codes_of(cohort: Cohort) -> set[str]:
    """What it delivers."""
    return set(CohortModule.objects.filter(cohort=cohort).values_list("module_code", flat=True))


def transfer_targets(user: User, enrolment: Enrolment) -> list[Cohort]:
    """Where she could go on: open cohorts of the same organisation that `user` runs too, with all of the modules."""
    cohort = enrolment.cohort
    others = run_cohorts_for(user).filter(organisation=cohort.organisation_id, state__in=LIVE_STATES)
    codes = module_codes_of(cohort)
    found = with_counts(others.exclude(pk=cohort.pk)).prefetch_related("modules").order_by("starts_on", "code")
    return [one for one in found if codes <= {module.module_code for module in one.modules.all()}]


def with_counts(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Each with `enrolled_count` and `waiting_count`."""
    return cohorts.annotate(
        enrolled_count=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.ENROLLED)),
        waiting_count=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITING)),
    )
