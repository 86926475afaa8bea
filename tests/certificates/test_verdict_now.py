"""A verdict is finished once for the same facts; whatever changes shows in the next answer, in any process."""

import gc
import weakref
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from lms.certificates import actions
from lms.certificates.models import Certificate, CertificateHolder
from lms.certificates.queries import facts_of
from lms.certificates.rendering import verdict_page
from lms.cohorts.models import Standing
from lms.common.memory import SECONDS
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db

STEPS = {"en": "Hold one session.", "ru": "Проведите занятие.", "ky": "Сабак өткөрүңүз."}
WORDING = {"en": "Asked about.", "ru": "Выясняем.", "ky": "Такталууда."}


@pytest.fixture
def shown(client: Client):
    """The page as it is now, asked for twice in two languages: the second answer is the finished one."""
    cache.clear()

    def show(certificate) -> str:
        first, russian, again = [
            client.get(f"/v/{certificate.public_id}?lang={language}").content.decode()
            for language in ("en", "ru", "en")
        ]
        assert ('<html lang="en">' in first, '<html lang="ru">' in russian, first == again) == (True, True, True)
        cache.clear()
        return first

    return show


@pytest.fixture
def on_day(monkeypatch):
    """Sets the clock of the pages to the last minute of a day in Bishkek."""

    def turn(day) -> None:
        moment = datetime(day.year, day.month, day.day, 17, 59, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return turn


def test_what_is_done_to_a_certificate_shows_at_once(shown):
    certificate, staff = make.make_certificate(), make_staff()
    by = {"certificate": certificate, "by": staff}
    said = {"public_wording": WORDING, "internal_reason": "x"}
    assert "Genuine" in shown(certificate)
    assert "Айгүл Т." in shown(certificate)
    actions.change_name_form(form="none", at=AT, **by)
    assert "Айгүл" not in shown(certificate)
    actions.change_name_form(form="full", at=AT, **by)
    assert make.FULL_NAME in shown(certificate)
    actions.suspend_certificate(at=AT, **said, **by)
    assert "Asked about." in shown(certificate)
    actions.lift_suspension(at=AT, internal_reason="x", **by)
    assert "Suspended" not in shown(certificate)
    actions.suspend_certificate(at=AT, **{**said, "public_wording": {**WORDING, "en": "Once more."}}, **by)
    assert "Once more." in shown(certificate)
    actions.lift_suspension(at=AT, internal_reason="x", **by)
    actions.withdraw_key(key=certificate.key, by=staff, at=AT)
    assert "being signed anew" in shown(certificate)
    actions.sign_again(at=AT, **by)
    assert "being signed anew" not in shown(certificate)
    actions.erase_holder(at=AT, **by)
    assert "Genuine, without a name" in shown(certificate)
    actions.revoke_certificate(at=AT, **said, **by)
    assert "Revoked on 24 November 2026" in shown(certificate)


def test_page_with_a_name_is_not_remembered_for_long(clock):
    """It was erased in another process: here the page is let go with the next one that is asked for in its time."""
    certificate, today = make.make_certificate(), timezone.localdate()
    page = weakref.ref(verdict_page(facts_of(certificate.public_id), today, "en"))
    assert make.FULL_NAME.split()[0] in page().html.decode()
    actions.erase_holder(certificate=certificate, by=make_staff(), at=AT)
    clock["at"] += SECONDS
    assert "Айгүл" not in verdict_page(facts_of(certificate.public_id), today, "en").html.decode()
    gc.collect()
    assert page() is None


def test_what_happens_around_it_shows_at_once(shown, on_day):
    certificate = make.make_trainer_certificate()
    standings = Standing.objects.filter(pk=certificate.standing_id)
    assert "Genuine</h1>" in shown(certificate)
    standings.update(state="dormant", steps_back=STEPS)
    assert "Hold one session." in shown(certificate)
    standings.update(steps_back={**STEPS, "en": "Hold two sessions."})
    assert "Hold two sessions." in shown(certificate)
    standings.update(state="active")
    assert "sessions." not in shown(certificate)
    # It says what was signed, under the name that the organisation had then.
    before, name = shown(certificate), certificate.organisation.name_en
    certificate.organisation.name_en = "Renamed"
    certificate.organisation.save()
    assert (name in before, shown(certificate) == before) == (True, True)
    certificate.claims["issuer"]["names"]["en"] = "Meddled with"
    certificate.save()
    assert "Altered" in shown(certificate)
    certificate.claims["issuer"]["names"]["en"] = name
    certificate.save()
    assert shown(certificate) == before
    on_day(certificate.expires_on)
    assert "Genuine</h1>" in shown(certificate)
    on_day(certificate.expires_on + timedelta(days=1))
    assert "Expired</h1>" in shown(certificate)


def test_modules_rest_and_wake_one_by_one(shown):
    enrolment = make.make_graduate(make_cohort(module_codes=("M1", "M2")))
    for module in ("M1", "M2"):
        make.make_trainer_certificate(enrolment, module)
    both = Certificate.objects.get(kind="trainer", person=enrolment.person, state="valid")
    certified = Standing.objects.filter(person=enrolment.person, level="certified")
    assert "Genuine</h1>" in shown(both)
    for module in ("M1", "M2"):
        certified.filter(module_code=module).update(state="dormant", steps_back=STEPS)
        assert f"may not train this at present: {module}." in shown(both)
        certified.update(state="active")
        assert "Genuine</h1>" in shown(both)


def test_domain_that_the_site_moved_to_shows_at_once(shown, settings):
    certificate = make.make_certificate()
    assert "testserver" in shown(certificate)
    settings.PUBLIC_BASE_URL = "https://elsewhere.kg"
    assert "elsewhere.kg" in shown(certificate)


def test_page_has_no_other_source_than_its_facts(django_assert_num_queries):
    """Whoever makes it depend on something more has to bring that among the facts: here it asks nothing."""
    certificate = make.make_certificate()
    actions.suspend_certificate(certificate=certificate, public_wording=WORDING, internal_reason="x", by=None, at=AT)
    with django_assert_num_queries(2):
        facts = facts_of(certificate.public_id)
    CertificateHolder.objects.filter(certificate=certificate).update(sealed_shown_name=None)
    with django_assert_num_queries(0):
        page = verdict_page(facts, AT.date(), "en")
    assert "Asked about." in page.html.decode()
    assert verdict_page(facts, AT.date(), "en") is page


@pytest.mark.django_db(transaction=True)
def test_connection_that_was_cut_meanwhile_is_opened_again(client):
    address = f"/v/{make.make_certificate().public_id}"
    assert client.get(address).status_code == 200
    if connection.vendor == "postgresql":
        connection.connection.close()
        connection.health_check_enabled, connection.health_check_done = True, False
    assert client.get(address).status_code == 200
