"""Every address of the resolver, a house in which each of them names something, and what stands in its tables."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone, translation
from django.utils.regex_helper import normalize
from pytest_django import DjangoDbBlocker
from wagtail.models import Collection

from curricula.models import LessonPage
from lms.assessments.models import Paper
from lms.attendance.signing import make_ticket, room_token
from lms.certificates.actions import freeze_pdf
from lms.certificates.models import SigningKey
from lms.cohorts.actions import make_calendar_address, propose_founding, tell_participants
from lms.cohorts.models import Cohort, Session
from lms.cohorts.queries import token_of
from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job
from lms.notices.models import Notice
from lms.people.actions import invite_staff, make_password_key, make_proposal, offer_role, send_feedback
from lms.people.actions.roles import begin_role
from lms.people.models import Organisation, Proposal, RoleOffer, User
from tests.factories.assessments import make_observation, make_submission
from tests.factories.certificates import make_certificate
from tests.factories.cohorts import make_coaching, make_enrolment, make_standing
from tests.factories.people import AT, make_staff
from tests.factories.webhooks import make_webhook

# What may change, and why.
FRAMEWORK = {
    "django_session": "what the browser brings back: a message that was shown, where to go after signing in",
    "wagtailadmin_editingsession": "who has the same page open in the editor, for the warning; gone when she leaves",
    "wagtailcore_pagesubscription": "whether the editor wants to hear of comments, made when she opens a page first",
}
# A full name that was opened is written down: a row more in people's audit trail, and that is what it is for.
WRITTEN_DOWN = {"people_auditentry": "WHERE verb <> 'open_certificate'"}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver as a path with gaps: "en/desk/cohorts/%(cohort_id)s/"."""

    # With its namespaces, "cohorts:edit"; empty for a pattern without a name.
    name: str
    path: str
    gaps: tuple[str, ...]
    # The model that Wagtail's generic view was made for.
    model: Any


