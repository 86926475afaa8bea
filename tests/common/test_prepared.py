"""A prepared read answers as its queryset would, whatever it is asked with, in any thread."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.db.models import CharField, Count, DateTimeField, Exists, OuterRef, Q, UUIDField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.cohorts.models import Cohort, Enrolment, Session
from lms.cohorts.queries import run_cohorts_for, sessions_for
from lms.common.prepared import KEPT, SHORT, FrozenTime, Many, prepared
from lms.people.permissions import Reader
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import make_organisation, make_role, make_staff
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db


def sessions(cohorts, at):
    """Objects with another in them, some columns left out, something counted, and a question within the question."""
    enrolled = Enrolment.objects.filter(cohort=OuterRef("cohort"))
    found = Session.objects.filter(Exists(enrolled), Q(starts_at__gte=at), cohort__id__in=cohorts)
    found = found.select_related("cohort__region").defer("checkin_seed").annotate(people=Count("cohort__enrolments"))
    return found.order_by("starts_at", "pk")


ask_sessions = prepared(cohorts=Many(UUIDField()), at=DateTimeField())(sessions)


def said(found) -> list:
    return [(one.pk, one.title, one.starts_at, one.people, one.cohort.code, one.cohort.region.name) for one in found]


@pytest.fixture
def cohorts(regions) -> list[Cohort]:
    found = [make_cohort(region=regions["KG-B"]) for _number in range(3)]
    for cohort in found[:2]:
        make_enrolment(cohort)
        make_enrolment(cohort)
    return found


def test_it_answers_as_the_queryset_does(cohorts, at):
    for length in (1, 2, 3, 1):
        ids = [cohort.pk for cohort in cohorts[:length]]
        for since in (at, at + timedelta(days=1, hours=2)):
            expected = said(sessions(ids, since))
            with CaptureQueriesContext(connection) as asked:
                assert said(ask_sessions(cohorts=ids, at=since)) == expected
            assert len(asked) == 1
    assert said(ask_sessions(cohorts=[cohorts[0].pk], at=at))


def test_rows_as_the_driver_gives_them_are_the_same_rows(cohorts, at):
    ids = [cohort.pk for cohort in cohorts]
    for length in (1, 2, 3, 1):
        with CaptureQueriesContext(connection) as asked:
            rows = ask_sessions.bare(cohorts=ids[:length], at=at)
        assert (len(asked), rows) == (1, ask_sessions.bare(cohorts=ids[:length], at=at))
        with CaptureQueriesContext(connection) as asked:
            made = said(ask_sessions.made(rows, cohorts=ids[:length]))
        assert (len(asked), made) == (0, said(sessions(ids[:length], at)))
        assert made
    assert ask_sessions.bare(cohorts=[], at=at) == []


def test_what_can_match_nothing_is_not_asked(cohorts, at):
    with CaptureQueriesContext(connection) as asked:
        assert ask_sessions(cohorts=[], at=at) == []
    assert len(asked) == 0


def test_it_reads_what_is_there_now(cohorts):
    @prepared(cohort=UUIDField(), state=CharField())
    def people(cohort, state):
        return Enrolment.objects.filter(cohort=cohort, state=state).order_by("pk").values_list("pk", "person")

    before = people(cohort=cohorts[0].pk, state="enrolled")
    came = make_enrolment(cohorts[0])
    now = people(cohort=cohorts[0].pk, state="enrolled")
    assert (len(before), set(now) - set(before)) == (2, {(came.pk, came.person_id)})
    assert people(cohort=cohorts[0].pk, state="waiting") == []


def test_what_was_typed_is_a_value_and_never_part_of_the_statement(cohorts):
    @prepared(code=CharField())
    def by_code(code):
        return Cohort.objects.filter(code=code)

    assert by_code(code=cohorts[0].code) == [cohorts[0]]
    assert by_code(code="' OR '1'='1") == []
    assert by_code(code="%s") == []


def test_a_moment_of_the_writing_is_refused(at):
    @prepared(cohort=UUIDField())
    def coming(cohort):
        return Session.objects.filter(cohort=cohort, starts_at__gte=at)

    with pytest.raises(FrozenTime):
        coming(cohort=make_cohort().pk)


def test_it_keeps_so_many_statements_and_no_long_ones(cohorts):
    """Whoever collects roles, each time another kind of person, does not fill the memory of a process."""
    written = []

    @prepared(cohorts=Many(UUIDField()), states=Many(CharField()))
    def people(cohorts, states):
        written.append(len(states))
        return Enrolment.objects.filter(cohort__id__in=cohorts, state__in=states).values_list("pk", flat=True)

    def ask(places, kinds):
        """Is the statement written for it?"""
        before = len(written)
        assert len(people(cohorts=[cohorts[0].pk] * places, states=["enrolled"] * kinds)) == 2
        return len(written) > before

    kept, long = list(product(range(1, 20), range(1, 20)))[:KEPT], (1, SHORT)
    assert [ask(*kept[0]), ask(*kept[0]), ask(*long), ask(*long)] == [True, False, True, True]
    assert all(ask(*shape) for shape in kept[1:])
    assert not any(ask(*shape) for shape in kept)
    assert ask(20, 20)
    assert (ask(20, 20), ask(*kept[0])) == (False, True)


# ── Reads of a person ────────────────────────────────────────────────────────────────────────────────────────────


@prepared(user=Reader())
def run_by(user):
    return run_cohorts_for(user).values_list("pk", flat=True)


@prepared(user=Reader(), cohort=UUIDField())
def sessions_there(user, cohort):
    return sessions_for(user).filter(cohort=cohort).values_list("pk", flat=True)


@pytest.fixture
def readers(regions):
    """Pairs of people with the same kind of roles in different places, and their cohorts."""
    found = []
    for place, elsewhere in (("KG-B", "KG-N"), ("KG-N", "KG-B")):
        organisation, other = make_organisation(), make_organisation()
        here = make_cohort(region=regions[place], organisation=organisation)
        make_cohort(region=regions[elsewhere], organisation=organisation)
        there = make_cohort(region=regions[elsewhere], organisation=other)
        country, region, both, helper, leaver = (make_staff() for _number in range(5))
        make_role(country, "coordinator", organisation)
        make_role(region, "coordinator", organisation, regions[place])
        make_role(both, "coordinator", organisation, regions[place])
        make_role(both, "coordinator", other)
        for cohort in (here, there):
            add_trainer(cohort, helper)
            add_trainer(cohort, leaver)
        there.state, there.closed_at = "closed", timezone.now()
        there.save(update_fields=["state", "closed_at"])
        leaver.engagements.filter(organisation=other).update(left_at=timezone.now())
        found += [country, region, both, helper, leaver, make_staff()]
    return found


def test_each_reader_sees_her_own(readers):
    cohorts = list(Cohort.objects.all())
    seen = []
    for person in readers:
        hers = set(run_cohorts_for(person).values_list("pk", flat=True))
        assert set(run_by(user=person)) == hers
        for cohort in cohorts:
            expected = set(sessions_for(person).filter(cohort=cohort).values_list("pk", flat=True))
            assert set(sessions_there(user=person, cohort=cohort.pk)) == expected
            assert bool(expected) == (cohort.pk in hers)
        seen.append(len(hers))
    assert seen == [2, 1, 2, 2, 1, 0] * 2


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection(tmp_path):
    cohort = make_cohort()
    make_enrolment(cohort)
    at = cohort.sessions.first().starts_at - timedelta(days=1)
    here = said(ask_sessions(cohorts=[cohort.pk], at=at))
    assert here
    with real_database(tmp_path):
        assert at_once(*[lambda: said(ask_sessions(cohorts=[cohort.pk], at=at))] * 4) == [here] * 4
