"""A colleague's card is renewed: whoever prints it could work in her place, so her roles sleep until another one wakes
them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.actions.audit import record_audit
from lms.people.actions.roles import mirror_role, require_other
from lms.people.models import Organisation, Role, User
from lms.people.permissions import ask_anew, others_know_pin_of


class PrinterWakesNothing(ActionError):
    """Whoever knew the PIN could have made the new one, too."""

    code = "printer_wakes_nothing"
    message = _("You printed her card, so another administrator wakes her roles.")


class NoPinOfHerOwn(ActionError):
    code = "no_pin_of_her_own"
    message = _("She has no PIN of her own yet. She signs in with the new card and makes one on her desk.")


@transaction.atomic
def put_to_sleep(*, person: User, by: User, at: datetime) -> None:
    """Her roles, those to come too, open nothing from now on.  For actions that give `by` her PIN.  Raises OwnRole."""
    require_other(person=person, by=by)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    for role in Role.objects.not_ended(timezone.localdate(at)).filter(person=person).select_related("person"):
        role.asleep_since, role.asleep_by = role.asleep_since or at, by
        _keep("sleep_role", role, by, at)
    ask_anew(person)


@transaction.atomic
def wake_roles(*, person: User, organisations: Collection[Organisation], by: User, at: datetime) -> None:
    """Her sleeping roles there hold again: whoever printed her card does not know her PIN any more.

    `by` has spoken with her, and is neither she nor whoever printed.  A repeat is harmless.
    Raises OwnRole, PrinterWakesNothing, NoPinOfHerOwn.
    """
    require_other(person=person, by=by)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    asleep = Role.objects.not_ended(timezone.localdate(at)).filter(person=person, asleep_since__isnull=False)
    sleeping = list(asleep.filter(organisation__in=organisations).select_related("person"))
    if any(role.asleep_by_id == by.pk for role in sleeping):
        raise PrinterWakesNothing
    if sleeping and others_know_pin_of(person):
        raise NoPinOfHerOwn
    for role in sleeping:
        role.asleep_since = role.asleep_by = None
        _keep("wake_role", role, by, at)
    ask_anew(person)


def _keep(verb: str, role: Role, by: User, at: datetime) -> None:
    role.save(update_fields=["asleep_since", "asleep_by"])
    mirror_role(role=role, at=at)
    record_audit(verb=verb, subject=role, by=by, at=at, organisation_id=role.organisation_id)
