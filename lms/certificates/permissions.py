"""How often a stranger may ask; see "Who" in the architecture: thirty people behind one hotspot are one address."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lms.common.clients import client_network
from lms.common.errors import ActionError
from lms.common.throttling import too_many, tries_left

# Verdicts a minute from one address (IPv6: one /64).
CHECKS = "30/m"
# From one address: names for one certificate, names on the pages of all, reports.
TRIES = "5/h"
# Names for one certificate in the lists of all addresses.
LISTED_TRIES = "20/h"


class TooOften(ActionError):
    code = "too_often"
    message = _("Too many checks at once. Wait a minute and try again.")


def asks_too_often(request: HttpRequest) -> bool:
    """Counts a verdict that is asked for, on the page or by a program."""
    return too_many(request, group="verdict", rate=CHECKS)


def tries_for(request: HttpRequest, public_id: str) -> int:
    """Counts a name that this address compares with this certificate's, wherever it is typed; -1: one too many.

    Per address, for otherwise one could use up everybody's.
    """
    return tries_left(request, group="verdict-name-of", rate=TRIES, key=f"{client_network(request)} {public_id}")


def may_try_in_list(request: HttpRequest, public_id: str) -> bool:
    """Counts the same for a name in a list.  Many addresses can send lists, so all of them together have an end too.

    A try that the address does not have any more takes nothing from the others.
    """
    if tries_for(request, public_id) < 0:
        return False
    return not too_many(request, group="verdict-name-listed", rate=LISTED_TRIES, key=public_id)
