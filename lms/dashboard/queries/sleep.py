"""What somebody is told whose card was renewed by another, and whose roles sleep for it."""

from enum import StrEnum

from lms.people.models import User
from lms.people.permissions import has_sleeping_roles, others_know_pin_of


class Sleep(StrEnum):
    """What her roles wait for."""

    AWAKE = ""
    NEEDS_PIN = "needs_pin"
    NEEDS_ADMINISTRATOR = "needs_administrator"


def sleep_of(user: User) -> Sleep:
    """Asks no more of whoever has none that sleep."""
    if not has_sleeping_roles(user):
        return Sleep.AWAKE
    return Sleep.NEEDS_PIN if others_know_pin_of(user) else Sleep.NEEDS_ADMINISTRATOR
