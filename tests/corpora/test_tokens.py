"""Tokens in addresses: with a letter changed, left out or added, or of another purpose, each is the same nothing."""

import re

import pytest
from django.core import signing
from django.utils import timezone

from lms.attendance.signing import make_ticket
from lms.cohorts.models import Session
from lms.common.codes import encode_id
from lms.people.actions import ask_email_change, email_token
from tests.access.asking import Asker
from tests.access.world import OWN

pytestmark = pytest.mark.django_db
# What differs between two pages that say the same: the form's token, the policy's number, where to go on.
CHANGING = re.compile(rb'(csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|(?:href|action|value)="[^"]*")')
# name: the address, who opens it, and what the good one answers.
ADDRESSES = {
    "join": ("/join/%s", "visitor", 200),
    "room": ("/c/%s", "graduate", 200),
    "ticket": ("/c/ticket/%s", "graduate", 200),
    "calendar": ("/cal/%s.ics", "visitor", 200),
    "certificate": ("/v/%s", "visitor", 200),
    "password": ("/en/accounts/password/reset/key/%s/", "visitor", 302),
    "email": ("/en/me/email/%s/", "graduate", 302),
}


@pytest.fixture
def tokens(world) -> dict[str, str]:
    things, graduate = world.things[OWN], world.people["graduate"]
    reset = things["en/accounts/password/reset/key/%(uidb36)s-%(key)s/"]
    session = Session.objects.get(pk=things["session_id"])
    change = ask_email_change(person=graduate, email="new@example.org", by=graduate, at=timezone.now())
    return {
        "join": things["join/%(token)s"]["token"],
        "room": things["c/%(token)s"]()["token"],
        "ticket": make_ticket(session.pk, graduate.pk),
        "calendar": things["cal/%(token)s.ics"]["token"],
        "certificate": things["public_id"],
        "password": f"{reset['uidb36']}-{reset['key']}",
        "email": email_token(change=change),
    }


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def mutations(token: str) -> set[str]:
    """Each letter another one, the next one or in the other case; one less, one more, half and twice of it."""
    following = dict(zip(LETTERS, LETTERS[1:] + LETTERS[:1], strict=True))
    changed = {
        token[:place] + other + token[place + 1 :]
        for place, letter in enumerate(token)
        for other in ("B" if letter in "Aa" else "A", following.get(letter, "A"), letter.swapcase())
    }
    cut = {token[:-1], token[1:], token[: len(token) // 2], token + "A", "A" + token, token + token}
    return (changed | cut) - {token}


def _nobodys(token: str) -> str:
    """Of the same shape, and made by nobody."""
    return re.sub(r"[0-9A-Za-z_]", "a", token)


def _answer(asker: Asker, name: str, token: str) -> tuple[int, bytes, str]:
    method, body = ("POST", {}) if name == "email" else ("GET", None)
    answer = asker.ask_and_undo(method, ADDRESSES[name][0] % token, body)
    return answer.status_code, CHANGING.sub(b"", answer.content), answer.headers.get("Location", "")


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ADDRESSES)
def test_nothing_but_the_exact_token_opens(world, tokens, name):
    asker = Asker(world.people[ADDRESSES[name][1]])
    assert _answer(asker, name, tokens[name])[0] == ADDRESSES[name][2]
    refused = _answer(asker, name, _nobodys(tokens[name]))
    same = {other: _answer(asker, name, other) for other in sorted(mutations(tokens[name]))}
    if name == "password":
        # Whose it is stands there as a number, in capitals the same; its key is as it is.
        same = {other: found for other, found in same.items() if other.lower() != tokens[name].lower()}
    # What does not even look like one has no address.
    assert {other: found[0] for other, found in same.items() if found != refused and found[0] != 404} == {}


@pytest.mark.parametrize("name", ADDRESSES)
def test_tokens_of_another_purpose_open_nothing(world, tokens, name):
    asker = Asker(world.people[ADDRESSES[name][1]])
    refused = _answer(asker, name, _nobodys(tokens[name]))
    foreign = [token for purpose, token in tokens.items() if purpose != name]
    foreign += [signing.dumps(["x", ""], salt="other"), encode_id(bytes(16)), "0", "null", "%2e%2e", "'", "\u0410" * 22]
    for token in foreign:
        found = _answer(asker, name, token)
        assert found == refused or found[0] == 404, token
