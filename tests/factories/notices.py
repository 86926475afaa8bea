"""Notices for tests, planned by the real action."""

from datetime import datetime
from uuid import UUID

from lms.notices import actions
from lms.notices.models import Notice
from lms.people.models import User
from tests.factories.people import AT

# The checking task of kinds that no app plans.
CHECKED_BY = "tests.check_notice"


def make_notice(
    person: User,
    *,
    name: str = "tests:1",
    kind: str = "tests_kind",
    due_at: datetime = AT,
    checked_by: str = CHECKED_BY,
    group_id: UUID | None = None,
) -> Notice:
    """One that is due; its subject is the person herself."""
    plan = actions.BatchPlan(
        kind=kind, subject=person, name=name, due_at=due_at, checked_by=checked_by, group_id=group_id
    )
    actions.plan_batch(plan=plan, people=[person.pk], at=AT)
    return Notice.objects.get(batch=name, person=person)


def choose(person: User, channel: str, reveals: str = "nothing", address: str = "") -> None:
    """Her rule, chosen by herself."""
    actions.set_contact_rule(person=person, channel=channel, reveals=reveals, address=address, by=person, at=AT)
