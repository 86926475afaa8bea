"""Webhooks for tests, by the action that administrators use."""

from collections.abc import Iterable
from datetime import datetime

from lms.certificates.actions import NewSecret, add_webhook
from lms.common.codes import new_id
from lms.people.models import Organisation, RoleKind, User
from tests.factories.people import AT, make_role, make_staff


def make_administrator(organisation: Organisation, username: str | None = None) -> User:
    person = make_staff(username)
    make_role(person, RoleKind.ADMINISTRATOR, organisation)
    return person


def make_webhook(
    organisation: Organisation,
    address: str = "https://hooks.example.org/in",
    events: Iterable[str] = ("certificate.revoked",),
    at: datetime = AT,
    by: User | None = None,
) -> NewSecret:
    """With its secret, which nobody can read again."""
    by = by or make_administrator(organisation)
    return add_webhook(webhook_id=new_id(), organisation=organisation, address=address, events=events, by=by, at=at)
