"""Who signs in, what they may do, and the little that is kept about them.

Names and contacts lie apart from the person's row and are encrypted under a key of her own: destroying that key erases
her from the database and from every backup of it.  `__str__` is a code everywhere: it ends up in logs and lists.
"""

from lms.people.models.accounts import (
    CARD_CODE_LENGTH,
    LINK_HOLDS,
    TRIES,
    Card,
    Contact,
    ContactKind,
    EmailChange,
    LegalName,
    NameForm,
    PersonKey,
    Private,
    User,
    UserManager,
    lock_lasts,
)
from lms.people.models.organisations import (
    CMS_ROLES,
    TWO_STEP_ROLES,
    Engagement,
    Invitation,
    InvitationState,
    MailState,
    Organisation,
    Role,
    RoleKind,
    RoleQuerySet,
)
from lms.people.models.records import (
    CONSENT_TEXTS,
    FEEDBACK_KEPT,
    AuditEntry,
    Consent,
    ConsentChannel,
    ConsentPurpose,
    Feedback,
)

__all__ = [
    "CARD_CODE_LENGTH",
    "CMS_ROLES",
    "CONSENT_TEXTS",
    "FEEDBACK_KEPT",
    "LINK_HOLDS",
    "TRIES",
    "TWO_STEP_ROLES",
    "AuditEntry",
    "Card",
    "Consent",
    "ConsentChannel",
    "ConsentPurpose",
    "Contact",
    "ContactKind",
    "EmailChange",
    "Engagement",
    "Feedback",
    "Invitation",
    "InvitationState",
    "LegalName",
    "MailState",
    "NameForm",
    "Organisation",
    "PersonKey",
    "Private",
    "Role",
    "RoleKind",
    "RoleQuerySet",
    "User",
    "UserManager",
    "lock_lasts",
]
