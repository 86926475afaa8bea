"""Looking changes nothing: every address of the resolver, asked for by each role, leaves every row as it was."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone
from django.utils.regex_helper import normalize
from wagtail.models import Collection

from curricula.models import LessonPage
from lms.assessments.models import Paper
from lms.attendance.signing import make_ticket, room_token
from lms.certificates.actions import freeze_pdf
from lms.cohorts.actions import make_calendar_address, propose_founding, tell_participants
from lms.cohorts.models import Coaching, Cohort, Session
from lms.cohorts.queries import token_of
from lms.jobs.actions import enqueue_job
from lms.notices.models import Notice
from lms.people.actions import make_password_key, send_feedback
from lms.people.models import CMS_ROLES, RoleKind, User
from lms.people.tasks import mirror_roles
from tests.factories.assessments import make_observation, make_submission
from tests.factories.certificates import make_certificate, make_graduate
from tests.factories.cohorts import make_cohort, make_enrolment, make_standing
from tests.factories.people import AT, make_role, make_staff

pytestmark = pytest.mark.django_db
# What may change, and why.
FRAMEWORK = {
    "django_session": "what the browser brings back: a message that was shown, where to go after signing in",
    "wagtailadmin_editingsession": "who has the same page open in the editor, for the warning; gone when she leaves",
    "wagtailcore_pagesubscription": "whether the editor wants to hear of comments, made when she opens a page first",
}
# A full name that was opened is written down: a row more in people's audit trail, and that is what it is for.
WRITTEN_DOWN = {"people_auditentry": "WHERE verb <> 'open_certificate'"}
# Neither opened by anybody here nor for a POST alone.
SHUT = {
    # Wagtail's: no page here is behind a password; its login leads to ours.
    "en/_util/authenticate_with_password/%(page_view_restriction_id)s/%(page_id)s/",
    "en/_util/login/",
    # Only with a second step set up, or in the middle of signing in; a lost password is renewed by an administrator.
    "en/accounts/2fa/authenticate/",
    "en/accounts/2fa/reauthenticate/",
    "en/accounts/2fa/recovery-codes/",
    "en/accounts/2fa/totp/deactivate/",
    "en/accounts/password/set/",
    # They lead to the cohort's page and to the test.
    "en/learn/%(cohort_id)s/",
    "en/tests/%(paper_id)s/start/",
}
# Of the editor's pages so many are opened by whoever may do least there.
LEAST_OPENED = 80


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver as a path with gaps: "en/desk/cohorts/%(cohort_id)s/"."""

    path: str
    gaps: tuple[str, ...]
    # The model that Wagtail's generic view was made for.
    model: Any


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[Address]:
    """Every pattern, in each of the ways to write it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        mine = pattern.pattern
        prefix = mine.language_prefix if isinstance(mine, LocalePrefixPattern) else mine.regex.pattern
        regex = before + prefix.removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, regex)
        else:
            model = getattr(pattern.callback, "view_initkwargs", {}).get("model")
            model = apps.get_model(model) if isinstance(model, str) else model
            yield from (Address(path, tuple(gaps), model) for path, gaps in normalize(regex))


@dataclass
class House:
    """One thing of each kind that an address may name, and the people who may look."""

    people: dict[str, User | None]
    things: dict[str, Any]

    def paths(self, address: Address) -> list[str]:
        """The address with its gaps filled: with what is there, else with a number and with a word."""
        things = {**self.things, **self.things.get(address.path, {})}
        if address.model is not None and (row := address.model.objects.first()):
            things["pk"] = row.pk
        return [f"/{address.path}" % {gap: things.get(gap, other) for gap in address.gaps} for other in (1, "x")]


@pytest.fixture
def house(regions) -> House:
    """A cohort in which everything has happened once, and another organisation's."""
    cohort = make_cohort(region=regions["KG-B"])
    lead = cohort.trainers.get().person
    graduate = make_graduate(cohort)
    people = {"visitor": None, "graduate": graduate.person, "participant": make_enrolment(cohort).person}
    people["waiting"] = make_enrolment(cohort, state="waiting").person
    people |= {"lead": lead, "stranger": make_cohort(region=regions["KG-N"]).trainers.get().person}
    people["root"] = User.objects.create_superuser("root")
    for kind in RoleKind.values:
        people[kind] = make_staff(kind)
        make_role(people[kind], kind, cohort.organisation, regions["KG-B"] if kind == "regional_author" else None)
    things = _things(cohort, people) | _texts() | {"enrolment_id": graduate.pk, "other_id": people["participant"].pk}
    return House(people, things)


