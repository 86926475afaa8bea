"""How often a stranger may ask; see "Who" in the architecture: thirty people behind one hotspot are one address."""

from typing import Literal, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lms.common.clients import client_site
from lms.common.errors import ActionError
from lms.common.throttling import too_many, tries_left

# Verdicts a minute from one address (IPv6: one /64).
CHECKS = "30/m"
# From one address: names for one certificate, names on the pages of all, reports.
TRIES = "5/h"
# Names for one certificate in a day: of one address; the first ones of all addresses; the further ones of all together.
# Five an hour stop one guesser, and not one with many addresses and a list of family names: of sixty a day two thousand
# names take a month.  One address can use up one of the thirty first tries and nine of the thirty further ones, so it
# takes four addresses to leave each other person one try a day, which is enough for whoever holds the paper, and thirty
# to leave her none.
OWN_TRIES, FIRST_TRIES, FURTHER_TRIES = 10, "30/d", "30/d"


class TooOften(ActionError):
    code = "too_often"
    message = _("Too many checks at once. Wait a minute and try again.")


def asks_too_often(request: HttpRequest) -> bool:
    """Counts a verdict that is asked for, on the page or by a program."""
    return too_many(request, group="verdict", rate=CHECKS)


# What became of a name that was not compared, by how long there are no more tries.
NO_TRIES = {"hour": "busy", "day": "spent"}


class Tries(NamedTuple):
    """How many more names may be compared, -1 where this was one too many, and for how long there are no others."""

    left: int
    over: Literal["hour", "day"]


def tries_for(request: HttpRequest, public_id: str) -> Tries:
    """Counts a name that is compared with this certificate's, on its page or in a list; of the name nothing is kept.

    What an address has no try for any more takes nothing from the others.  Of IPv6 a /48 is one address here: with a
    /64 for each try one customer would leave the holder none.
    """
    pair = f"{client_site(request)} {public_id}"
    hour = tries_left(request, group="verdict-name-of", rate=TRIES, key=pair)
    if hour < 0:
        return Tries(-1, "hour")
    day = _tries_of_the_day(request, pair, public_id)
    return Tries(day, "day") if day <= hour else Tries(hour, "hour")


def _tries_of_the_day(request: HttpRequest, pair: str, public_id: str) -> int:
    own = tries_left(request, group="verdict-name-own", rate=f"{OWN_TRIES}/d", key=pair)
    if own < 0:
        return -1
    is_first = own == OWN_TRIES - 1
    if is_first and too_many(request, group="verdict-name-first", rate=FIRST_TRIES, key=public_id):
        return -1
    further = {"group": "verdict-name-further", "rate": FURTHER_TRIES, "key": public_id}
    left = tries_left(request, **further, counted=not is_first)
    # Where others have used up the further ones, this first one still is compared.
    return min(own, max(0, left) if is_first else left)
