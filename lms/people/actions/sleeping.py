"""A colleague's card is renewed: whoever prints it could work in her place, so her roles sleep until another one tells
her a word.  She enters it herself: that she can sign in proves nothing, for whoever printed can.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.actions.audit import record_audit
from lms.people.actions.cards import end_sessions, renew_pins
from lms.people.actions.roles import mirror_role, require_other
from lms.people.actions.words import WordNeeded, is_word, new_word
from lms.people.models import OFFER_HOLDS, Organisation, Role, User
from lms.people.permissions import ask_anew
from lms.people.queries import is_apart, may_still_wake


class PrinterWakesNothing(ActionError):
    """Whoever knew the PIN could enter the word, too."""

    code = "printer_wakes_nothing"
    message = _(
        "You printed her card, so another administrator wakes her roles. If there is none, ask whoever runs this site: "
        "she does it under “Organisations”, or invites another administrator there."
    )


class PrinterCouldBeYou(ActionError):
    """She stands in the printer's hand: the word would be the printer's to make."""

    code = "printer_could_be_you"
    message = _(
        "You have your role, or the link to your password, from whoever printed her card, or from somebody who has "
        "hers from there. So another administrator wakes her roles. If there is none, ask whoever runs this site: she "
        "does it under “Organisations”, or invites another administrator there."
    )


@transaction.atomic
def put_to_sleep(*, person: User, by: User, at: datetime) -> None:
    """Her roles, those to come too, open nothing from now on, and a word that she was told wakes nothing any more.

    For actions that give `by` her PIN.  Raises OwnRole.
    """
    require_other(person=person, by=by)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    for role in Role.objects.not_ended(timezone.localdate(at)).filter(person=person).select_related("person"):
        role.asleep_since, role.asleep_by = role.asleep_since or at, by
        role.in_hands_of.add(by)
        _forget_word(role)
        _keep("sleep_role", role, by, at)
    ask_anew(person)


@transaction.atomic
def tell_waking_word(*, person: User, organisations: Collection[Organisation], by: User, at: datetime) -> str:
    """The word that wakes her roles there, for `by` to tell her; one that was made before wakes nothing any more.

    Empty where none sleeps.  Raises OwnRole, PrinterWakesNothing, PrinterCouldBeYou.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    asleep = Role.objects.asleep(timezone.localdate(at)).filter(person=person, organisation__in=organisations)
    word, roles = new_word(), list(asleep)
    for role in roles:
        require_may_wake(role=role, by=by)
        role.word_index, role.word_by, role.word_at = word.kept, by, at
        role.save(update_fields=["word_index", "word_by", "word_at"])
        record_audit(verb="tell_waking_word", subject=role, by=by, at=at, organisation_id=role.organisation_id)
    return word.told if roles else ""


def require_may_wake(*, role: Role, by: User) -> None:
    """Whoever printed must not be whoever tells the word.  Raises OwnRole, PrinterWakesNothing, PrinterCouldBeYou."""
    require_other(person=role.person, by=by)
    if role.asleep_by_id == by.pk:
        raise PrinterWakesNothing
    if not is_apart(role.asleep_by_id, by.pk):
        raise PrinterCouldBeYou


@transaction.atomic
def wake_roles(*, by: User, word: str, at: datetime) -> str:
    """Her own roles, for which this word was told to her, hold again; her card gets another PIN for her eyes alone.

    Whoever printed it knew the old one, or made one and wrote it on the sheet.  Whoever is signed in as she is signed
    out, card or not; what was changed in her name meanwhile is hers to look through (queries.changes_in_her_name).  She
    depends from now on on the printer and the teller, who together could be she.  Gives the PIN, or nothing where she
    has no card.  Raises WordNeeded.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    asleep = Role.objects.asleep(timezone.localdate(at)).filter(person=by, word_at__gt=at - OFFER_HOLDS)
    found = asleep.select_related("person", "word_by")
    woken = [role for role in found if is_word(kept=role.word_index, typed=word) and may_still_wake(role)]
    if not woken:
        raise WordNeeded
    for role in woken:
        role.asleep_since = role.asleep_by = None
        if role.word_by is not None:
            role.in_hands_of.add(role.word_by)
        _forget_word(role)
        _keep("wake_role", role, by, at)
    ask_anew(by)
    end_sessions(people=[by.pk])
    return renew_pins(people=[by], by=by, at=at).get(by.pk, "")


def _forget_word(role: Role) -> None:
    role.word_index, role.word_by, role.word_at = "", None, None


def _keep(verb: str, role: Role, by: User, at: datetime) -> None:
    role.save(update_fields=["asleep_since", "asleep_by", "word_index", "word_by", "word_at"])
    mirror_role(role=role, at=at)
    record_audit(verb=verb, subject=role, by=by, at=at, organisation_id=role.organisation_id)
