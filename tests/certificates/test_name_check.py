"""The name on the paper, compared on the page of a certificate: what is said, and how often."""

import pytest
from django.core.cache import cache

from lms.certificates.actions import change_name_form
from tests.factories import certificates as make
from tests.factories.people import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def test_name_is_compared_and_folded(client):
    certificate = make.make_certificate()
    address = f"/v/{certificate.public_id}?lang=en"
    right = client.post(address, {"name": " айгүл  ТОКТОСУНОВА "}).content.decode()
    wrong = client.post(address, {"name": "Бермет Асанова"}).content.decode()
    assert ("Yes: this is the name" in right, "No match" in right) == (True, False)
    assert ("Yes: this is the name" in wrong, "No match" in wrong) == (False, True)
    assert 'value="Бермет Асанова"' in wrong


def test_name_is_compared_in_either_order(client):
    certificate = make.make_certificate()
    reversed_name = " ".join(reversed(make.FULL_NAME.split()))
    answer = client.post(f"/v/{certificate.public_id}?lang=en", {"name": reversed_name})
    assert "Yes: this is the name" in answer.content.decode()


def test_wrong_name_is_told_what_to_look_at_and_never_how_near_it_was(client):
    address = f"/v/{make.make_certificate().public_id}?lang=en"
    near, far = [client.post(address, {"name": name}).content.decode() for name in ("Айгул Токтосунова", "Б")]
    assert "ң, ө and ү are other letters than н, о and у" in near
    assert near.replace("Айгул Токтосунова", "Б").replace("try 4 more times", "try 3 more times") == far


def test_tries_that_are_left_are_shown(client):
    address = f"/v/{make.make_certificate().public_id}?lang=en"
    said = [client.post(address, {"name": "Бермет"}).content.decode() for _try in range(5)]
    assert ["try 4 more times" in said[0], "try 1 more time within" in said[3], "last try" in said[4]] == [True] * 3


def test_name_can_be_compared_where_it_is_not_shown(client):
    certificate = make.make_certificate()
    change_name_form(certificate=certificate, form="none", by=certificate.person, at=AT)
    html = client.post(f"/v/{certificate.public_id}?lang=en", {"name": make.FULL_NAME}).content.decode()
    assert "Yes: this is the name" in html


def test_whoever_has_a_network_of_ipv6_for_each_try_has_five_as_well(client):
    address = f"/v/{make.make_certificate().public_id}?lang=en"
    peers = [f"2001:db8:5:{line:x}::1" for line in range(6)]
    told = [client.post(address, {"name": "Бермет"}, REMOTE_ADDR=peer).text for peer in peers]
    assert ["Five names an hour" in text for text in told] == [*[False] * 5, True]
    assert "try 4 more times" in client.post(address, {"name": "Бермет"}, REMOTE_ADDR="2001:db8:6::1").text


def test_sixth_name_in_an_hour_is_not_compared(client):
    certificate = make.make_certificate()
    address = f"/v/{certificate.public_id}?lang=en"
    for _try in range(5):
        client.post(address, {"name": "Бермет"})
    assert "Five names an hour" in client.post(address, {"name": make.FULL_NAME}).content.decode()
    # Who used up her own tries took nobody else's.
    elsewhere = client.post(address, {"name": make.FULL_NAME}, REMOTE_ADDR="192.0.2.7").content.decode()
    assert "Yes: this is the name" in elsewhere


@pytest.fixture
def ask_from(client):
    """What the page of one certificate says to a name that somebody at this address types."""
    address = f"/v/{make.make_certificate().public_id}?lang=en"
    return lambda peer, name="Бермет": client.post(address, {"name": name}, REMOTE_ADDR=peer).text


@pytest.mark.usefixtures("clock")
def test_many_addresses_together_walk_through_sixty_names_a_day(ask_from):
    """Each has a first try and further ones; whoever guesses further takes nobody's first one."""
    guesser = [f"192.0.2.{n}" for n in range(1, 61)]
    compared = [peer for peer in guesser for _try in range(3) if "No match" in ask_from(peer)]
    # Fifteen with three each, and of the next fifteen the first ones.
    assert len(compared) == 60
    assert len(set(compared)) == 30
    late = ask_from("203.0.113.7", make.FULL_NAME)
    assert "sixty from all together" in late
    assert "Nothing is wrong with the certificate" in late
    assert "Yes: this is the name" not in late
    assert 'value="Айгүл Токтосунова"' in late


def test_one_stranger_leaves_everybody_her_tries(ask_from, clock):
    """Ten a day and not five in each hour of it; a day of somebody's may end within the one that passes here."""
    said = []
    for _hour in range(24):
        said += [ask_from("192.0.2.1") for _try in range(5)]
        clock["at"] += 3600
    assert 10 <= sum("No match" in one for one in said) <= 20
    assert any("you can go on in a day" in one for one in said)
    for neighbour in ("192.0.2.2", "192.0.2.3", "192.0.2.4"):
        assert "try 4 more times" in ask_from(neighbour)
        assert "Yes: this is the name" in ask_from(neighbour, make.FULL_NAME)


def test_name_left_empty_or_hostile_is_answered(client):
    address = f"/v/{make.make_certificate().public_id}?lang=en"
    assert "Type the name first." in client.post(address, {"name": "  "}).content.decode()
    html = client.post(address, {"name": '"><script>alert(1)</script>'}).content.decode()
    assert "<script" not in html
