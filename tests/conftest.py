"""What every test may use."""

import gc
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation
from pytest_django import DjangoDbBlocker

from lms.regions.models import Region
from tests.factories.people import AT, make_country
from tests.room import with_room

# How a test asks the database, and what its module imports to ask one of the services itself.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
ASKING_NAMES = {"cache", "caches", "connection", "connections", "current_app"}
LEFT_OUT = pytest.StashKey[int]()


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Any:
    """All that pytest does, with room on the stack."""
    others = config.pluginmanager.subset_hook_caller("pytest_cmdline_main", [sys.modules[__name__]])
    return with_room(lambda: others(config=config))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes half a minute begins before the others, or one process would wait for it at the end.

    On PostgreSQL and Redis whatever asks none of them stays out: it would give the answer that it gave without them.
    """
    items.sort(key=lambda item: "first" not in item.keywords)
    if connection.vendor != "sqlite":
        left_out = [item for item in items if not asks_a_service(item)]
        items[:] = [item for item in items if asks_a_service(item)]
        config.hook.pytest_deselected(items=left_out)
        config.stash[LEFT_OUT] = len(left_out)
        getattr(config, "workeroutput", {})["left_out"] = len(left_out)


def asks_a_service(item: pytest.Item) -> bool:
    """Database, cache or broker: by a fixture, by what its module imports, or by a process that its marker tells of."""
    return (
        any(item.get_closest_marker(name) for name in ("django_db", "services"))
        or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        or not ASKING_NAMES.isdisjoint(vars(getattr(item, "module", None) or object))
    )


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Each process of pytest-xdist collected the same, and only they know what they left out."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says what was not run again."""
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{left_out} tests left out: they ask neither database nor cache nor broker")


def pytest_collection_finish() -> None:
    """What was loaded and collected stays for good: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tables are made without migrations, and wagtail-localize asks PostgreSQL which of them have run."""
    with django_db_blocker.unblock():
        MigrationRecorder(connection).ensure_schema()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Every test begins in English: a page that was asked for leaves its language behind."""
    with translation.override("en"):
        yield


@pytest.fixture
def at() -> datetime:
    """Tuesday, 24 November 2026, 09:00 in Bishkek."""
    return AT


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The time by which tries are counted.  It stands still, and in every run at the same moment: each address has
    windows that end by the clock, and a slow test that counts up to a limit would go on in the next one.
    """
    now = {"at": 1_800_000_000.0}
    monkeypatch.setattr(time, "time", lambda: now["at"])
    return now


@pytest.fixture
def regions(db: None) -> dict[str, Region]:
    """A small country: two oblasts, each with a raion; by ISO code, and the raions by name."""
    return make_country()
