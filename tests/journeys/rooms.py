"""A session that runs now, and who comes to it with a browser."""

from datetime import timedelta

from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from lms.cohorts.models import Session
from lms.people.models import User
from tests.journeys.people import House, Person


def move(session: Session, to: timedelta) -> None:
    starts_at = timezone.now() + to
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))


def enter(house: House, user: User, *, scripts: bool = True) -> Person:
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    person = house.enter("en", scripts=scripts)
    person.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": house.base}])
    return person


def lead_of(session: Session) -> User:
    return session.cohort.trainers.get(part="lead").person


def comes_true(person: Person, expression: str) -> bool:
    """Within five seconds; the policy of our pages forbids what the browser's driver waits with."""
    for _wait in range(50):
        if person.page.evaluate(expression):
            return True
        person.page.wait_for_timeout(100)
    return False
