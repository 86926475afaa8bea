"""Mails that left the house, wherever they were sent from: the server's process or a worker's."""

import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

PATIENCE_SECONDS = 30
# What django.core.mail.backends.filebased writes below each message.
_RULE = re.compile(rb"^-{79}$", re.MULTILINE)


def mailers() -> dict[str, dict]:
    """For settings.MAILERS: files in the folder that the worker of the journeys uses too (tests/jobs)."""
    backend = "django.core.mail.backends.filebased.EmailBackend"
    return {"default": {"BACKEND": backend, "OPTIONS": {"file_path": _folder()}}}


def wait_for_mail(to: str, *, known: int = 0) -> str:
    """The text of the newest mail to this address, once there are more than `known`."""
    until = time.monotonic() + PATIENCE_SECONDS
    while len(found := _mails_to(to)) <= known and time.monotonic() < until:
        time.sleep(0.1)
    assert len(found) > known
    return str(found[-1].get_content())


def link_in(text: str) -> str:
    """The address in a mail."""
    found = re.search(r"https?://\S+", text)
    assert found
    return found[0]


def _mails_to(to: str) -> list[EmailMessage]:
    """In the order in which they were written."""
    files = sorted(_folder().glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
    parts = [part.strip() for file in files for part in _RULE.split(file.read_bytes())]
    mails = [message_from_bytes(part, policy=policy.default) for part in parts if part]
    return [mail for mail in mails if mail["To"] == to]


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "mail"
