"""Make the secrets of an installation, once: `python3 tools/make_secrets.py FOLDER`.  Needs nothing but Python.

One file a secret; the settings read each by its name with _FILE (SECRET_KEY_FILE=FOLDER/secret_key).  What is there
already stays as it is.  Others are kept out by the folder, which only its owner opens; the files themselves may be
read, because the containers that get them run as somebody else.
"""

import base64
import os
import secrets
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Writes what is missing and says what it wrote; the exit code for the shell."""
    if set(arguments) & {"-h", "--help"}:
        print(__doc__)
        return 0
    # A folder that begins with a hyphen is a mistyped option: ./-folder is one.
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("Usage: python3 tools/make_secrets.py FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "certificates").mkdir(exist_ok=True)
    password = _keep(folder / "postgres_password", secrets.token_hex(24))
    for name, value in {
        "secret_key": secrets.token_urlsafe(50),
        "field_keys": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "pepper": secrets.token_urlsafe(32),
        "operator_token": secrets.token_urlsafe(32),
        # The password once more, inside the address; `postgres` is the name of the service in docker-compose.yml.
        "database_url": f"postgres://yntymak:{password}@postgres/yntymak",
    }.items():
        _keep(folder / name, value)
    print("Keep a copy of this folder apart from the database's backups: without field_keys no name can be read.")
    return 0


def _keep(path: Path, value: str) -> str:
    """What stands in the file; `value` where there was none."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o444)
    except FileExistsError:
        print(f"   {path}: stays")
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
    path.chmod(0o444)
    print(f"   {path}: made")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
