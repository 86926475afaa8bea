"""Two organisations, each with its administrator, and a colleague in ours."""

from datetime import timedelta
from itertools import count

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.timezone import make_naive, now

from lms.people.models import Organisation, RoleKind, User
from tests.factories.people import make_organisation, make_role, make_staff


@pytest.fixture
def ours(db: None) -> Organisation:
    return make_organisation("ours")


@pytest.fixture
def theirs(db: None) -> Organisation:
    return make_organisation("theirs")


@pytest.fixture
def admin(ours: Organisation) -> User:
    return make_role(make_staff("admin"), RoleKind.ADMINISTRATOR, ours).person


@pytest.fixture
def colleague(ours: Organisation) -> User:
    return make_role(make_staff("colleague", "Нурзада"), RoleKind.TRAINER, ours).person


@pytest.fixture
def stranger(theirs: Organisation) -> User:
    """Administrator of the other organisation."""
    return make_role(make_staff("stranger", "Бурул"), RoleKind.ADMINISTRATOR, theirs).person


@pytest.fixture
def seconds_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's clock for links goes on at every look: two links of one second are one and the same."""
    seconds = count()
    monkeypatch.setattr(
        PasswordResetTokenGenerator, "_now", lambda _self: make_naive(now()) + timedelta(seconds=next(seconds))
    )
