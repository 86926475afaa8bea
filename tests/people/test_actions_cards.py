from datetime import timedelta

import pytest
from django.core.cache import cache

from lms.people import actions
from lms.people.models import TRIES, AuditEntry, Card, User
from tests.factories.people import make_person, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@pytest.fixture
def trainer() -> User:
    return make_staff("trainer")


@pytest.fixture
def holder() -> User:
    return make_person("Айгүл")


@pytest.fixture
def pin(holder, trainer, at) -> str:
    return actions.renew_pins(people=[holder], by=trainer, at=at)[holder.pk]


def card_of(person: User) -> Card:
    return Card.objects.get(person=person, replaced_at__isnull=True)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


def tries(code: str, pin: str, at, count: int) -> list[str]:
    """The code of each answer."""
    answers = []
    for _ in range(count):
        try:
            actions.sign_in_with_card(code=code, pin=pin, at=at)
            answers.append("in")
        except (actions.CardRefused, actions.CardLocked) as error:
            answers.append(error.code)
    return answers


def test_a_card_opens_with_its_pin(holder, pin, at):
    assert actions.sign_in_with_card(code=card_of(holder).code, pin=pin, at=at) == holder


def test_a_code_may_be_typed_as_it_is_read(holder, pin, at):
    code = card_of(holder).code
    typed = f" {code[:4].lower()}-{code[4:]} ".replace("0", "o").replace("1", "l")
    assert actions.sign_in_with_card(code=typed, pin=pin, at=at) == holder


def test_a_card_without_a_printed_pin_opens_with_nothing(holder, at):
    assert tries(card_of(holder).code, "000000", at, 1) == ["card_refused"]


def test_five_wrong_pins_lock_the_card_even_for_the_right_one(holder, pin, at):
    code = card_of(holder).code
    assert tries(code, wrong(pin), at, TRIES) == ["card_refused"] * 4 + ["card_locked"]
    assert tries(code, pin, at, 1) == ["card_locked"]
    assert card_of(holder).locked_at == at
    assert list(AuditEntry.objects.filter(verb="lock_card").values_list("actor_id", flat=True)) == [None]


def test_an_unknown_code_answers_as_a_known_one_does(holder, pin, at):
    known, unknown = card_of(holder).code, "ZZZZ9999"
    assert tries(unknown, "123456", at, TRIES + 2) == tries(known, wrong(pin), at, TRIES + 2)


def test_the_right_pin_gives_back_five_tries(holder, pin, at):
    code = card_of(holder).code
    for _ in range(3):
        assert tries(code, wrong(pin), at, TRIES - 1) == ["card_refused"] * 4
        assert tries(code, pin, at, 1) == ["in"]
    assert not card_of(holder).is_locked


def test_a_lock_fades_later_each_time(holder, pin, at):
    code = card_of(holder).code
    for minutes in (15, 45, 135, 405, 1215, 1440, 1440):
        assert tries(code, wrong(pin), at, TRIES)[-1] == "card_locked"
        assert tries(code, pin, at + timedelta(minutes=minutes, seconds=-1), 1) == ["card_locked"]
        at += timedelta(minutes=minutes)
    assert tries(code, pin, at, 1) == ["in"]
    assert tries(code, wrong(pin), at, TRIES)[-1] == "card_locked"
    assert tries(code, pin, at + timedelta(minutes=15), 1) == ["in"]


def test_whoever_guesses_for_a_day_has_at_most_thirty_tries(holder, pin, at):
    code, answers = card_of(holder).code, []
    for minute in range(24 * 60):
        while (answer := tries(code, wrong(pin), at + timedelta(minutes=minute), 1)[0]) == "card_refused":
            answers.append(answer)
    assert len(answers) + AuditEntry.objects.filter(verb="lock_card").count() <= 30


def test_one_locked_card_leaves_the_others_open(holder, pin, trainer, at):
    other = make_person("Нурзада")
    other_pin = actions.renew_pins(people=[other], by=trainer, at=at)[other.pk]
    tries(card_of(holder).code, wrong(pin), at, TRIES)
    assert tries(card_of(other).code, other_pin, at, 1) == ["in"]


def test_unlock_card_gives_five_new_tries(holder, pin, trainer, at):
    card = card_of(holder)
    tries(card.code, wrong(pin), at, TRIES)
    actions.unlock_card(card=card, by=trainer, at=at)
    assert tries(card.code, pin, at, 1) == ["in"]
    assert AuditEntry.objects.get(verb="unlock_card").actor_id == trainer.pk


def test_replace_card_ends_the_lost_one(holder, pin, trainer, at):
    lost = card_of(holder)
    new = actions.replace_card(person=holder, by=trainer, at=at)
    assert new.code != lost.code
    assert tries(lost.code, pin, at, 1) == ["card_refused"]
    assert tries(new.code, pin, at, 1) == ["card_refused"]
    new_pin = actions.renew_pins(people=[holder], by=trainer, at=at)[holder.pk]
    assert tries(new.code, new_pin, at, 1) == ["in"]


def test_renew_pins_ends_the_pins_before_and_opens_a_locked_card(holder, pin, trainer, at):
    code = card_of(holder).code
    tries(code, wrong(pin), at, TRIES)
    later = at + timedelta(hours=1)
    again = actions.renew_pins(people=[holder], by=trainer, at=later)[holder.pk]
    assert card_of(holder).printed_at == later
    assert tries(code, again, later, 1) == ["in"]
    if again != pin:
        assert tries(code, pin, later, 1) == ["card_refused"]


def test_renew_pins_touches_nobody_else(holder, pin, trainer, at):
    other = make_person("Нурзада")
    assert set(actions.renew_pins(people=[other], by=trainer, at=at)) == {other.pk}
    assert tries(card_of(holder).code, pin, at, 1) == ["in"]


def test_a_person_who_was_put_out_does_not_sign_in(holder, pin, at):
    User.objects.filter(pk=holder.pk).update(is_active=False)
    assert tries(card_of(holder).code, pin, at, 1) == ["card_refused"]


def test_a_person_has_one_live_card(holder):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        Card.objects.create(person=holder, code="AAAA0000", created_at=holder.created_at)
