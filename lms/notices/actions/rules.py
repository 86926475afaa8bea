"""How a person wants to be reached."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.notices.models import Channel, ContactRule, Reveals
from lms.notices.queries import open_channels, rule_of
from lms.people.actions import keep_contact, record_audit, remove_contacts, require_herself
from lms.people.models import User
from lms.people.queries import address_of


class NoAddress(ActionError):
    code = "no_address"
    message = _("Where shall we write? Give the address or the number.")


class ChannelClosed(ActionError):
    code = "channel_closed"
    message = _("Nothing is sent this way here. Choose another one.")


@transaction.atomic
def set_contact_rule(
    *, person: User, channel: str, reveals: str, address: str, by: User | None, at: datetime
) -> ContactRule:
    """Her choice; an empty `address` keeps the one that is kept.  Choosing "only here" forgets it.

    `by` is None after a restore.
    Raises NoAddress, ChannelClosed; PinProvesNothing, OwnPinNeeded where messages would go elsewhere or say more, and
    it could be whoever printed her card.
    """
    if channel not in open_channels():
        raise ChannelClosed
    if by == person and channel != Channel.SITE and (address or _says_more(person, reveals)):
        require_herself(person=person)
    if channel == Channel.SITE:
        remove_contacts(person=person, by=by, at=at)
    elif address:
        keep_contact(person=person, kind=channel, address=address, by=by, at=at)
    elif not address_of(person, channel):
        raise NoAddress
    chosen = {"channel": channel, "reveals": reveals, "changed_at": at}
    rule, _made = ContactRule.objects.update_or_create(person=person, defaults=chosen)
    record_audit(
        verb="set_contact_rule", subject=person, by=by, at=at, details={"channel": channel, "reveals": reveals}
    )
    append_entry("set_contact_rule", str(person.pk), at)
    return rule


def _says_more(person: User, reveals: str) -> bool:
    return Reveals.values.index(reveals) > Reveals.values.index(rule_of(person).reveals)
