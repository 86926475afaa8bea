"""Help, privacy notice and "tell us": for everybody, in each language; and who reads what was told."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext

from lms.cohorts.models import Enrolment
from lms.people import actions
from lms.people.models import FEEDBACK_KEPT, AuditEntry, Feedback, RoleKind, User
from lms.people.tasks import forget_feedback
from lms.people.views.help_pages import PAGES
from tests.factories.cohorts import make_cohort
from tests.factories.people import browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db

TEXTS = Path(settings.BASE_DIR) / "templates" / "help" / "pages"
LANGUAGES = ["en", "ru", "ky"]
ATTACK = "<script>alert(1)</script>"
SECRET = "The head of the aiyl okmotu asked for the list of names"


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()


def address(name: str, language: str = "en", *args: object) -> str:
    with translation.override(language):
        return reverse(name, args=args)


# ── Texts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_page_is_written_in_every_language_in_the_same_parts():
    for page in [*PAGES, "privacy"]:
        tags = {tuple(re.findall(r"</?\w+", (TEXTS / code / f"{page}.html").read_text("utf-8"))) for code in LANGUAGES}
        assert len(tags) == 1, page
    written = {path.stem for code in LANGUAGES for path in (TEXTS / code).iterdir()}
    assert written == {*PAGES, "privacy"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_open_to_everybody(client, language):
    contents = client.get(address("help:contents", language))
    assert contents.status_code == 200
    for role in PAGES:
        link = address("help:role", language, role)
        assert link in contents.text
        answer = client.get(link)
        assert answer.status_code == 200
        assert 'href="/cms' not in answer.text
    assert client.get(address("help:privacy", language)).status_code == 200


def test_who_holds_a_card_reads_how_to_make_a_pin_of_her_own(client):
    """By the names that page and button have in each language."""
    for language in LANGUAGES:
        with translation.override(language):
            names = [gettext("My data and consents"), gettext("Make a new PIN for my card")]
        for role in ("participant", "trainer", "observer", "coordinator"):
            page = client.get(address("help:role", language, role)).text
            assert [name for name in names if name not in page] == [], (language, role)


def test_there_is_no_help_for_an_unknown_role(client):
    assert client.get(address("help:role", "en", "queen")).status_code == 404


def test_the_notice_states_the_terms_of_the_profile(client):
    """Both say how long what is kept; a changed term is changed in both."""
    notice = client.get(address("help:privacy")).text
    profile = browser(make_person()).get(address("people:profile")).text
    for term in ("12 months", "24 months", "18 months", "an hour at most"):
        assert term in notice
        assert term in profile
    assert "lawyer" in notice


def test_the_privacy_notice_agrees_with_how_long_feedback_is_kept(client):
    assert timedelta(days=365) == FEEDBACK_KEPT
    assert "12 months" in client.get(address("help:tell")).text


# ── Telling us ───────────────────────────────────────────────────────────────────────────────────────────────────────


def tell(client: Client, **typed: str):
    return client.post(address("help:tell"), {"text": SECRET, **typed})


def test_a_visitor_tells_us_and_nothing_is_noted_about_her(client):
    answer = tell(client, contact="@aigul_of_bosteri", page="join/…")
    assert (answer.status_code, answer.url) == (302, address("help:told"))
    assert client.get(answer.url).status_code == 200
    feedback = Feedback.objects.get()
    assert (feedback.page, feedback.language, feedback.organisation) == ("join/…", "en", None)
    kept = str(list(Feedback.objects.values())) + str(list(AuditEntry.objects.values()))
    assert "aiyl okmotu" not in kept
    assert "@aigul" not in kept
    assert AuditEntry.objects.get(verb="send_feedback").actor_id is None


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_a_wrong_text_keeps_what_was_typed(client, text):
    answer = tell(client, text=text, contact="@aigul")
    assert answer.status_code == 422
    assert "@aigul" in answer.text
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    "page",
    ["join/abc?x=1", "<b>", "a b", "x" * 121, "javascript:alert", "//evil.example", "evil.example/", "https://a/b"],
)
def test_what_is_no_name_of_a_page_is_not_kept(client, page):
    tell(client, page=page)
    assert not Feedback.objects.filter(page=page).exists()


@pytest.mark.parametrize("page", ["desk/cohorts/…/people/", "ky/verify/list/result.pdf", "verify:list", "ky/"])
def test_name_of_a_page_is_kept(client, page):
    tell(client, page=page)
    assert Feedback.objects.get().page == page


def test_the_link_names_the_page_without_its_token(client):
    token = "0" * 22
    text = client.get(f"/join/{token}").text
    link = re.search(r'href="(/en/tell-us/\?page=[^"]*)"', text)
    assert link
    assert token not in link[1]
    assert 'value="join/…"' in client.get(link[1]).text


@pytest.mark.usefixtures("clock")
def test_sixty_an_hour_from_one_address(client):
    for _ in range(60):
        assert tell(client).status_code == 302
    assert tell(client).status_code == 429
    assert Feedback.objects.count() == 60


# ── Reading it ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two():
    """Two organisations, each with an administrator, and somebody who runs the installation."""
    people = {}
    for code in ("ours", "theirs"):
        organisation = make_organisation(code)
        people[code] = make_staff(f"admin-{code}")
        make_role(people[code], RoleKind.ADMINISTRATOR, organisation)
        people[f"trainer-{code}"] = make_staff(f"trainer-{code}")
        make_role(people[f"trainer-{code}"], RoleKind.TRAINER, organisation)
    people["root"] = User.objects.create_superuser("root")
    return people


def test_each_administrator_reads_what_her_own_people_told(two, client):
    tell(browser(two["trainer-ours"]))
    assert SECRET in browser(two["ours"]).get(address("people:feedback")).text
    for other in ("theirs", "root"):
        assert SECRET not in browser(two[other]).get(address("people:feedback")).text
    for other in (two["trainer-ours"], make_person()):
        assert browser(other).get(address("people:feedback")).status_code == 404
    assert client.get(address("people:feedback")).status_code == 302


def test_a_participant_tells_the_organisation_whose_training_she_took_last(two):
    person = make_person()
    for code in ("theirs", "ours"):
        organisation = two[code].roles.get().organisation
        cohort = make_cohort(organisation=organisation)
        Enrolment.objects.create(cohort=cohort, person=person, language="ky", enrolled_at=timezone.now())
    assert "administrators of ours (en)" in browser(person).get(address("help:tell")).text
    tell(browser(person))
    assert SECRET in browser(two["ours"]).get(address("people:feedback")).text
    for other in ("theirs", "root"):
        assert SECRET not in browser(two[other]).get(address("people:feedback")).text


def test_a_visitor_of_several_organisations_writes_to_those_who_run_the_site(two, client):
    tell(client)
    assert SECRET in browser(two["root"]).get(address("people:feedback")).text
    for other in ("ours", "theirs"):
        assert SECRET not in browser(two[other]).get(address("people:feedback")).text


def test_where_there_is_one_organisation_its_administrators_read_it(client):
    organisation = make_organisation("only")
    admin = make_staff("admin")
    make_role(admin, RoleKind.ADMINISTRATOR, organisation)
    assert organisation.name in client.get(address("help:tell")).text
    tell(client)
    assert SECRET in browser(admin).get(address("people:feedback")).text


def test_only_its_reader_settles_it(two):
    tell(browser(two["trainer-ours"]))
    feedback = Feedback.objects.get()
    path = address("people:settle_feedback", "en", feedback.pk)
    for other in ("theirs", "root", "trainer-ours"):
        assert browser(two[other]).post(path).status_code == 404
    client = browser(two["ours"])
    assert client.get(path).status_code == 405
    assert client.post(path).status_code == 302
    assert client.post(path).status_code == 302
    feedback.refresh_from_db()
    assert feedback.settled_by == two["ours"]
    assert AuditEntry.objects.filter(verb="settle_feedback").count() == 1
    assert "Settled" in client.get(address("people:feedback")).text


def test_what_was_told_is_text_and_never_markup(two):
    tell(browser(two["trainer-ours"]), text=ATTACK, contact=ATTACK)
    text = browser(two["ours"]).get(address("people:feedback")).text
    assert ATTACK not in text
    assert text.count(escape(ATTACK)) == 2


def test_it_is_kept_for_a_year():
    now = timezone.now()
    values = {"text": "x", "contact": "", "page": "", "language": "en", "organisation": None}
    for age in (timedelta(days=364), timedelta(days=366)):
        actions.send_feedback(**values, at=now - age)
    forget_feedback()
    assert Feedback.objects.get().sent_at == now - timedelta(days=364)
