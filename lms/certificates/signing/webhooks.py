"""How a message to another's program is signed: Standard Webhooks 1.0, the symmetric scheme (`v1`).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence

PREFIX = "whsec_"
# The specification asks for 24 to 64.
SECRET_BYTES = 32


def new_webhook_secret() -> str:
    """`whsec_` and random bytes as base64: as the libraries of the specification take it."""
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign_message(message_id: str, at: int, body: bytes, keys: Sequence[str]) -> str:
    """The header `webhook-signature`: one signature with each secret, the newest first.  `at`: seconds since 1970.

    What is signed is the id, the time of this try and the body as it is sent, with dots between them.
    """
    signed = f"{message_id}.{at}.".encode() + body
    return " ".join(f"v1,{_signature(key, signed)}" for key in keys)


def _signature(key: str, signed: bytes) -> str:
    raw = b64decode(key.removeprefix(PREFIX), validate=True)
    return b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
