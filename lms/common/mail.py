"""The one mail that says nothing but that mail works; and mails as files, where none are sent."""

import smtplib
from email.policy import EmailPolicy
from typing import IO, cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.common.errors import ActionError


class MailNotSent(ActionError):
    """The mail server does not answer, or refuses sender or address."""

    code = "mail_not_sent"
    message = gettext_lazy("The mail did not leave: %(reason)s. Whoever runs this site can see to it.")


# The longest line that mail allows (RFC 5322, 2.1.1): shorter ones would turn Cyrillic into base64.
_PLAIN = EmailPolicy(max_line_length=998)


class PlainFiles(EmailBackend):
    """Django's, in letters that a person reads who looks for the link in an invitation."""

    def write_message(self, message: EmailMessage) -> None:
        file = cast("IO[bytes]", self.stream)
        file.write(message.message(policy=_PLAIN).as_bytes() + b"\n" + b"-" * 79 + b"\n")


def deliver_test_mail(address: str) -> None:
    """Sends it at once.  Raises MailNotSent, whose reason quotes neither the address nor the server."""
    try:
        EmailMessage(subject=_("Test: e-mail arrives here"), body=_test_text(), to=[address]).send(using="default")
    except smtplib.SMTPException as error:
        raise MailNotSent(reason=type(error).__name__) from error
    except OSError as error:
        raise MailNotSent(reason=error.strerror or type(error).__name__) from error


def _test_text() -> str:
    """Read where mails of several sites arrive, perhaps by somebody who did not ask for it."""
    said = (
        _("This mail was sent to try out whether e-mail from {site} arrives. You need not answer.").format(
            site=settings.PUBLIC_BASE_URL
        ),
        _(
            "You read it, so invitations and links to a new password reach this address too. Of addresses with another"
            " provider it says nothing: try one of each that your people use."
        ),
        _(
            "If it lay in the folder for spam, mark it as no spam, and tell whoever runs the site: the domain of the "
            "sender needs SPF and DKIM."
        ),
    )
    return "\n\n".join(said)
