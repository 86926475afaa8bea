"""Encryption of what is stored about a person: a key per person, wrapped by the installation's keys.

Destroying the person's key makes every value and every backup of it unreadable.  Fernet (AES-128-CBC + HMAC-SHA256) is
the `cryptography` library's recipe; MultiFernet rotates: the first of settings.FIELD_KEYS encrypts, all decrypt.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Buffer
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

# A pattern: a table to translate by would be asked for each letter of a name, and hardly ever hold it.
_HYPHENS = re.compile("[-\u2010-\u2014]")


def _installation() -> MultiFernet:
    return _of_keys(tuple(settings.FIELD_KEYS))


@cache
def _of_keys(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def wrap(secret: bytes) -> bytes:
    """`secret` encrypted under the installation's newest key."""
    return _installation().encrypt(secret)


def unwrap(token: Buffer) -> bytes:
    """The inverse of `wrap`; raises cryptography.fernet.InvalidToken."""
    return _installation().decrypt(bytes(token))


def new_person_key() -> bytes:
    """A wrapped key for one person."""
    return wrap(Fernet.generate_key())


def seal(wrapped_key: Buffer, text: str) -> bytes:
    """`text` under a person's wrapped key."""
    return Fernet(unwrap(wrapped_key)).encrypt(text.encode())


def unseal(wrapped_key: Buffer, token: Buffer) -> str:
    """The text behind `seal`; raises cryptography.fernet.InvalidToken."""
    return Fernet(unwrap(wrapped_key)).decrypt(bytes(token)).decode()


def reseal(token: Buffer, old_key: Buffer, new_key: Buffer) -> bytes:
    """The same text under another person's wrapped key, for two rows that are one person."""
    return seal(new_key, unseal(old_key, token))


def fold(text: str) -> str:
    """A name or address with the differences folded that people do not mean.

    Case, spaces, hyphens, ё/е, composed letters, and the invisible characters that copying brings along.
    """
    # Of what is printable nothing is invisible, and hardly any name is looked at letter by letter.
    visible = text if text.isprintable() else "".join(one for one in text if unicodedata.category(one) != "Cf")
    # Normalised before and after: folding the case of some letters leaves them decomposed.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
    return " ".join(_HYPHENS.sub(" ", folded.replace("ё", "е")).split())


def keyed_index(purpose: str, text: str) -> str:
    """HMAC-SHA256 of the folded text under the pepper, hex: finds an equal value without being able to read it."""
    message = f"{purpose}\x00{fold(text)}".encode()
    return hmac.new(settings.PEPPER.encode(), message, hashlib.sha256).hexdigest()
