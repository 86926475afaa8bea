"""What is done to people's accounts: one function per verb, each writes its audit entry."""

from lms.people.actions.accounts import UserNameTaken, create_participant, create_staff
from lms.people.actions.audit import record_audit
from lms.people.actions.cards import (
    CardLocked,
    CardRefused,
    renew_pins,
    replace_card,
    sign_in_with_card,
    unlock_card,
)
from lms.people.actions.consents import record_consent
from lms.people.actions.names import NoLegalName, reveal_legal_name, set_legal_name
from lms.people.actions.roles import end_role, grant_role

__all__ = [
    "CardLocked",
    "CardRefused",
    "NoLegalName",
    "UserNameTaken",
    "create_participant",
    "create_staff",
    "end_role",
    "grant_role",
    "record_audit",
    "record_consent",
    "renew_pins",
    "replace_card",
    "reveal_legal_name",
    "set_legal_name",
    "sign_in_with_card",
    "unlock_card",
]
