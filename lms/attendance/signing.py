"""The room's code, new every 15 seconds, and the ticket that it is exchanged for."""

import base64
import hashlib
import hmac
import re
import uuid
from datetime import datetime, timedelta

from django.core import signing
from django.utils.translation import gettext_lazy as _

from lms.common.codes import decode_id, encode_id
from lms.common.errors import ActionError

# Seconds that one code is shown.
STEP = 15
# A code is taken for this long after it vanished: the camera, the signal and the page need their time.
GRACE = timedelta(seconds=45)
# Seconds between reading a valid code and pressing the button, signing in included.
TICKET_SECONDS = 600
_SALT = "attendance.checkin"
_STEP = re.compile(r"[0-9a-f]{1,12}")


class CodeNotOurs(ActionError):
    """The code in the address was never shown by us."""

    code = "code_not_ours"
    message = _("This is not a check-in code of ours. Scan the code on the trainer's screen.")


class CodeExpired(ActionError):
    """The code was right, but too long ago."""

    code = "code_expired"
    message = _("This code has run out. Scan the code on the trainer's screen again: it changes every 15 seconds.")


def _mac(seed: str, step: int) -> str:
    digest = hmac.new(seed.encode(), str(step).encode(), hashlib.sha256).digest()[:9]
    return base64.urlsafe_b64encode(digest).decode()


def step_of(at: datetime) -> int:
    """The number of the 15-second step that `at` lies in."""
    return int(at.timestamp()) // STEP


def seconds_left(at: datetime) -> int:
    """Until the code changes: 1 to 15."""
    return STEP - int(at.timestamp()) % STEP


def room_token(*, session_id: uuid.UUID, seed: str, at: datetime) -> str:
    """`<session>.<step>.<mac>`: HMAC-SHA256 of the step under the session's seed, cut to 72 bits."""
    step = step_of(at)
    return f"{encode_id(session_id.bytes)}.{step:x}.{_mac(seed, step)}"


def session_of(token: str) -> uuid.UUID:
    """Which session a token speaks of, before anything is believed.  Raises CodeNotOurs."""
    try:
        return uuid.UUID(bytes=decode_id(token.split(".")[0]))
    except ValueError as error:
        raise CodeNotOurs from error


def check_token(token: str, *, seed: str, at: datetime) -> None:
    """Raises CodeNotOurs for a wrong code and CodeExpired for an old one; says nothing if it is good."""
    try:
        _session, step_text, mac = token.split(".")
    except ValueError as error:
        raise CodeNotOurs from error
    if not _STEP.fullmatch(step_text):
        raise CodeNotOurs
    step = int(step_text, 16)
    if not hmac.compare_digest(mac.encode(), _mac(seed, step).encode()) or step > step_of(at):
        raise CodeNotOurs
    if (step + 1) * STEP + GRACE.total_seconds() < at.timestamp():
        raise CodeExpired


def make_ticket(session_id: uuid.UUID, person_id: uuid.UUID | None = None) -> str:
    """Good for TICKET_SECONDS: a page with the button may be opened before signing in.

    Made for somebody who is signed in, it is good for her alone: passed on, it marks nobody else.
    """
    return signing.dumps([session_id.hex, person_id.hex if person_id else ""], salt=_SALT)


def read_ticket(ticket: str, person_id: uuid.UUID | None) -> uuid.UUID:
    """The session of a ticket that this person may use.  Raises CodeExpired or CodeNotOurs."""
    try:
        session, person = signing.loads(ticket, salt=_SALT, max_age=TICKET_SECONDS)
        session_id = uuid.UUID(hex=session)
    except signing.SignatureExpired as error:
        raise CodeExpired from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise CodeNotOurs from error
    if person and (person_id is None or person_id.hex != person):
        raise CodeNotOurs
    return session_id
