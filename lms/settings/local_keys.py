"""Secrets for an installation on one machine, made once and readable by its owner only."""

import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


def local_keys(path: Path) -> dict[str, str]:
    """The keys kept in `path`; made there at the first call."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return json.loads(path.read_text())
    keys = {
        "secret_key": secrets.token_urlsafe(50),
        "field_key": Fernet.generate_key().decode(),
        "pepper": secrets.token_urlsafe(32),
    }
    with os.fdopen(descriptor, "w") as file:
        json.dump(keys, file)
    return keys
