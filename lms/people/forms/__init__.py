"""What people fill in."""

from lms.people.forms.feedback import FeedbackForm, MailTestForm
from lms.people.forms.fields import display_name_field, why_field
from lms.people.forms.profile import (
    CertificateNameForm,
    ConsentForm,
    DisplayNameForm,
    EmailForm,
    LanguageForm,
    NameFormForm,
)
from lms.people.forms.proposals import DeclineForm
from lms.people.forms.signing_in import (
    CardForm,
    ChangePasswordForm,
    ForgottenPasswordForm,
    LoginForm,
    NewPasswordForm,
    PinInput,
    ReauthenticateForm,
    SecretForm,
)
from lms.people.forms.staff import (
    FoundingForm,
    GrantForm,
    InviteForm,
    NewcomerForm,
    OrganisationForm,
    RoleForm,
    UserNameForm,
    signatory_fields,
)

__all__ = [
    "CardForm",
    "CertificateNameForm",
    "ChangePasswordForm",
    "ConsentForm",
    "DeclineForm",
    "DisplayNameForm",
    "EmailForm",
    "FeedbackForm",
    "ForgottenPasswordForm",
    "FoundingForm",
    "GrantForm",
    "InviteForm",
    "LanguageForm",
    "LoginForm",
    "MailTestForm",
    "NameFormForm",
    "NewPasswordForm",
    "NewcomerForm",
    "OrganisationForm",
    "PinInput",
    "ReauthenticateForm",
    "RoleForm",
    "SecretForm",
    "UserNameForm",
    "display_name_field",
    "signatory_fields",
    "why_field",
]
