"""A real installation does not open beside accounts whose passwords everybody knows."""

import runpy

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from lms.people.actions import create_participant
from lms.people.checks import require_no_demonstration
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


def open_door():
    """What a server does when it starts."""
    return runpy.run_module("lms.wsgi")["application"]


def test_real_people_are_no_obstacle():
    make_person()
    require_no_demonstration()


def test_a_demonstration_account_stops_the_start(at):
    create_participant(display_name="Demo", language="ky", is_demonstration=True, by=None, at=at)
    assert django_settings.DEMONSTRATION is False
    with pytest.raises(ImproperlyConfigured, match="1 demonstration account"):
        open_door()


def test_a_demonstration_starts_beside_its_accounts(at, settings):
    settings.DEMONSTRATION = True
    create_participant(display_name="Demo", language="ky", is_demonstration=True, by=None, at=at)
    assert callable(open_door())
