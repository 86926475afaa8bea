"""How an address must be written so that a gateway can use it.  No database."""

import re
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from lms.notices.models import Channel

PHONE = re.compile(r"\+[1-9]\d{8,14}")
TELEGRAM = re.compile(r"@[A-Za-z]\w{4,31}|[1-9]\d{4,14}", re.ASCII)
COUNTRY = "+996"


def clean_address(channel: str, typed: str) -> str:
    """What was typed, as this channel writes it.  Raises ValidationError."""
    return _CLEANED[channel](typed) if channel in _CLEANED else typed


def addresses_meant(typed: str) -> set[str]:
    """What was typed, as each channel for which it may be an address writes it."""
    meant = set()
    for clean in _CLEANED.values():
        try:
            meant.add(clean(typed))
        except ValidationError:
            continue
    return meant


def _email(typed: str) -> str:
    validate_email(typed)
    return typed


def _phone(typed: str) -> str:
    """ "0555 12 34 56" and "+996 (555) 123-456" as "+996555123456"."""
    number = re.sub(r"[\s()\-.\u2010-\u2014]", "", typed)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif number.startswith("0"):
        number = f"{COUNTRY}{number[1:]}"
    elif number.startswith(COUNTRY[1:]):
        number = f"+{number}"
    if not PHONE.fullmatch(number):
        raise ValidationError(_("Write the number with the code of the country: +996 555 123 456."))
    return number


def _telegram(typed: str) -> str:
    if not TELEGRAM.fullmatch(typed):
        raise ValidationError(_("Write the name as Telegram shows it: @name."))
    return typed


_CLEANED: dict[str, Callable[[str], str]] = {
    Channel.EMAIL: _email,
    Channel.PHONE: _phone,
    Channel.TELEGRAM: _telegram,
}
