"""What is done to people's accounts: one function per verb, each writes its audit entry."""

from lms.people.actions.accounts import (
    AccessNotYours,
    UserNameTaken,
    create_participant,
    create_staff,
    invite_staff,
    make_password_key,
    update_profile,
)
from lms.people.actions.audit import record_audit
from lms.people.actions.cards import (
    CardLocked,
    CardRefused,
    renew_pins,
    replace_card,
    sign_in_with_card,
    unlock_card,
)
from lms.people.actions.consents import record_consent, withdraw_consent
from lms.people.actions.engagements import note_engagement
from lms.people.actions.groups import mirror_all_roles
from lms.people.actions.mail import send_test_mail
from lms.people.actions.names import NoLegalName, give_certificate_name, reveal_legal_name, set_legal_name
from lms.people.actions.organisations import OrganisationCodeTaken, change_organisation, create_organisation
from lms.people.actions.roles import AdministratorEverywhere, LastAdministrator, OwnRole, RoleHeld, end_role, grant_role

__all__ = [
    "AccessNotYours",
    "AdministratorEverywhere",
    "CardLocked",
    "CardRefused",
    "LastAdministrator",
    "NoLegalName",
    "OrganisationCodeTaken",
    "OwnRole",
    "RoleHeld",
    "UserNameTaken",
    "change_organisation",
    "create_organisation",
    "create_participant",
    "create_staff",
    "end_role",
    "give_certificate_name",
    "grant_role",
    "invite_staff",
    "make_password_key",
    "mirror_all_roles",
    "note_engagement",
    "record_audit",
    "record_consent",
    "renew_pins",
    "replace_card",
    "reveal_legal_name",
    "send_test_mail",
    "set_legal_name",
    "sign_in_with_card",
    "unlock_card",
    "update_profile",
    "withdraw_consent",
]
