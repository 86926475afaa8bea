"""What keeps somebody where she is, so that she is not transferred.

Apps above add what they know of it when they are loaded; nothing here knows that they exist:

    look_before_transfer("certificates", certificate_here)
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from lms.cohorts.models import Enrolment


@dataclass(frozen=True)
class Tie:
    """A code for machines and a sentence for people."""

    code: str
    text: str | Promise


type Look = Callable[[Enrolment], Tie | None]

_LOOKS: dict[str, Look] = {}


def look_before_transfer(name: str, look: Look) -> None:
    """`look` is asked before somebody is transferred; the same name twice is one look."""
    _LOOKS[name] = look


def tie_of(enrolment: Enrolment) -> Tie | None:
    """The first reason why she stays, if there is one."""
    return next((tie for look in _LOOKS.values() if (tie := look(enrolment))), None)
