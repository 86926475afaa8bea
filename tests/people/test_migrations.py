"""What a database of before needs, so that a constraint can be put on it."""

from collections.abc import Callable, Iterator
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.db.migrations.operations import AddConstraint, RemoveConstraint
from django.db.migrations.state import ProjectState
from django.utils import timezone

from lms.people.actions import record_audit
from lms.people.models import AuditEntry, Role, RoleKind
from tests.factories.people import make_organisation, make_role, make_staff

CONSTRAINT = next(one for one in Role._meta.constraints if one.name == "role_administrator_everywhere")


@pytest.fixture
def put_constraint(transactional_db) -> Iterator[Callable[[], None]]:
    """Puts it back on the table, which is for now as the first demonstrations had it."""
    today, before = ProjectState.from_apps(apps), ProjectState.from_apps(apps)
    away, back = RemoveConstraint("role", CONSTRAINT.name), AddConstraint("role", CONSTRAINT)
    away.state_forwards("people", before)

    def put() -> None:
        with connection.schema_editor() as editor:
            back.database_forwards("people", editor, before, today)

    with connection.schema_editor() as editor:
        away.database_forwards("people", editor, today, before)
    yield put
    if Role.objects.filter(kind=RoleKind.ADMINISTRATOR, region__isnull=False).delete()[0]:
        put()


def test_an_administrator_of_one_region_becomes_one_of_the_country(put_constraint, regions):
    organisation = make_organisation()
    regional, trainer = make_staff("regional"), make_staff("trainer")
    make_role(regional, RoleKind.ADMINISTRATOR, organisation)
    make_role(trainer, RoleKind.TRAINER, organisation, regions["KG-B"])
    Role.objects.filter(person=regional).update(region=regions["KG-B"])
    with pytest.raises(IntegrityError):
        put_constraint()
    import_module("lms.people.migrations.0011_administrators_everywhere").send_everywhere(apps, None)
    put_constraint()
    assert regional.roles.get().region is None
    assert trainer.roles.get().region == regions["KG-B"]
    with pytest.raises(IntegrityError):
        Role.objects.filter(person=regional).update(region=regions["KG-B"])


@pytest.mark.django_db
def test_whoever_printed_or_told_a_word_before_stands_in_the_line_too():
    organisation, at = make_organisation(), timezone.now()
    person, printer, teller, gone = (make_staff(name) for name in ("person", "printer", "teller", "gone"))
    role = make_role(person, RoleKind.COORDINATOR, organisation)
    other = make_role(person, RoleKind.TRAINER, organisation)
    for verb, subject, by in (
        ("sleep_role", role, printer),
        ("tell_waking_word", role, teller),
        ("tell_waking_word", role, teller),
        ("sleep_role", role, gone),
        ("wake_role", role, person),
        ("grant_role", other, gone),
    ):
        record_audit(verb=verb, subject=subject, by=by, at=at)
    AuditEntry.objects.filter(actor_id=gone.pk).update(actor_id=uuid4())
    write_down = import_module("lms.people.migrations.0038_write_down_hands").write_down
    write_down(apps, None)
    write_down(apps, None)
    assert set(role.in_hands_of.all()) == {printer, teller}
    assert not other.in_hands_of.exists()
