"""Two organisations on one installation: each walks through everything that is hers, and meets nothing of the other."""

from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone, translation
from playwright.sync_api import Browser, BrowserContext

from lms.assessments.models import Paper
from lms.cohorts.actions import tell_participants
from lms.cohorts.models import Cohort, SessionNotice
from lms.notices.models import Notice
from lms.people.actions import send_feedback
from lms.people.models import Feedback, RoleKind, User
from lms.regions.models import Region
from tests.factories.assessments import make_observation, make_submission
from tests.factories.certificates import make_certificate, make_graduate
from tests.factories.cohorts import make_cohort, make_enrolment, make_standing
from tests.factories.people import AT, make_organisation, make_person, make_role, make_staff
from tests.walk import walk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

KINDS_AT_LEAST = {"coordinator": 25, "administrator": 12, "trainer": 18}


@dataclass
class House:
    """One organisation with a cohort in full swing."""

    people: dict[str, User] = field(default_factory=dict)
    # Texts that stand on its own pages and on nobody else's.
    words: list[str] = field(default_factory=list)
    # What its addresses are made of, by the name in the address.
    ids: dict[str, UUID] = field(default_factory=dict)

    @property
    def canaries(self) -> list[str]:
        return [*self.words, *map(str, self.ids.values())]


def build(label: str, code: str, region: Region) -> House:
    """Every kind of thing that a page could show, under names that begin with `label`."""
    names = {f"name_{language}": f"{label}Уюм" for language in ("ky", "ru", "en")}
    organisation = make_organisation(code, **names)
    people = {role: make_staff(f"{code}-{role}", f"{label}{role}") for role in ("coordinator", "trainer")}
    people["administrator"] = make_staff(f"{code}-administrator", f"{label}Админ")
    for role, kind in (("coordinator", RoleKind.COORDINATOR), ("administrator", RoleKind.ADMINISTRATOR)):
        make_role(people[role], kind, organisation)
    cohort = make_cohort(organisation, region, people["trainer"], starts_on=timezone.localdate())
    titles = {f"title_{language}": f"{label}Топ" for language in ("ky", "ru", "en")}
    Cohort.objects.filter(pk=cohort.pk).update(place=f"{label}Орун", **titles)
    cohort.refresh_from_db()
    house = House(people, [f"{label}{word}" for word in ("Уюм", "Топ", "Орун", "Катышуучу", "trainer")])
    house.words += [cohort.code, cohort.join_token]
    _fill(house, cohort, label)
    return house


def _fill(house: House, cohort: Cohort, label: str) -> None:
    lead, person = house.people["trainer"], make_person(f"{label}Катышуучу")
    waiting = make_enrolment(cohort, person, state="waiting")
    graduate = make_graduate(cohort, name=f"{label} Толук Аты")
    certificate = make_certificate(graduate, by=house.people["coordinator"])
    session = cohort.sessions.order_by("starts_at").last()
    tell_participants(cohort=cohort, kind=SessionNotice.MOVED, session=session, by=lead, at=timezone.now())
    standing = make_standing(make_staff(f"{cohort.code}-candidate", f"{label}Талапкер"), cohort.organisation)
    plan = make_submission(graduate.person, cohort, title=f"{label}План")
    told = f"{label}Кат"
    send_feedback(text=told, contact="", page="", language="ky", organisation=cohort.organisation, at=AT)
    house.words += [f"{label}Талапкер", f"{label}План", told]
    house.ids = {
        "cohort_id": cohort.pk,
        "session_id": session.pk,
        "enrolment_id": waiting.pk,
        "notice_id": Notice.objects.filter(group_id=cohort.pk).first().pk,
        "standing_id": standing.pk,
        "paper_id": Paper.objects.get(cohort=cohort).pk,
        "certificate_id": certificate.pk,
        "submission_id": plan.pk,
        "observation_id": make_observation(graduate.person, cohort, lead).pk,
        "person_id": house.people["coordinator"].pk,
        "organisation_id": cohort.organisation_id,
        "feedback_id": Feedback.objects.get(organisation=cohort.organisation).pk,
    }


@pytest.fixture
def houses(live_server, settings) -> list[House]:
    """Two that work in the same oblast, on the same module."""
    settings.PUBLIC_BASE_URL = live_server.url
    call_command("load_regions", verbosity=0)
    region = Region.objects.get(iso="KG-N")
    return [build("Бүркүт", "burkut", region), build("Илбирс", "ilbirs", region)]


def test_two_organisations_see_nothing_of_each_other(houses, live_server, browser, browser_context_args, listen):
    for own, other in (houses, reversed(houses)):
        public: set[str] = set()
        for role, person in own.people.items():
            client = Client()
            client.force_login(person)
            context = _context(browser, browser_context_args, listen, live_server.url, client)
            kinds = _walk(context, live_server.url, own, other, set(public))
            context.close()
            assert len(kinds) >= KINDS_AT_LEAST[role], sorted(kinds)
            public |= {kind for kind in kinds if "/desk/" not in kind and "/me/" not in kind}
            _knock(client, own, other)


def _context(browser: Browser, arguments: dict, listen, base: str, client: Client) -> BrowserContext:
    """A browser in which she is signed in."""
    context = browser.new_context(**arguments)
    listen(context)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])
    return context


def _walk(context: BrowserContext, base: str, own: House, other: House, seen: set[str]) -> set[str]:
    """Every kind of page that links lead to; somewhere on the way she meets her own things."""
    before, met, leaks = set(seen), set(), []
    for visit in walk(context, base, "en", seen, until="domcontentloaded"):
        text = visit.page.content()
        leaks += [f"{visit.kind}: {canary}" for canary in other.canaries if canary in text]
        met |= {canary for canary in own.canaries if canary in text}
        assert (visit.kind, visit.status) == (visit.kind, 200)
    assert leaks == []
    assert met
    return seen - before


def _knock(client: Client, own: House, other: House) -> None:
    """Straight to the other's addresses: nothing is there, also beside an id of her own."""
    mixed = [{**own.ids, name: number} for name, number in other.ids.items()]
    addresses = {address for ids in (other.ids, *mixed) for address in _addresses(ids, other)}
    assert len(addresses) > len(other.ids)
    for address in sorted(addresses):
        answer = client.get(address)
        if address.startswith("/cms/"):
            # Nothing there: Django looks for it among the pages of her language.  Or she is not let into the editor.
            assert answer.url in (f"/en{address}", f"/cms/login/?next={quote(address)}")
            continue
        # What is only ever sent by a form answers 405 before it looks whose it is.
        assert (address, answer.status_code) in {(address, 404), (address, 405)}
        assert not [word for word in other.words if word in answer.text]


def _addresses(ids: dict[str, UUID], other: House) -> list[str]:
    """Each address of ours that is made of these ids, the other's among them."""
    known = {**ids, "module_code": "M1", "lesson_code": "M1.1"}
    foreign = {name for name in ids if ids[name] == other.ids[name]}
    with translation.override("en"):
        return [
            reverse(name, kwargs={key: known[key] for key in pattern.pattern.converters})
            for name, pattern in _named("", get_resolver().url_patterns)
            if pattern.pattern.converters.keys() & foreign and pattern.pattern.converters.keys() <= known.keys()
        ]


def _named(space: str, patterns: list) -> list[tuple[str, URLPattern]]:
    """Every pattern of ours with its whole name."""
    found: list[tuple[str, URLPattern]] = []
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name and space:
                found.append((f"{space}{pattern.name}", pattern))
        elif pattern.namespace is None or not pattern.namespace.startswith("wagtail"):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += _named(inner, pattern.url_patterns)
    return found
