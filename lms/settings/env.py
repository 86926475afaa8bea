"""Typed readers for environment variables: a wrong value stops the start and names the variable.

One rule for all of them: NAME may be given as NAME_FILE instead, the path of a file that holds the value; so a secret
stays out of the environment, where `docker inspect` and a child process would find it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from lms.common.backups.archives import is_public_key

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def _given(name: str) -> str:
    """The value of NAME, or what stands in the file that NAME_FILE names; "" where neither is set."""
    value, path = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if not path:
        return value
    if value:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; only one of them may be.")
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read ({type(error).__name__}).") from error
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE: {path} is empty.")
    return value


def text(name: str, default: str | None = None) -> str:
    """The variable as it is; without a default it must be set and not empty."""
    value = _given(name)
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"The environment variable {name} is not set.")
    return default


def boolean(name: str, default: bool) -> bool:
    """1, true, yes, on or 0, false, no, off; anything else is refused."""
    value = _given(name).strip().lower()
    if not value:
        return default
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of 1, 0, true, false, yes, no, on, off; it is {value!r}.")


def integer(name: str, default: int, *, minimum: int | None = None) -> int:
    """A whole number, not under `minimum`."""
    value = _given(name).strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number; it is {value!r}.") from error
    if minimum is not None and number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}; it is {number}.")
    return number


def words(name: str, default: list[str]) -> list[str]:
    """A list separated by commas."""
    found = [word.strip() for word in _given(name).split(",") if word.strip()]
    return found or default


def ports(name: str, default: list[int]) -> list[int]:
    """Numbers of ports, separated by commas."""
    found = words(name, [])
    if not all(word.isascii() and word.isdecimal() and 0 < int(word) < 65_536 for word in found):
        raise ImproperlyConfigured(f"{name} must be numbers from 1 to 65535, separated by commas; it is {found!r}.")
    return [int(word) for word in found] or default


def field_keys(name: str) -> list[str]:
    """At least one key that `cryptography.fernet.Fernet` accepts, separated by commas, the newest first.

    The value of a bad key is not repeated: it may be a good one with a letter missing.
    """
    keys = words(name, [])
    if not keys:
        raise ImproperlyConfigured(f"The environment variable {name} is not set.")
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: key {place} is not 32 bytes in base64url.") from error
    return keys


def age_recipients(name: str) -> list[str]:
    """Public keys of age (age1…), separated by commas; none where it is not set."""
    keys = words(name, [])
    for place, key in enumerate(keys, start=1):
        if not is_public_key(key):
            raise ImproperlyConfigured(f"{name}: key {place} is no public key of age (age1…).")
    return keys


def secret(name: str, *, length: int) -> str:
    """A secret that must be set and have at least `length` characters; it is never repeated in a message."""
    value = text(name)
    if len(value) < length:
        raise ImproperlyConfigured(f"{name} must have at least {length} characters; it has {len(value)}.")
    return value


def all_of(**readers: Callable[[str], Any]) -> tuple[Any, ...]:
    """Name of a variable → how it is read: their values.  Whoever sets up a server is told of all faults at once."""
    found, faults = [], []
    for name, read in readers.items():
        try:
            found.append(read(name))
        except ImproperlyConfigured as fault:
            faults.append(str(fault))
    if faults:
        raise ImproperlyConfigured("\n".join(faults))
    return tuple(found)


def https_origin(name: str) -> str:
    """The address under which people open the site: https://, a host, nothing behind it."""
    value = text(name).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or value != f"https://{parts.netloc}":
        raise ImproperlyConfigured(f"{name} must be https:// and a host name, nothing more; it is {value!r}.")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder; it is made where it does not exist yet."""
    path = Path(os.environ.get(name) or default).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def database(url: str, sqlite_file: Path) -> dict:
    """Django's DATABASES entry for a postgres:// address, or SQLite in `sqlite_file` where `url` is empty.

    SQLite runs with WAL and IMMEDIATE transactions: with its default of DEFERRED two writers at once end in
    "database is locked", since a read lock cannot be upgraded while another waits.
    What is deleted is overwritten: the file of an erased person's database, and each copy of it, forget her too.
    """
    if not url:
        return {
            "ENGINE": "lms.common.sqlite",
            "NAME": sqlite_file,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                    "PRAGMA secure_delete=ON;"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or postgresql://.")
    if not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL names no database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(_port(parts, "DATABASE_URL") or ""),
        # The second time that a connection is asked the same with other values, it plans it for good; of Django's own
        # statements none is: they hold their values (lms.common.prepared).
        "OPTIONS": {"prepare_threshold": 1, **dict(parse_qsl(parts.query))},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _port(parts: SplitResult, name: str) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: the port is not a number.") from error


def cache(url: str) -> dict:
    """Django's CACHES entry for a redis:// address, or the memory of this process where `url` is empty."""
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}
    if urlsplit(url).scheme not in {"redis", "rediss"}:
        raise ImproperlyConfigured("CACHE_URL must start with redis:// or rediss://.")
    # Django takes these for the end of one address; in a password they are written %2C and %3B.
    if set(url) & {",", ";"}:
        raise ImproperlyConfigured("CACHE_URL must name one server.")
    return {"BACKEND": "lms.common.caches.KeptRedisCache", "LOCATION": url}


def storage(url: str, media: Path) -> dict[str, dict]:
    """Django's STORAGES entries `default` (public) and `private`: folders under `media`, or an S3 bucket.

    `url` is s3://KEY:SECRET@host[:port]/bucket?region=…; the key and the secret percent-encoded, "&tls=0" for a server
    that speaks plain HTTP in the same network.
    """
    if not url:
        private = {"location": media / "private", "file_permissions_mode": 0o600}
        return {
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": media / "public"},
            },
            "private": {"BACKEND": "lms.common.storages.PrivateFolder", "OPTIONS": private},
        }
    bucket = _bucket(url)
    return {
        "default": {"BACKEND": "lms.common.buckets.PublicBucket", "OPTIONS": {**bucket, "location": "public"}},
        "private": {"BACKEND": "lms.common.buckets.PrivateBucket", "OPTIONS": {**bucket, "location": "private"}},
    }


def _bucket(url: str) -> dict[str, object]:
    """The options of django-storages.  No message repeats the address: it holds the secret."""
    parts = urlsplit(url)
    bucket, more = parts.path.strip("/"), dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not (parts.hostname and parts.username and parts.password) or not bucket:
        raise ImproperlyConfigured("STORAGE_URL must be s3://KEY:SECRET@host/bucket?region=….")
    if "/" in bucket or more.keys() - {"region", "tls"} or more.get("tls", "1") not in _TRUE | _FALSE:
        raise ImproperlyConfigured("STORAGE_URL names one bucket; behind the ? may stand region=… and tls=0.")
    scheme = "https" if more.get("tls", "1") in _TRUE else "http"
    port = _port(parts, "STORAGE_URL")
    return {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "bucket_name": bucket,
        "endpoint_url": f"{scheme}://{parts.hostname}" + (f":{port}" if port else ""),
        "region_name": more.get("region", "us-east-1"),
    }
