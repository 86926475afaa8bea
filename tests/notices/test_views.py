"""One's own messages and rule: seen and changed by oneself and by nobody else."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from lms.notices import actions
from lms.notices.models import Channel, ContactRule, Notice, Reveals
from lms.notices.queries import rule_of
from lms.people.models import AuditEntry, Contact
from lms.people.queries import address_of, masked_address
from tests.factories.notices import choose, make_notice
from tests.factories.people import AT, browser, make_person, make_staff
from tests.notices.conftest import MODULE

pytestmark = pytest.mark.django_db
PHONE = "+996555123456"


def address() -> str:
    return reverse("notices:mine")


@pytest.fixture
def person():
    return make_person("Айгүл", "en")


def test_a_stranger_without_an_account_is_asked_to_sign_in(client):
    for answer in (client.get(address()), client.post(address())):
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/en/accounts/login/")


def test_each_reads_her_own_messages_only(person):
    actions.send_notice(notice=make_notice(person), at=AT)
    choose(person, Channel.PHONE, address=PHONE)
    answer = browser(person).get(address())
    assert "Session 3" in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert PHONE not in answer.text
    assert masked_address(person, "phone") in answer.text
    for other in (make_person("Бермет"), make_staff("admin")):
        text = browser(other).get(address()).text
        assert not any(hers in text for hers in (MODULE, "Session 3", masked_address(person, "phone")))


@pytest.mark.parametrize("reveals", Reveals.values)
def test_her_own_page_says_no_more_than_her_rule_allows(person, reveals):
    actions.send_notice(notice=make_notice(person), at=AT)
    choose(person, Channel.SITE, reveals)
    text = browser(person).get(address()).text
    assert (MODULE in text) == (reveals == Reveals.EVERYTHING)
    assert ("<summary>A message for you</summary>" in text) == (reveals == Reveals.NOTHING)
    assert "We meet at ten" in text


def test_what_is_coming_and_what_failed_is_there_too_but_nothing_that_was_cancelled(person, settings):
    choose(person, Channel.PHONE, address=PHONE)
    settings.NOTICE_GATEWAYS = {}
    actions.send_notice(notice=make_notice(person), at=AT)
    assert "We could not bring it to you" in browser(person).get(address()).text
    Notice.objects.update(state="planned", reason="")
    assert "What you will be told" in browser(person).get(address()).text
    actions.cancel_notice(notice=Notice.objects.get(), reason="left", at=AT)
    assert "No message yet" in browser(person).get(address()).text


@pytest.mark.parametrize("typed", ["0555 123-456", "+996 (555) 12 34 56", "996555123456", "00996555123456"])
def test_a_telephone_number_is_kept_as_the_gateway_needs_it(person, typed):
    answer = browser(person).post(address(), {"channel": "phone", "address": typed, "reveals": "time_and_place"})
    assert (answer.status_code, answer.url) == (302, address())
    assert address_of(person, "phone") == PHONE
    rule = rule_of(person)
    assert (rule.channel, rule.reveals) == (Channel.PHONE, Reveals.TIME_AND_PLACE)
    assert PHONE not in repr(Contact.objects.values().get())
    assert PHONE not in repr(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        ("phone", "12"),
        ("phone", "555abc"),
        ("email", "not an address"),
        ("email", "a@example.org\nBcc: b@example.org"),
        ("telegram", "@a"),
        ("telegram", "@имя_имя"),
        ("phone", ""),
        ("pigeon", PHONE),
    ],
)
def test_a_wrong_address_is_refused_beside_its_field_and_kept_as_typed(person, channel, typed):
    answer = browser(person).post(address(), {"channel": channel, "address": typed, "reveals": "nothing"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert escape(typed.partition("\n")[0]) in answer.text
    assert not ContactRule.objects.exists()
    assert not Contact.objects.exists()


def test_an_empty_address_keeps_the_one_that_is_kept(person):
    choose(person, Channel.PHONE, address=PHONE)
    browser(person).post(address(), {"channel": "phone", "address": "", "reveals": "everything"})
    assert (address_of(person, "phone"), rule_of(person).reveals) == (PHONE, Reveals.EVERYTHING)


def test_another_way_forgets_the_first_address(person):
    choose(person, Channel.PHONE, address=PHONE)
    browser(person).post(address(), {"channel": "email", "address": "a@example.org", "reveals": "nothing"})
    assert list(Contact.objects.values_list("kind", flat=True)) == ["email"]


def test_only_what_is_installed_is_offered(person, settings):
    settings.NOTICE_GATEWAYS = {"email": settings.NOTICE_GATEWAYS["email"]}
    text = browser(person).get(address()).text
    assert 'value="email"' in text
    assert 'value="phone"' not in text
    answer = browser(person).post(address(), {"channel": "phone", "address": PHONE, "reveals": "nothing"})
    assert answer.status_code == 422


def test_staff_who_chose_nothing_are_written_to_where_they_sign_in():
    person = make_staff("coordinator")
    assert rule_of(person).channel == Channel.SITE
    person.email = "c@example.org"
    assert (rule_of(person).channel, rule_of(person).reveals) == (Channel.EMAIL, Reveals.TIME_AND_PLACE)


def test_the_profile_leads_here(person):
    text = browser(person).get(reverse("people:profile")).text
    assert f'href="{address()}"' in text
    assert f'href="{reverse("calendar:mine")}"' in text
