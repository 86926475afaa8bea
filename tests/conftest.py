"""What every test may use."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation
from pytest_django import DjangoDbBlocker

from lms.regions.models import Region
from tests.factories.people import AT, make_country


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
def regions(db: None) -> dict[str, Region]:
    """A small country: two oblasts, each with a raion; by ISO code, and the raions by name."""
    return make_country()
