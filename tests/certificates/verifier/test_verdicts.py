"""Every state of a verdict without a network, and no better one by moving the clock."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lms.certificates.models import LIST_SIZE, KeyState
from tests.certificates.verifier.conftest import Ask
from tests.certificates.verifier.making import (
    AT,
    CLAIMS,
    NUMBER,
    ORIGIN,
    issuer_key,
    make_list,
    make_text,
    milliseconds,
)

HERE = {"issued": [NUMBER]}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def judged(ask: Ask, listed: str, text: str | None = None, *, now: datetime = AT + HOUR) -> dict[str, Any]:
    question = {"texts": [listed], "origin": ORIGIN, "text": text or make_text(), "now": milliseconds(now)}
    [answer] = ask([("judge", question)])
    return answer


def state(ask: Ask, *args: Any, **options: Any) -> str:
    return judged(ask, *args, **options)["state"]


def test_issued_and_nothing_against_it_is_genuine(ask):
    found = judged(ask, make_list())
    assert found["state"] == "genuine"
    assert (found["claims"]["shownName"], found["claims"]["modules"]) == ("Айгүл Т.", [["M1", 75]])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"revoked": [NUMBER]}, "revoked"),
        ({"superseded": [NUMBER]}, "superseded"),
        ({"suspended": [NUMBER]}, "suspended"),
        ({"resting": [NUMBER]}, "may_not_train"),
        ({"resting_some": [NUMBER]}, "may_train_some"),
        ({"erased": [NUMBER]}, "erased"),
        ({"revoked": [NUMBER], "suspended": [NUMBER], "resting": [NUMBER], "erased": [NUMBER]}, "revoked"),
        ({"resting": [NUMBER], "erased": [NUMBER]}, "may_not_train"),
        ({"revoked": [NUMBER + 1, NUMBER - 1], "suspended": [NUMBER + 8]}, "genuine"),
    ],
)
def test_what_the_list_says_of_the_number_is_the_state(ask, said, expected):
    assert state(ask, make_list(HERE | said)) == expected


def test_name_of_an_erased_holder_is_not_shown_in_any_state(ask):
    for more in ({}, {"revoked": [NUMBER]}, {"resting": [NUMBER]}):
        assert judged(ask, make_list(HERE | {"erased": [NUMBER]} | more))["claims"]["shownName"] == ""


def test_number_that_was_never_issued_is_not_issued_here(ask):
    found = judged(ask, make_list({"issued": [NUMBER + 1]}))
    assert (found["state"], found["claims"]) == ("not_issued", None)
    assert state(ask, make_list(), make_text(replace(CLAIMS, status_index=NUMBER + LIST_SIZE))) == "not_issued"


@pytest.mark.parametrize(
    ("issued_on", "expected"),
    [(date(2026, 11, 23), "not_issued"), (date(2026, 11, 24), "unchecked"), (date(2026, 12, 1), "unchecked")],
)
def test_number_that_may_be_newer_than_the_list_is_not_checked(ask, issued_on, expected):
    assert state(ask, make_list({}), make_text(replace(CLAIMS, issued_on=issued_on))) == expected


def test_day_of_the_list_is_the_day_in_bishkek(ask):
    evening = AT.replace(hour=19)  # the 25th, one o'clock in the night
    text = make_text(replace(CLAIMS, issued_on=date(2026, 11, 24)))
    assert state(ask, make_list({}, at=evening), text, now=evening) == "not_issued"


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), "genuine"),
        (7 * DAY, "genuine"),
        (7 * DAY + HOUR, "unchecked"),
        (365 * DAY, "unchecked"),
        # A clock that is a little slow, and one that stands before the list.
        (-HOUR / 2, "genuine"),
        (-2 * HOUR, "unchecked"),
        (-DAY, "unchecked"),
        (-9000 * DAY, "unchecked"),
    ],
)
def test_list_that_is_old_or_of_tomorrow_leaves_revocation_unchecked(ask, age, expected):
    assert state(ask, make_list(), now=AT + age) == expected


@pytest.mark.parametrize("said", ["revoked", "superseded", "suspended"])
@pytest.mark.parametrize("age", [-400 * DAY, 400 * DAY])
def test_what_an_old_list_says_against_it_still_counts(ask, said, age):
    assert state(ask, make_list(HERE | {said: [NUMBER]}), now=AT + age) == said


def test_last_day_is_a_good_day_and_the_next_is_not(ask):
    text = make_text(replace(CLAIMS, expires_on=date(2026, 11, 26)))
    midnight = datetime.fromisoformat("2026-11-27T00:00:00+06:00")
    assert state(ask, make_list(), text, now=midnight - timedelta(seconds=1)) == "genuine"
    assert state(ask, make_list(), text, now=midnight) == "expired"


def test_clock_put_back_makes_no_expired_one_valid(ask):
    text = make_text(replace(CLAIMS, expires_on=date(2026, 11, 23)))
    for back in (HOUR, 30 * DAY, 3000 * DAY):
        assert state(ask, make_list(), text, now=AT - back) == "expired"


def test_clock_three_years_ahead_expires_it(ask):
    assert state(ask, make_list(), now=AT + 1100 * DAY) == "expired"


def test_withdrawn_key_is_a_question_for_the_site(ask):
    keys = [issuer_key(state=KeyState.COMPROMISED, not_after=AT)]
    assert state(ask, make_list(keys=keys)) == "withdrawn_key"
    assert state(ask, make_list(HERE | {"revoked": [NUMBER]}, keys=keys)) == "revoked"
    assert state(ask, make_list({}, keys=keys)) == "not_issued"
    today = make_text(replace(CLAIMS, issued_on=AT.date()))
    assert state(ask, make_list({}, keys=keys), today) == "withdrawn_key"
    tomorrow = make_text(replace(CLAIMS, issued_on=AT.date() + DAY))
    assert state(ask, make_list(keys=keys), tomorrow) == "unknown_key"


def test_retired_key_goes_on_being_good_for_what_it_signed(ask):
    assert state(ask, make_list(keys=[issuer_key(state=KeyState.RETIRED)])) == "genuine"


def test_key_that_the_list_does_not_name_is_unknown(ask):
    found = judged(ask, make_list(keys=[]))
    assert (found["state"], found["claims"]) == ("unknown_key", None)
    assert state(ask, make_list(), make_text(private_key=bytes(32))) == "unknown_key"


def test_altered_statement_claims_nothing(ask):
    text = make_text()
    for changed in (text[:-1] + ("A" if text[-1] != "A" else "E"), text[:-4], text[:-60] + text[-58:], text + "A"):
        found = judged(ask, make_list(), changed)
        assert (found["state"], found["claims"]) == ("altered", None)


def test_statement_of_another_address_is_altered(ask):
    start, _slash, statement = make_text().rpartition("#")
    swapped = f"{start[:-22]}{'B' * 21}A#{statement}"
    assert state(ask, make_list(), swapped) == "altered"


# ── Days, and the steps back ─────────────────────────────────────────────────────────────────────────────────────────
DECIDED_ON = date(2026, 11, 20)
DAYS = (DECIDED_ON - date(1970, 1, 1)).days
M1, M2 = ({code: f"{module} in {code}" for code in ("ky", "ru", "en")} for module in ("M1", "M2"))


@pytest.mark.parametrize("said", ["revoked", "superseded", "suspended"])
@pytest.mark.parametrize("others", [[], [0, 1, 7, 8, 63, 64, 71, 72, 76, 78, 79, 80, LIST_SIZE - 1]])
def test_what_was_decided_has_its_day_among_many(ask, said, others):
    days = {place: date(2026, 1, 1) + timedelta(days=place % 100) for place in others} | {NUMBER: DECIDED_ON}
    listed = make_list(HERE | {said: [*reversed(others), NUMBER]}, since={said: days})
    found = judged(ask, listed)
    assert (found["state"], found["since"], found["steps"]) == (said, DAYS, None)


def test_day_is_that_of_the_state_that_is_told(ask):
    listed = make_list(
        HERE | {"suspended": [NUMBER + 1], "revoked": [NUMBER]},
        since={"suspended": {NUMBER + 1: date(2020, 1, 1)}, "revoked": {NUMBER: DECIDED_ON}},
    )
    assert judged(ask, listed)["since"] == DAYS
    assert judged(ask, make_list())["since"] is None
    # Expired and altered ones have a day of their own, or none.
    assert judged(ask, listed, make_text(private_key=bytes(32)))["since"] is None


def test_list_of_before_there_were_days_gives_the_same_verdicts(ask):
    for said in ("revoked", "superseded", "suspended"):
        found = judged(ask, make_list(HERE | {said: [NUMBER]}, change=lambda bundle: bundle.pop("steps")))
        assert (found["state"], found["since"], found["steps"]) == (said, None, None)
    rests = judged(ask, make_list(HERE | {"resting": [NUMBER]}, change=lambda bundle: bundle.pop("steps")))
    assert (rests["state"], rests["steps"]) == ("may_not_train", None)


@pytest.mark.parametrize("listed", ["soon", [], [None], ["20000"], {"0": 1}])
def test_days_of_another_shape_are_passed_over(ask, listed):
    def change(bundle: dict[str, Any]) -> None:
        bundle["lists"][0]["revoked_on"] = listed

    found = judged(ask, make_list(HERE | {"revoked": [NUMBER]}, change=change))
    assert (found["state"], found["since"]) == ("revoked", None)


def test_licence_that_rests_tells_what_brings_it_back(ask):
    said = {"resting": [NUMBER + 1, 3], "resting_some": [NUMBER, 9]}
    found = judged(ask, make_list(HERE | said, steps={3: M1, 9: M1, NUMBER: M2, NUMBER + 1: M1}))
    assert (found["state"], found["steps"]) == ("may_train_some", M2)
    whole = {"resting": [NUMBER, 3], "resting_some": [9]}
    assert judged(ask, make_list(HERE | whole, steps={3: M1, NUMBER: M2}))["steps"] == M2
    # Nothing is written of this one, but of another; and a revoked one's licence is nobody's business any more.
    assert judged(ask, make_list(HERE | whole, steps={3: M1}))["steps"] is None
    revoked = judged(ask, make_list(HERE | whole | {"revoked": [NUMBER]}, steps={NUMBER: M2}))
    assert (revoked["state"], revoked["steps"]) == ("revoked", None)
