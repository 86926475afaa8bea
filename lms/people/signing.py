"""Card PINs: argon2id under a pepper that is kept apart from the database.

A PIN has a million values, so that no hash alone protects it: the pepper, five tries a card and the lock do.
"""

import hashlib
import hmac
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from django.conf import settings

PIN_LENGTH = 6
_passes, _memory = settings.PIN_COST
_hasher = PasswordHasher(time_cost=_passes, memory_cost=_memory, parallelism=1)


def new_pin() -> str:
    """Six digits."""
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}d}"


def _peppered(pin: str) -> bytes:
    return hmac.new(settings.PEPPER.encode(), pin.encode(), hashlib.sha256).digest()


def hash_pin(pin: str) -> str:
    """What is stored of a PIN."""
    return _hasher.hash(_peppered(pin))


def check_pin(pin: str, pin_hash: str) -> bool:
    """Does the PIN belong to the hash?  An empty hash (never printed) takes as long and says no."""
    try:
        _hasher.verify(pin_hash or _nobodys_hash(), _peppered(pin))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(pin_hash)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    """A hash that no PIN fits, so that an unknown card takes as long as a known one."""
    return _hasher.hash(secrets.token_bytes(32))
