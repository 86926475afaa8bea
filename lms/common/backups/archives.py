"""One encrypted file that holds many: a tar inside age, https://age-encryption.org/v1, written and read as streams.

It is encrypted to public keys, so a server that makes backups cannot read them, and whoever steals it neither.  Any age
program opens one: `age --decrypt --identity KEY yntymak-….backup | tar --list`.
The last member, manifest.json, says what this is and holds the size and SHA-256 of every other.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyrage
from pyrage import x25519

from lms.common.errors import ActionError

MANIFEST = "manifest.json"
_PRIVATE = "AGE-SECRET-KEY-"
_CHUNK = 1024 * 1024


class ArchiveDamaged(ActionError):
    code = "archive_damaged"
    message = "This backup is damaged or cut off; nothing was written. Take another one."


class WrongKey(ActionError):
    code = "wrong_key"
    message = "This key does not open the file; nothing was written. Which public key it was made for, its maker knows."


class NoKey(ActionError):
    code = "no_key"
    message = "There is no private key in this file: a line that begins with AGE-SECRET-KEY-."


@dataclass(frozen=True)
class Part:
    """A file that goes into the archive, under `name`; what `may_vanish` meanwhile is left out then."""

    name: str
    path: Path
    may_vanish: bool = False


def write_archive(target: IO[bytes], parts: Iterable[Part], facts: dict[str, Any], recipients: list[str]) -> None:
    """Packs and encrypts; `facts` go into the manifest."""
    source = _Source(_tar(parts, facts))
    keys = [x25519.Recipient.from_str(recipient) for recipient in recipients]
    try:
        with _panic_as_error():
            pyrage.encrypt_io(source, target, keys)
    except pyrage.EncryptError as error:
        # age tells an error of a file in words only.
        raise source.error or OSError(str(error)) from error


class Archive:
    """A backup that was opened: its manifest, compared with all that is in it, and its parts."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        members = tar.getmembers()
        if not members or members[-1].name != MANIFEST:
            raise ArchiveDamaged
        found = {member.name: self._digest(member) for member in members[:-1]}
        self.manifest: dict[str, Any] = json.loads(self._file(members[-1]).read())
        if len(found) != len(members) - 1 or found != self.manifest["parts"]:
            raise ArchiveDamaged

    @property
    def names(self) -> list[str]:
        return list(self.manifest["parts"])

    def open(self, name: str) -> IO[bytes]:
        """A part, to be read."""
        return self._file(self._tar.getmember(name))

    def extract(self, name: str, target: Path) -> None:
        """A part as a file."""
        with self.open(name) as source, target.open("xb") as file:
            shutil.copyfileobj(source, file, _CHUNK)

    def _file(self, member: tarfile.TarInfo) -> IO[bytes]:
        file = self._tar.extractfile(member) if member.isreg() and _is_safe(member.name) else None
        if file is None:
            raise ArchiveDamaged
        return file

    def _digest(self, member: tarfile.TarInfo) -> dict[str, Any]:
        digest = hashlib.sha256()
        with self._file(member) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return {"bytes": member.size, "sha256": digest.hexdigest()}


@contextmanager
def open_archive(path: Path, key_file: Path, folder: Path) -> Iterator[Archive]:
    """Decrypts into a nameless file below `folder` and compares every digest before it gives anything out.

    Raises NoKey, WrongKey, ArchiveDamaged.
    """
    identities = read_identities(key_file)
    with tempfile.TemporaryFile(dir=folder) as plain:
        _decrypt(path, plain, identities)
        plain.seek(0)
        try:
            # Its file is closed by the block around it.
            archive = Archive(tarfile.open(fileobj=plain, mode="r:"))  # noqa: SIM115
        except (tarfile.TarError, json.JSONDecodeError, KeyError) as error:
            raise ArchiveDamaged from error
        yield archive


def read_identities(path: Path) -> list[x25519.Identity]:
    """The private keys in a file as age-keygen writes it.  Raises NoKey."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    try:
        identities = [x25519.Identity.from_str(line) for line in lines if line.startswith(_PRIVATE)]
    except pyrage.IdentityError as error:
        raise NoKey from error
    if not identities:
        raise NoKey
    return identities


def is_public_key(text: str) -> bool:
    """Can a file be encrypted to it?  "age1…", as age-keygen writes it: tried, for some only look like keys."""
    try:
        with _panic_as_error():
            pyrage.encrypt(b"", [x25519.Recipient.from_str(text)])
    except (pyrage.RecipientError, pyrage.EncryptError):
        return False
    return True


def make_key_pair() -> tuple[str, str]:
    """A new public key and its private one, as age writes them."""
    identity = x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


@contextmanager
def _panic_as_error() -> Iterator[None]:
    """age meets a key with which nobody can share a secret, as that of zeros, with a panic: it is no Exception, and its
    class has no name to import, so that it would go through every `except` and take the worker with it."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise pyrage.EncryptError("age cannot encrypt to this key") from error


def _decrypt(path: Path, plain: IO[bytes], identities: list[x25519.Identity]) -> None:
    with path.open("rb") as sealed:
        try:
            pyrage.decrypt_io(sealed, plain, identities)
        except pyrage.DecryptError as error:
            raise (WrongKey if "matching keys" in str(error) else ArchiveDamaged) from error
        except OSError as error:
            # Without a number it comes from age itself: a chunk that was changed, or is not there.
            if error.errno is None:
                raise ArchiveDamaged from error
            raise


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


class _Source:
    """What is read from it comes from an iterator; an error on the way is kept, since age forgets its kind."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, b""
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._rest:
                self._rest = next(self._blocks)
        except StopIteration:
            return b""
        except Exception as error:
            self.error = error
            raise
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def _tar(parts: Iterable[Part], facts: dict[str, Any]) -> Iterator[bytes]:
    written: dict[str, dict[str, Any]] = {}
    for part in parts:
        try:
            file = part.path.open("rb")
        except FileNotFoundError:
            if part.may_vanish:
                continue
            raise
        with file:
            size, digest = os.fstat(file.fileno()).st_size, hashlib.sha256()
            yield _head(part.name, size)
            for chunk in _exactly(file, size):
                digest.update(chunk)
                yield chunk
        yield _padding(size)
        written[part.name] = {"bytes": size, "sha256": digest.hexdigest()}
    manifest = json.dumps({**facts, "parts": written}, ensure_ascii=False, indent=1).encode()
    yield _head(MANIFEST, len(manifest)) + manifest + _padding(len(manifest)) + bytes(2 * tarfile.BLOCKSIZE)


def _head(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.PAX_FORMAT)


def _exactly(file: IO[bytes], size: int) -> Iterator[bytes]:
    """`size` bytes, however long the file has become meanwhile."""
    while size:
        chunk = file.read(min(size, _CHUNK))
        if not chunk:
            raise OSError("a file became shorter while it was read")
        size -= len(chunk)
        yield chunk


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)
