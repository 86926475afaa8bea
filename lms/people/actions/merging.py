"""Two rows of one person become one: what this app keeps of her.  Whether they may, `lms.privacy` decides."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone

from lms.common.crypto import reseal
from lms.people.actions.consents import forget_unwanted_name
from lms.people.models import (
    Card,
    Consent,
    ConsentPurpose,
    Contact,
    EmailChange,
    Engagement,
    Feedback,
    Invitation,
    LegalName,
    PersonKey,
    Proposal,
    Role,
    RoleOffer,
    SignatoryChange,
    User,
)
from lms.people.permissions import ask_anew

# What becomes the other row's as it stands.
_HANDED_OVER: list[tuple[type[Model], str]] = [
    (Consent, "person"),
    (Consent, "recorded_by"),
    (Role, "person"),
    (Role, "asleep_by"),
    (Role, "word_by"),
    (Role, "granted_by"),
    (Invitation, "invited_by"),
    (Feedback, "settled_by"),
    (SignatoryChange, "by"),
    (Proposal, "proposed_by"),
    (Proposal, "confirmed_by"),
    (Proposal, "declined_by"),
    (User, "merged_into"),
]


@transaction.atomic
def take_over_records(*, kept: User, merged: User, by: User | None, at: datetime) -> None:
    """Consents, roles that have ended, for whom she worked, and her full name where the row that stays has none.

    Consents stay rows of their own: of each purpose her newest answer counts, whichever row she gave it on.
    """
    for model, field in _HANDED_OVER:
        model._default_manager.filter(**{field: merged}).update(**{field: kept})
    _take_over_lines(kept, merged)
    _take_over_work(kept, merged, at)
    _take_over_legal_name(kept, merged)
    if Consent.objects.filter(person=kept, purpose=ConsentPurpose.CERTIFICATE).exists():
        forget_unwanted_name(person=kept, by=by, at=at)


def _take_over_lines(kept: User, merged: User) -> None:
    """Whoever depends on the row that gave way depends on her."""
    for role in Role.objects.filter(in_hands_of=merged):
        role.in_hands_of.remove(merged)
        role.in_hands_of.add(kept)


def _take_over_work(kept: User, merged: User, at: datetime) -> None:
    """Where one of the two has left, she has, unless she has a role there: a merge opens no door that was shut."""
    worked_for = list(Engagement.objects.filter(person=merged))
    rows = [Engagement(person=kept, organisation_id=one.organisation_id, left_at=one.left_at) for one in worked_for]
    Engagement.objects.bulk_create(rows, ignore_conflicts=True)
    lasting = Role.objects.not_ended(timezone.localdate(at)).filter(person=kept).values("organisation")
    for one in worked_for:
        if one.left_at is not None:
            both = Engagement.objects.filter(person=kept, organisation=one.organisation_id, left_at=None)
            both.exclude(organisation__in=lasting).update(left_at=one.left_at)
    Engagement.objects.filter(person=merged).delete()
    ask_anew(kept)


def _take_over_legal_name(kept: User, merged: User) -> None:
    """A name that a certificate bears stays one that she does not change by herself."""
    hers = LegalName.objects.filter(person=merged).first()
    if hers is None:
        return
    own = LegalName.objects.filter(person=kept)
    if not own.exists():
        hers.sealed = reseal(hers.sealed, merged.key.wrapped, kept.key.wrapped)
        hers.person = kept
        hers.save(update_fields=["sealed", "person"])
        return
    if hers.used_at:
        own.filter(used_at__isnull=True).update(used_at=hers.used_at)
    hers.delete()


@transaction.atomic
def take_over_contacts(*, kept: User, merged: User) -> None:
    """How she wants to be reached, under the key of the row that stays, in place of what stood there."""
    Contact.objects.filter(person=kept).delete()
    for contact in Contact.objects.filter(person=merged):
        contact.sealed = reseal(contact.sealed, merged.key.wrapped, kept.key.wrapped)
        contact.person = kept
        contact.save(update_fields=["sealed", "person"])


@transaction.atomic
def leave_tombstone(*, merged: User, kept: User, at: datetime) -> None:
    """What stays of the row that gave way: that it was, whose it is now, and a card that says so.

    No name, no way in; and without its key whatever lay under it is unreadable in every backup.
    """
    for model in (EmailAddress, Authenticator):
        model.objects.filter(user=merged).delete()
    for table in (Contact, LegalName, EmailChange, Invitation, RoleOffer, PersonKey):
        table._default_manager.filter(person=merged).delete()
    RoleOffer.objects.filter(offered_by=merged).delete()
    Card.objects.filter(person=merged, replaced_at__isnull=True).update(replaced_at=at)
    merged.groups.clear()
    merged.user_permissions.clear()
    User.objects.filter(pk=merged.pk).update(
        merged_into=kept,
        is_active=False,
        username=None,
        email=None,
        display_name="",
        name_form="",
        session_epoch=F("session_epoch") + 1,
    )
    merged.refresh_from_db()