def _things(cohort: Cohort, people: dict[str, Any]) -> dict[str, Any]:
    graduate, organisation, coordinator = people["graduate"], cohort.organisation, people["coordinator"]
    standing = make_standing(graduate, organisation, level="candidate", qualified_in=cohort)
    today = timezone.localdate()
    Coaching.objects.create(standing=standing, coach=people["coach"], starts_on=today, ends_on=today)
    session = _session_of_now(cohort)
    certificate = make_certificate(graduate.enrolments.get(), by=coordinator)
    # The one row that the first look at a certificate writes: which file was drawn of it.
    freeze_pdf(certificate=certificate)
    user, key = make_password_key(person=people["monitor"], by=people["administrator"], at=AT).split("-", 1)
    proposal = propose_founding(
        person=people["trainer"], organisation=organisation, module_code="M1", languages=["ky"], reason="First.",
        by=coordinator, at=AT,
    )  # fmt: skip
    calendar = make_calendar_address(person=graduate, by=graduate, at=AT)
    tell_participants(cohort=cohort, kind="session_moved", session=session, by=coordinator, at=AT)
    return {
        "notice_id": Notice.objects.first().pk,
        "address_id": calendar.pk,
        "cal/%(token)s.ics": {"token": token_of(calendar)},
        "cohort_id": cohort.pk,
        "session_id": session.pk,
        "paper_id": Paper.objects.get(cohort=cohort).pk,
        "observation_id": make_observation(graduate, cohort, people["observer"]).pk,
        "submission_id": make_submission(graduate, cohort).pk,
        "standing_id": standing.pk,
        "proposal_id": proposal.pk,
        "certificate_id": certificate.pk,
        "public_id": certificate.public_id,
        "job_id": enqueue_job(task="tests.nothing", payload={}, by=coordinator, at=timezone.now()).pk,
        "person_id": people["trainer"].pk,
        "organisation_id": organisation.pk,
        "module_code": "M1",
        "lesson_code": "M1.1",
        "media/%(name)s": {"name": default_storage.save("images/bazaar.png", ContentFile(b"\x89PNG"))},
        "en/help/%(role)s/": {"role": "trainer"},
        "feedback_id": send_feedback(
            text="Lost", contact="", page="", language="en", organisation=organisation, at=AT
        ).pk,
        "join/%(token)s": {"token": cohort.join_token},
        "c/%(token)s": {"token": room_token(session_id=session.pk, seed=session.checkin_seed, at=timezone.now())},
        "c/ticket/%(token)s": {"token": make_ticket(session.pk)},
        "en/accounts/password/reset/key/%(uidb36)s-%(key)s/": {"uidb36": user, "key": key},
    }


def _session_of_now(cohort: Cohort) -> Session:
    session, now = cohort.sessions.first(), timezone.now()
    session.starts_at, session.ends_at = now, now + timedelta(minutes=90)
    session.save()
    return session


def _texts() -> dict[str, Any]:
    """For Wagtail's editor: a page with its revisions."""
    Collection.get_first_root_node() or Collection.add_root(name="Root")
    lesson = LessonPage.objects.filter(locale__language_code="en").select_related("latest_revision").first()
    page = dict.fromkeys(("page_id", "page_pk", "pk", "page_to_move_id", "object_id"), lesson.pk)
    revision = dict.fromkeys(("revision_id", "revision_id_a", "revision_id_b"), lesson.live_revision_id)
    parent = {name: lesson.get_parent().pk for name in ("parent_page_id", "destination_id")}
    return {**page, **revision, **parent, "_0": "test/m1/lesson-1/", "app_label": "curricula", "model_name": "question"}


def rows() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a checksum of what stands in them."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in FRAMEWORK]
        return {table: _sum(cursor, table) for table in tables}


def _sum(cursor: Any, table: str) -> tuple[int, str]:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} {WRITTEN_DOWN.get(table, '')}")
    found = sorted(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor.fetchall())
    return len(found), hashlib.sha256("\n".join(found).encode()).hexdigest()


def _look(person: User | None, paths: Iterable[str]) -> dict[str, int]:
    """What she gets at each path, {path: status}, after the tables were compared."""
    client = Client(raise_request_exception=False)
    if person:
        # Signing in writes `last_login`, and is over before anything is counted.
        client.force_login(person)
    before = rows()
    statuses = {path: client.get(path).status_code for path in paths}
    assert {table for table, found in rows().items() if found != before[table]} == set()
    return statuses


def test_looking_at_our_pages_changes_no_row(house):
    ours = {path: a.path for a in addresses() if not a.path.startswith("cms/") for path in house.paths(a)}
    answers: dict[str, set[int]] = {address: set() for address in ours.values()}
    for name, person in house.people.items():
        for path, status in _look(person, ours).items():
            assert status < 500, (name, path)
            answers[ours[path]].add(status)
    # Each was opened by somebody, or is for a POST; the walk would be worth little if all were shut.
    assert {address for address, statuses in answers.items() if not statuses & {200, 405}} == SHUT


@pytest.mark.parametrize("kind", CMS_ROLES)
def test_looking_at_the_editor_changes_no_row(house, kind):
    mirror_roles()
    paths = [path for address in addresses() if address.path.startswith("cms/") for path in house.paths(address)]
    statuses = _look(house.people[kind], dict.fromkeys(paths)).values()
    assert list(statuses).count(200) > LEAST_OPENED
