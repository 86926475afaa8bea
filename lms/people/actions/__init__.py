"""What is done to people's accounts: one function per verb, each writes its audit entry."""

from lms.people.actions.accounts import (
    AccessNotYours,
    LinkGoesByMail,
    UserNameTaken,
    create_participant,
    create_staff,
    make_forgotten_password_key,
    make_password_key,
    order_password_mail,
)
from lms.people.actions.audit import record_audit
from lms.people.actions.cards import (
    CardLocked,
    CardMerged,
    CardRefused,
    renew_pins,
    replace_card,
    sign_in_with_card,
    unlock_card,
)
from lms.people.actions.closing import AccountNotYours, Closing, OwnAccount, end_account, reopen_account
from lms.people.actions.consents import record_consent, withdraw_consent
from lms.people.actions.contacts import keep_contact, remove_contacts
from lms.people.actions.engagements import note_engagement
from lms.people.actions.erasing import LastOperator, erase_details, require_may_go
from lms.people.actions.feedback import forget_feedback, send_feedback, settle_feedback
from lms.people.actions.groups import mirror_all_roles
from lms.people.actions.invitations import (
    AccountTaken,
    InvitationSettled,
    invite_staff,
    make_invitation_key,
    note_invitation_mail,
    renew_invitation,
    withdraw_invitation,
)
from lms.people.actions.living import PersonErased, PersonMerged, lock_living, require_living
from lms.people.actions.mail import send_test_mail
from lms.people.actions.merging import leave_tombstone, take_over_contacts, take_over_records
from lms.people.actions.names import (
    NameInUse,
    NoLegalName,
    give_certificate_name,
    reveal_legal_name,
    set_legal_name,
    use_legal_name,
)
from lms.people.actions.offers import OfferGone, accept_offer, decline_offer, forget_offers, offer_role
from lms.people.actions.organisations import (
    OrganisationCodeTaken,
    OrganisationNameTaken,
    change_organisation,
    create_organisation,
    found_organisation,
)
from lms.people.actions.profile import (
    LinkRunOut,
    ask_email_change,
    change_display_name,
    change_language,
    choose_name_form,
    confirm_email_change,
    email_token,
    remove_email,
    wanted_email,
)
from lms.people.actions.proving import NoSecret, WrongPassword, prove_identity
from lms.people.actions.retention import forget_audit, forget_email_wishes
from lms.people.actions.roles import (
    AdministratorEverywhere,
    LastAdministrator,
    NotOfHere,
    OthersKnowHerPin,
    OwnRole,
    RoleHeld,
    end_role,
    grant_role,
)

__all__ = [
    "AccessNotYours",
    "AccountNotYours",
    "AccountTaken",
    "AdministratorEverywhere",
    "CardLocked",
    "CardMerged",
    "CardRefused",
    "Closing",
    "InvitationSettled",
    "LastAdministrator",
    "LastOperator",
    "LinkGoesByMail",
    "LinkRunOut",
    "NameInUse",
    "NoLegalName",
    "NoSecret",
    "NotOfHere",
    "OfferGone",
    "OrganisationCodeTaken",
    "OrganisationNameTaken",
    "OthersKnowHerPin",
    "OwnAccount",
    "OwnRole",
    "PersonErased",
    "PersonMerged",
    "RoleHeld",
    "UserNameTaken",
    "WrongPassword",
    "accept_offer",
    "ask_email_change",
    "change_display_name",
    "change_language",
    "change_organisation",
    "choose_name_form",
    "confirm_email_change",
    "create_organisation",
    "create_participant",
    "create_staff",
    "decline_offer",
    "email_token",
    "end_account",
    "end_role",
    "erase_details",
    "forget_audit",
    "forget_email_wishes",
    "forget_feedback",
    "forget_offers",
    "found_organisation",
    "give_certificate_name",
    "grant_role",
    "invite_staff",
    "keep_contact",
    "leave_tombstone",
    "lock_living",
    "make_forgotten_password_key",
    "make_invitation_key",
    "make_password_key",
    "mirror_all_roles",
    "note_engagement",
    "note_invitation_mail",
    "offer_role",
    "order_password_mail",
    "prove_identity",
    "record_audit",
    "record_consent",
    "remove_contacts",
    "remove_email",
    "renew_invitation",
    "renew_pins",
    "reopen_account",
    "replace_card",
    "require_living",
    "require_may_go",
    "reveal_legal_name",
    "send_feedback",
    "send_test_mail",
    "set_legal_name",
    "settle_feedback",
    "sign_in_with_card",
    "take_over_contacts",
    "take_over_records",
    "unlock_card",
    "use_legal_name",
    "wanted_email",
    "withdraw_consent",
    "withdraw_invitation",
]
