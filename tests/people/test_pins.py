"""PINs exist on paper and as hashes; who guesses codes pays for each guess."""

import re

import pytest
from django.core.cache import cache
from django.db import connection

from lms.people.actions import CardLocked, CardRefused, renew_pins, sign_in_with_card
from lms.people.models import Card
from lms.people.signing import check_pin
from tests.factories.people import make_person, make_staff

pytestmark = pytest.mark.django_db


def whole_database() -> str:
    """Every row of every table as text."""
    rows: list[object] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += cursor.fetchall()
    return "\n".join(map(str, rows))


def test_pins_are_kept_nowhere_in_plain(at, caplog):
    people = [make_person() for _number in range(3)]
    pins = renew_pins(people=people, by=make_staff(), at=at)
    for person in people:
        sign_in_with_card(code=person.cards.get().code, pin=pins[person.pk], at=at)
    # Ids and dates hold runs of digits too: a PIN that is kept would stand alone.
    kept = set(re.findall(r"(?<![0-9a-fA-F])[0-9]{6}(?![0-9a-fA-F])", whole_database() + caplog.text))
    assert kept & set(pins.values()) == set()
    assert {card.pin_hash.split("$")[1] for card in Card.objects.all()} == {"argon2id"}


def test_an_unknown_code_costs_as_many_hashes_as_a_wrong_pin(at, monkeypatch):
    cache.clear()
    person = make_person()
    pin = renew_pins(people=[person], by=make_staff(), at=at)[person.pk]
    checked: list[bool] = []
    monkeypatch.setattr(
        "lms.people.actions.cards.check_pin", lambda typed, kept: checked.append(bool(kept)) or check_pin(typed, kept)
    )
    for code in (person.cards.get().code, "ZZZZ9999"):
        for _try in range(7):
            with pytest.raises((CardRefused, CardLocked)):
                sign_in_with_card(code=code, pin=f"{(int(pin) + 1) % 10**6:06d}", at=at)
    assert checked == [True] * 5 + [False] * 5
