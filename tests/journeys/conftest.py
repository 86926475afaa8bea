"""A real browser in front of a real server; every error in its console fails the journey."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response
from pytest_django.live_server_helper import LiveServer

from lms.cohorts.models import Session
from tests import browser
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.journeys.people import House
from tests.journeys.rooms import move
from tests.workers import Workers

# Playwright runs an event loop in the thread of the test; the tests touch the database only between its calls.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PHONE = {"width": 360, "height": 740}


# By the time that they take: a long one begun last would leave the other process without work.
LONGEST = ("test_the_line", "test_first_week_people", "test_two_organisations", "test_first_week_cohorts")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest journeys first, then the walks over every page, then the small rooms."""
    order = [*LONGEST, "test_every_page"]
    items.sort(key=lambda item: order.index(item.path.stem) if item.path.stem in order else len(order))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the browser that this machine has."""
    return {**browser_type_launch_args, **browser.launch_arguments()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A phone in Bishkek, whose owner wants no motion: axe must not meet a colour that is still fading."""
    here = {"timezone_id": "Asia/Bishkek", "locale": "ky-KG", "reduced_motion": "reduce"}
    return {**browser_context_args, "viewport": PHONE, **here}


@pytest.fixture(scope="session")
def _turns(django_db_setup: None) -> None:
    """On SQLite in memory the threads of the server share one connection, where two requests would meet inside a
    transaction: they take turns.
    """
    if connection.vendor == "sqlite":
        django_settings.MIDDLEWARE = ["tests.journeys.turns.take_turns", *django_settings.MIDDLEWARE]


@pytest.fixture(scope="session", autouse=True)
def _worker(_turns: None, django_db_setup: None, live_server: LiveServer) -> Iterator[None]:
    """On PostgreSQL a real worker does the jobs of the journeys, on their database and in their folder."""
    if connection.vendor == "sqlite":
        yield
        return
    workers = Workers(django_settings.DATA_DIR, lease_seconds=10, address=live_server.url)
    workers.start()
    yield
    workers.end()


@pytest.fixture
def listen() -> Iterator[Callable[[BrowserContext], list[str]]]:
    """Hears what goes wrong on any page of a context: errors of scripts, breaches of the content policy, missing files.

    An answer of 404 or 422 to a person is no error here; one to a script, a style, a font or an image is.
    """
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def look(response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in {"document", "xhr", "fetch"}:
            complaints.append(f"{response.status} {response.url}")

    def attach(context: BrowserContext) -> list[str]:
        context.on("console", hear)
        context.on("response", look)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return complaints

    yield attach
    assert complaints == []


@pytest.fixture
def console(context: BrowserContext, listen: Callable[[BrowserContext], list[str]]) -> list[str]:
    """What went wrong on any page of this journey."""
    return listen(context)


@pytest.fixture
def check_page(page: Page):
    """Fails where the page has a serious barrier, or scrolls sideways on the narrowest phone."""

    def check(shown: Page = page) -> None:
        assert (shown.url, browser.barriers(shown)) == (shown.url, [])
        assert (shown.url, browser.scrolls_sideways(shown)) == (shown.url, False)

    return check


@pytest.fixture
def house(live_server, settings, browser, browser_context_args, listen, check_page) -> Iterator[House]:
    settings.PUBLIC_BASE_URL = live_server.url
    house = House(browser, live_server.url, listen, check_page, browser_context_args)
    yield house
    house.close()


@pytest.fixture
def session(regions) -> Session:
    """A session that runs now, with two people on its roster."""
    cohort = make_cohort(region=regions["KG-B"])
    make_enrolment(cohort)
    make_enrolment(cohort)
    session = cohort.sessions.order_by("starts_at").first()
    move(session, timedelta())
    return session