def addresses(resolver: URLResolver | None = None, before: str = "", space: str = "") -> Iterator[Address]:
    """Every pattern, in each of the ways to write it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        mine = pattern.pattern
        prefix = mine.language_prefix if isinstance(mine, LocalePrefixPattern) else mine.regex.pattern
        regex = before + prefix.removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, regex, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            model = getattr(pattern.callback, "view_initkwargs", {}).get("model")
            model = apps.get_model(model) if isinstance(model, str) else model
            name = f"{space}{pattern.name}" if pattern.name else ""
            yield from (Address(name, path, tuple(gaps), model) for path, gaps in normalize(regex))


def filled(address: Address, things: dict[str, Any], other: object = 1) -> str:
    """The address with its gaps filled: with what is there, else with `other`."""
    here = things.get(address.path, {})
    known = {**things, **(here() if callable(here) else here)}
    if address.model is not None and (row := address.model.objects.first()):
        known["pk"] = row.pk
    return f"/{address.path}" % {gap: known.get(gap, other) for gap in address.gaps}


def furnish(cohort: Cohort, people: dict[str, Any]) -> dict[str, Any]:
    """What the addresses about this cohort and its organisation name: by the name of the gap, or by the address.

    `people`: graduate, coordinator, coach, observer, monitor, administrator, trainer, and perhaps who waits for a job.
    """
    graduate, organisation, coordinator = people["graduate"], cohort.organisation, people["coordinator"]
    standing = make_standing(graduate, organisation, level="candidate", qualified_in=cohort)
    today = timezone.localdate()
    make_coaching(standing, people["coach"], today)
    session = _session_of_now(cohort)
    certificate = make_certificate(graduate.enrolments.get(), by=coordinator)
    # The one row that the first look at a certificate writes: which file was drawn of it.
    freeze_pdf(certificate=certificate)
    user, key = make_password_key(person=people["trainer"], by=people["administrator"], at=AT).split("-", 1)
    proposal = propose_founding(
        person=people["trainer"], organisation=organisation, module_code="M1", languages=["ky"], reason="First.",
        by=coordinator, at=timezone.now(),
    )  # fmt: skip
    calendar = make_calendar_address(person=graduate, by=graduate, at=AT)
    tell_participants(cohort=cohort, kind="session_moved", session=session, by=coordinator, at=AT)
    return {
        "notice_id": Notice.objects.filter(group_id=cohort.pk).first().pk,
        "address_id": calendar.pk,
        "cal/%(token)s.ics": {"token": token_of(calendar)},
        "cohort_id": cohort.pk,
        "enrolment_id": graduate.enrolments.get().pk,
        "session_id": session.pk,
        "paper_id": Paper.objects.get(cohort=cohort).pk,
        "observation_id": make_observation(graduate, cohort, people["observer"]).pk,
        "submission_id": make_submission(graduate, cohort).pk,
        "standing_id": standing.pk,
        "proposal_id": proposal.pk,
        "certificate_id": certificate.pk,
        "kid": certificate.key_id,
        "en/me/staff/signatures/%(signature_id)s/": {
            "signature_id": _role_to_confirm(organisation, people["administrator"]).pk
        },
        "signature_id": _proposal_about(certificate.key, people["administrator"]).pk,
        "public_id": certificate.public_id,
        "trust/status/%(number)s": {"number": organisation.status_lists.first().pk},
        "job_id": _job_of(people.get("lead", coordinator)).pk,
        "other_id": make_enrolment(cohort).person.pk,
        "offer_id": _offer_to(graduate, organisation, people["administrator"]).pk,
        "person_id": people["trainer"].pk,
        "role_id": people["trainer"].roles.first().pk,
        **_invited(people["administrator"], organisation),
        "organisation_id": organisation.pk,
        "webhook_id": make_webhook(organisation, by=people["administrator"]).webhook.pk,
        "module_code": "M1",
        "lesson_code": "M1.1",
        "media/%(name)s": {"name": default_storage.save("images/bazaar.png", ContentFile(b"\x89PNG"))},
        "en/help/%(role)s/": {"role": "trainer"},
        "feedback_id": send_feedback(
            text="Lost", contact="", page="", language="en", organisation=organisation, at=AT
        ).pk,
        "join/%(token)s": {"token": cohort.join_token},
        # The room shows another one every minute.
        "c/%(token)s": lambda: {
            "token": room_token(session_id=session.pk, seed=session.checkin_seed, at=timezone.now())
        },
        "c/ticket/%(token)s": {"token": make_ticket(session.pk)},
        "en/accounts/password/reset/key/%(uidb36)s-%(key)s/": {"uidb36": user, "key": key},
    }


def _proposal_about(key: SigningKey, administrator: User) -> Proposal:
    """One of each key: two cohorts may be of one organisation."""
    about = {"kind": "withdraw_key", "reason": "A server was stolen."}
    found = Proposal.objects.filter(kind=about["kind"], subject_id=key.pk).first()
    return found or make_proposal(
        subject=key, organisation=key.organisation, by=administrator, at=timezone.now(), **about
    )


def _role_to_confirm(organisation: Organisation, administrator: User) -> Proposal:
    colleague = begin_role(
        person=make_staff(), kind="coordinator", organisation=organisation, by=administrator, at=timezone.now()
    )
    return Proposal.objects.get(kind="confirm_role", subject_id=str(colleague.pk))


def _job_of(person: User) -> Job:
    return enqueue_job(task="tests.nothing", payload={}, by=person, at=timezone.now())


def _offer_to(person: User, organisation: Organisation, administrator: User) -> RoleOffer:
    by = {"by": administrator, "at": timezone.now()}
    offer_role(person=person, kind="observer", organisation=organisation, **by)
    return RoleOffer.objects.get(person=person)


def _invited(administrator: User, organisation: Organisation) -> dict[str, Any]:
    """Somebody who has not come yet; and an administrator, for whoever runs the installation."""
    by = {"by": administrator, "at": timezone.now()}
    invited = invite_staff(
        username=f"invited-{uuid4().hex[:8]}", display_name="Invited", language="en", kind="observer",
        organisation=organisation, **by,
    )  # fmt: skip
    invitation = {"person_id": invited.person_id}
    return {
        "en/me/staff/invitations/%(person_id)s/again/": invitation,
        "en/me/staff/invitations/%(person_id)s/withdraw/": invitation,
        "en/me/administrators/%(person_id)s/password/": {"person_id": administrator.pk},
    }


def _session_of_now(cohort: Cohort) -> Session:
    session, now = cohort.sessions.first(), timezone.now()
    session.starts_at, session.ends_at = now, now + timedelta(minutes=90)
    session.save()
    return session


def texts() -> dict[str, Any]:
    """For Wagtail's editor: a page with its revisions."""
    Collection.get_first_root_node() or Collection.add_root(name="Root")
    lesson = LessonPage.objects.filter(locale__language_code="en").select_related("latest_revision").first()
    page = dict.fromkeys(("page_id", "page_pk", "pk", "page_to_move_id", "object_id"), lesson.pk)
    revision = dict.fromkeys(("revision_id", "revision_id_a", "revision_id_b"), lesson.live_revision_id)
    parent = {name: lesson.get_parent().pk for name in ("parent_page_id", "destination_id")}
    document = {"cms/documents/%(_0)s/%(_1)s": {"_0": 1, "_1": "x.pdf"}}
    kind = {"app_label": "curricula", "model_name": "question"}
    return {**page, **revision, **parent, **document, **kind, "_0": "test/m1/lesson-1/"}


def rows() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a checksum of what stands in them."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in FRAMEWORK]
        return {table: _sum(cursor, table) for table in tables}


def _sum(cursor: Any, table: str) -> tuple[int, str]:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} {WRITTEN_DOWN.get(table, '')}")
    found = sorted(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor.fetchall())
    return len(found), hashlib.sha256("\n".join(found).encode()).hexdigest()


def built_once(blocker: DjangoDbBlocker, build: Callable[[], Any]) -> Iterator[Any]:
    """For a fixture of a module: what `build` makes, gone again at its end."""
    with blocker.unblock(), translation.override("en"), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
