"""The room's code: good while it is shown and a little after, and nobody can make one."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from lms.attendance.signing import (
    GRACE,
    STEP,
    CodeExpired,
    CodeNotOurs,
    check_token,
    make_ticket,
    read_ticket,
    room_token,
    seconds_left,
    session_of,
)

AT = datetime(2026, 11, 24, 3, 0, 7, tzinfo=UTC)
SEED = "seed-of-a-session"
SESSION, PERSON = uuid4(), uuid4()


@pytest.fixture
def token():
    return room_token(session_id=uuid4(), seed=SEED, at=AT)


def test_token_names_its_session_and_holds_while_shown_and_in_grace(token):
    check_token(token, seed=SEED, at=AT)
    check_token(token, seed=SEED, at=AT + timedelta(seconds=STEP) + GRACE - timedelta(seconds=8))
    assert session_of(room_token(session_id=(session := uuid4()), seed=SEED, at=AT)) == session


def test_token_runs_out(token):
    with pytest.raises(CodeExpired):
        check_token(token, seed=SEED, at=AT + timedelta(seconds=STEP) + GRACE)


def test_code_changes_every_15_seconds():
    session = uuid4()
    assert seconds_left(AT) == 8
    assert room_token(session_id=session, seed=SEED, at=AT) == room_token(
        session_id=session, seed=SEED, at=AT + timedelta(seconds=7)
    )
    assert room_token(session_id=session, seed=SEED, at=AT) != room_token(
        session_id=session, seed=SEED, at=AT + timedelta(seconds=8)
    )


def test_foreign_seed_future_step_and_every_mutation_are_refused(token):
    with pytest.raises(CodeNotOurs):
        check_token(token, seed="another seed", at=AT)
    with pytest.raises(CodeNotOurs):
        check_token(room_token(session_id=uuid4(), seed=SEED, at=AT + timedelta(minutes=1)), seed=SEED, at=AT)
    session, rest = token.split(".", 1)
    for place in range(len(rest)):
        changed = rest[:place] + ("x" if rest[place] != "x" else "y") + rest[place + 1 :]
        with pytest.raises((CodeNotOurs, CodeExpired)):
            check_token(f"{session}.{changed}", seed=SEED, at=AT)


@pytest.mark.parametrize("junk", ["", ".", "..", "a.b.c", "ы", "%00", "x" * 400])
def test_junk_is_not_ours(junk):
    with pytest.raises(CodeNotOurs):
        session_of(junk)
    with pytest.raises(CodeNotOurs):
        check_token(junk, seed=SEED, at=AT)
    with pytest.raises(CodeNotOurs):
        read_ticket(junk, None)


def test_ticket_gives_its_session_back():
    session = uuid4()
    assert read_ticket(make_ticket(session), None) == session
    assert read_ticket(make_ticket(session), PERSON) == session


def test_ticket_of_somebody_signed_in_is_good_for_her_alone():
    ticket = make_ticket(SESSION, PERSON)
    assert read_ticket(ticket, PERSON) == SESSION
    for other in (None, uuid4()):
        with pytest.raises(CodeNotOurs):
            read_ticket(ticket, other)


def test_a_step_of_any_length_is_refused_and_breaks_nothing():
    session = room_token(session_id=SESSION, seed=SEED, at=AT).split(".")[0]
    for step in ("f" * 3_700, "0x1", "+1", "", "1_0", "-1"):
        with pytest.raises(CodeNotOurs):
            check_token(f"{session}.{step}.{'a' * 12}", seed=SEED, at=AT)
