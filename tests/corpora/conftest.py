"""A world in which everything has happened once, built for all questions of a module."""

import pytest

from tests.access.world import make_world
from tests.house import built_once


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    yield from built_once(django_db_blocker, make_world)
