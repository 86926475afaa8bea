"""Secrets for an installation on one machine, made once and readable by its owner only."""

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet


def local_keys(path: Path) -> dict[str, str]:
    """The keys kept in `path`; made there at the first call, whole, by whichever process is first."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
        draft.touch(0o600)
        draft.write_text(json.dumps(_new_keys()))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return json.loads(path.read_text())


def _new_keys() -> dict[str, str]:
    return {
        "secret_key": secrets.token_urlsafe(50),
        "field_key": Fernet.generate_key().decode(),
        "pepper": secrets.token_urlsafe(32),
    }
