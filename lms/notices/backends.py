"""Gateways: what carries a text out of the house.  One class per way, named in settings.NOTICE_GATEWAYS.

A gateway of your own has the three members of `Gateway`.  It is given the notice's id with every call, so that a
service that knows such ids sends one message however often it is asked; then `repeats_harmless` is true.  No gateway
logs an address or a text.
"""

import fcntl
import json
import smtplib
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string


class AddressRefused(Exception):
    """Nobody can be reached there, now or later."""


class GatewayDown(Exception):
    """It does not answer; another time it may."""


class Gateway(Protocol):
    """Raises AddressRefused or GatewayDown where nothing was sent."""

    repeats_harmless: bool

    def __init__(self, channel: str) -> None: ...

    def send(self, *, address: str, subject: str, text: str, notice_id: UUID) -> None: ...


def gateway_for(channel: str) -> Gateway | None:
    """What carries this channel here, if anything does."""
    path = settings.NOTICE_GATEWAYS.get(channel)
    return import_string(path)(channel) if path else None


class MailGateway:
    """E-mail through the mailer "default".  No mail server promises to drop a repeat, though the Message-ID stays."""

    repeats_harmless = False

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def send(self, *, address: str, subject: str, text: str, notice_id: UUID) -> None:
        """One mail to one address, marked as written by a machine so that no absence note answers it."""
        host = urlsplit(settings.PUBLIC_BASE_URL).hostname or "localhost"
        headers = {"Message-ID": f"<{notice_id}@{host}>", "Auto-Submitted": "auto-generated"}
        try:
            EmailMessage(subject=subject, body=text, to=[address], headers=headers).send(using="default")
        except smtplib.SMTPRecipientsRefused as error:
            raise AddressRefused from error
        except (smtplib.SMTPException, OSError) as error:
            raise GatewayDown from error


class OutboxGateway:
    """For development: one line of JSON a message in DATA_DIR/outbox/<channel>.jsonl, the same notice once."""

    repeats_harmless = True

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def send(self, *, address: str, subject: str, text: str, notice_id: UUID) -> None:
        """Writes the message down."""
        folder = settings.DATA_DIR / "outbox"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        message = {"notice": str(notice_id), "address": address, "subject": subject, "text": text}
        with (folder / f"{self.channel}.jsonl").open("a+", encoding="utf-8") as file:
            # Two workers write one after the other; the lock goes with the file.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            if all(json.loads(line)["notice"] != message["notice"] for line in file):
                file.write(json.dumps(message, ensure_ascii=False) + "\n")
