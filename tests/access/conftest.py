"""The world is built once for all questions of a module; each test gives it back as it was."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests.access.world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), translation.override("en"), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)
