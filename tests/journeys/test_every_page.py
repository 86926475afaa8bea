"""Every kind of page, as each role, in each language: no barrier, no sideways scrolling, no error."""

import pytest
from django.conf import settings as django_settings
from django.test import Client

from lms.cohorts.models import Enrolment
from lms.people.models import User
from tests.journeys.loading import load
from tests.walk import walk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# From whoever sees the least to whoever sees the most: a kind of page is looked at once in a language.
STAFF = ["monitor", "observer", "trainer", "coordinator", "admin"]
# Of a visitor, a participant, a trainer, a coordinator and an administrator, each the furthest that she can go.
FURTHEST = ["tell-us/", "me/data/erase/", "desk/sessions/#/", "desk/certificates/#/state/", "me/staff/#/"]


@pytest.fixture
def site(live_server, settings):
    """The demonstration behind a real server."""
    settings.DEMONSTRATION = True
    settings.PUBLIC_BASE_URL = live_server.url
    load("load_regions", "load_starter", "load_demo")
    return live_server.url


def _sign_in(context, address: str, person: User) -> None:
    client = Client()
    client.force_login(person)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


def _people() -> list[User | None]:
    """A visitor, a participant of the latest cohort, and one of each staff role."""
    enrolment = Enrolment.objects.select_related("person").order_by("-cohort__starts_on", "pk").first()
    return [None, enrolment.person, *(User.objects.get(username=name) for name in STAFF)]


# Kyrgyz has the longest words.
@pytest.mark.parametrize(
    "language", ["ky", *(pytest.param(other, marks=pytest.mark.exhaustive) for other in ("ru", "en"))]
)
def test_every_page_is_open_to_everybody(site, context, console, language):
    faults: list[str] = []
    seen: set[str] = set()
    for person in _people():
        context.clear_cookies()
        if person:
            _sign_in(context, site, person)
        faults += [fault for visit in walk(context, site, language, seen) for fault in visit.faults()]
    assert not faults, "\n".join(faults)
    assert {f"/{language}/{page}" for page in FURTHEST} <= seen
