"""How often a stranger may ask; see "Who" in the architecture: thirty people behind one hotspot are one address."""

from django.http import HttpRequest

from lms.common.throttling import too_many, tries_left

# Verdicts a minute from one address (IPv6: one /64).
CHECKS = "30/m"
# Names for one certificate, and names or reports from one address, an hour.
TRIES = "5/h"


def asks_too_often(request: HttpRequest) -> bool:
    """Counts a verdict that is asked for, on the page or by a program."""
    return too_many(request, group="verdict", rate=CHECKS)


def tries_for(request: HttpRequest, public_id: str) -> int:
    """Counts a name that is compared with this certificate's, wherever it was typed; -1: one too many."""
    return tries_left(request, group="verdict-name-of", rate=TRIES, key=public_id)
