"""What this app keeps about a person, for her own copy: no secret that opens something, nothing of somebody else."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.common.crypto import unseal
from lms.common.languages import LANGUAGE_NAMES
from lms.common.sections import Coded, Section, coded
from lms.people.models import (
    CONSENT_TEXTS,
    SUBJECT_WORDS,
    VERB_WORDS,
    AuditEntry,
    Card,
    Consent,
    ConsentPurpose,
    Contact,
    EmailChange,
    Engagement,
    Invitation,
    LegalName,
    Role,
    RoleOffer,
    User,
)
from lms.people.queries import own_legal_name, rows_of


def kept_about(person: User) -> list[Section]:
    """Everything, in the active language."""
    return [
        _account(person),
        _full_name(person),
        _contacts(person),
        _cards(person),
        _consents(person),
        _roles(person),
        _offers(person),
    ]


def _account(person: User) -> Section:
    addresses = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    steps = Authenticator.objects.filter(user=person)
    invitation = Invitation.objects.filter(person=person).select_related("organisation").first()
    row = {
        "number": str(person.pk),
        "display_name": person.display_name,
        "username": person.username,
        "email": person.email,
        "other_emails": list(addresses),
        "language": Coded(person.language, LANGUAGE_NAMES[person.language]),
        "name_form": coded(person, "name_form"),
        "has_password": person.has_usable_password(),
        "second_steps": [str(step.get_type_display()) for step in steps],
        "last_login": person.last_login,
        "invited_by": invitation.organisation.name if invitation else None,
        "invited_at": invitation.invited_at if invitation else None,
        "created_at": person.created_at,
    }
    labels = {
        "number": _("Number"),
        "display_name": _("Display name"),
        "username": _("User name"),
        "email": _("E-mail"),
        "other_emails": _("Other e-mail addresses"),
        "language": _("Language"),
        "name_form": _("How much of my name strangers see"),
        "has_password": _("A password is set"),
        "second_steps": _("Two-step sign-in"),
        "last_login": _("Last signed in"),
        "invited_by": _("Invited by"),
        "invited_at": _("Invited on"),
        "created_at": _("Kept since"),
    }
    return Section("account", _("Your account"), labels, [row])


def _full_name(person: User) -> Section:
    rows = [
        {"name": own_legal_name(person), "updated_at": kept.updated_at, "used_at": kept.used_at}
        for kept in LegalName.objects.filter(person=person)
    ]
    labels = {"name": _("Full name"), "updated_at": _("Written on"), "used_at": _("On a certificate since")}
    return Section("full_name", _("Your name on a certificate"), labels, rows)


def _contacts(person: User) -> Section:
    contacts: list[dict] = [
        {"kind": coded(kept, "kind"), "address": unseal(person.key.wrapped, kept.sealed), "since": kept.created_at}
        for kept in Contact.objects.filter(person=person).order_by("pk")
    ]
    unconfirmed = Coded("email_change", str(_("new e-mail, not confirmed")))
    wished: list[dict] = [
        {"kind": unconfirmed, "address": unseal(person.key.wrapped, kept.sealed), "since": kept.asked_at}
        for kept in EmailChange.objects.filter(person=person)
    ]
    labels = {"kind": _("Way"), "address": _("Address"), "since": _("Kept since")}
    return Section("contacts", _("How you are reached"), labels, contacts + wished)


def _cards(person: User) -> Section:
    rows = [
        {"code": card.code, "made_at": card.created_at, "printed_at": card.printed_at, "replaced_at": card.replaced_at}
        for card in Card.objects.filter(person__in=rows_of(person)).order_by("created_at", "pk")
    ]
    labels = {
        "code": _("Card code"),
        "made_at": _("Made on"),
        "printed_at": _("PIN made on"),
        "replaced_at": _("Replaced on"),
    }
    return Section("cards", _("Cards; a PIN is kept nowhere in a form that can be read"), labels, rows)


def _consents(person: User) -> Section:
    rows = [
        {
            "purpose": coded(kept, "purpose"),
            "organisation": kept.organisation.name if kept.organisation else None,
            "text": str(CONSENT_TEXTS[ConsentPurpose(kept.purpose)]),
            "given": kept.given,
            "text_version": kept.text_version,
            "language": Coded(kept.language, LANGUAGE_NAMES[kept.language]),
            "channel": coded(kept, "channel"),
            "at": kept.at,
        }
        for kept in Consent.objects.filter(person=person).select_related("organisation").order_by("at", "pk")
    ]
    labels = {
        "purpose": _("Purpose"),
        "organisation": _("Organisation"),
        "text": _("Wording of today"),
        "given": _("Agreed"),
        "text_version": _("Wording that was read"),
        "language": _("Language"),
        "channel": _("How it was said"),
        "at": _("When"),
    }
    return Section("consents", _("What you agreed to or not"), labels, rows)


def _roles(person: User) -> Section:
    held = Role.objects.filter(person=person).select_related("organisation", "region").order_by("valid_from", "pk")
    rows = [
        {
            "role": coded(role, "kind"),
            "organisation": role.organisation.name,
            "region": role.region.name if role.region else None,
            "from": role.valid_from,
            "until": role.valid_until,
        }
        for role in held
    ]
    works = Engagement.objects.filter(person=person).select_related("organisation").order_by("pk")
    trains = Coded("engagement", str(_("trains, may train or coaches")))
    rows += [
        {"role": trains, "organisation": one.organisation.name, "region": None, "from": None, "until": None}
        for one in works
    ]
    return Section("roles", _("Your roles"), _ROLE_LABELS, rows)


def _offers(person: User) -> Section:
    offers = RoleOffer.objects.filter(person=person).select_related("organisation", "region").order_by("offered_at")
    rows = [
        {
            "role": coded(offer, "kind"),
            "organisation": offer.organisation.name,
            "region": offer.region.name if offer.region else None,
            "from": offer.offered_at,
            "until": offer.valid_until,
        }
        for offer in offers
    ]
    return Section("role_offers", _("Roles that wait for your answer"), _ROLE_LABELS, rows)


_ROLE_LABELS = {
    "role": _("Role"),
    "organisation": _("Organisation"),
    "region": _("Region"),
    "from": pgettext_lazy("from this day", "From"),
    "until": pgettext_lazy("until this day", "Until"),
}


def record_about(person: User) -> Section:
    """The audit trail: what was done to her row, and what she did.

    Who else acted is not hers to have.
    """
    kept = list(rows_of(person))
    about = AuditEntry.objects.filter(subject_type=person._meta.label_lower, subject_id__in=map(str, kept))
    entries = (about | AuditEntry.objects.filter(actor_id__in=kept)).order_by("at", "pk")
    rows = [
        {
            "at": entry.at,
            "verb": Coded(entry.verb, str(VERB_WORDS.get(entry.verb, entry.verb))),
            "by_herself": entry.actor_id in kept,
            "about": Coded(entry.subject_type, str(SUBJECT_WORDS.get(entry.subject_type, entry.subject_type))),
        }
        for entry in entries.distinct()
    ]
    labels = {"at": _("When"), "verb": _("What"), "by_herself": _("By you"), "about": _("About what")}
    return Section("audit", _("The record of who did what"), labels, rows)
