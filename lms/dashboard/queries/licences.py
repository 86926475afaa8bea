"""What a trainer's own desk says of her licences."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import DateField, QuerySet

from lms.certificates.checks import ENDS_SOON
from lms.cohorts.models import Level, Standing
from lms.cohorts.permissions import licences_held
from lms.common.prepared import prepared
from lms.people.models import User
from lms.people.permissions import Reader


class Licence(NamedTuple):
    """What she may train, also while it rests."""

    standing: Standing
    # A candidate's months end by themselves; a certificate is renewed.
    ends_soon: bool


def licences_of(user: User, day: date) -> list[Licence]:
    """All that hold on `day`: one query."""
    return [Licence(standing, _ends_soon(standing, day)) for standing in _held(user=user, day=day)]


def _ends_soon(standing: Standing, day: date) -> bool:
    return standing.level != Level.CANDIDATE and not standing.lasts_until(day + ENDS_SOON)


@prepared(user=Reader(), day=DateField())
def _held(user: Any, day: Any) -> QuerySet[Standing]:
    return licences_held(user, day).only("module_code", "level", "languages", "ends_on", "state", "steps_back")
