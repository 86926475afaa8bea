"""Backups as files: what is packed comes back, what was touched is refused, the newest are kept."""

import io
import json
import os
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from pyrage import x25519

from lms.common.backups.archives import (
    Archive,
    ArchiveDamaged,
    NoKey,
    Part,
    WrongKey,
    is_public_key,
    make_key_pair,
    open_archive,
    write_archive,
)
from lms.common.backups.files import backup_name, backups_in, drop_old, last_backup, made_at

PUBLIC, PRIVATE = make_key_pair()
# Well written: the points of the curve with which every secret is zero, of 0, of 1 and of the order 8.
NO_SECRET = [
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
    "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
]
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def key(tmp_path) -> Path:
    path = tmp_path / "key"
    path.write_text(f"# created by hand\n# public key: {PUBLIC}\n{PRIVATE}\n")
    return path


@pytest.fixture
def parts(tmp_path) -> list[Part]:
    """An empty file, one that is not a multiple of a block, one of several chunks, one with a Kyrgyz name."""
    contents = {"empty": b"", "short": b"a" * 700, "media/private/үй/ң.pdf": os.urandom(3_000_000)}
    for number, content in enumerate(contents.values()):
        (tmp_path / f"part-{number}").write_bytes(content)
    return [Part(name, tmp_path / f"part-{number}") for number, name in enumerate(contents)]


def packed(parts: list[Part], recipients: list[str] | None = None) -> bytes:
    target = io.BytesIO()
    write_archive(target, parts, {"format": 1}, recipients or [PUBLIC])
    return target.getvalue()


def opened(path: Path, content: bytes, key: Path, look) -> None:
    path.write_bytes(content)
    with open_archive(path, key, path.parent) as archive:
        look(archive)


def refuse(_archive: Archive) -> None:
    pytest.fail("the archive was given out")


def test_every_part_comes_back_and_the_manifest_tells_their_digests(tmp_path, parts, key):
    def look(archive: Archive) -> None:
        assert archive.names == [part.name for part in parts]
        for number, part in enumerate(parts):
            archive.extract(part.name, tmp_path / f"out-{number}")
            assert (tmp_path / f"out-{number}").read_bytes() == part.path.read_bytes()
        assert archive.manifest["format"] == 1
        assert archive.manifest["parts"]["short"]["bytes"] == 700

    opened(tmp_path / "a.backup", packed(parts), key, look)


def test_nothing_plain_is_left_behind_or_readable_in_the_file(tmp_path, parts, key):
    content = packed(parts)
    assert b"manifest" not in content
    assert b"a" * 50 not in content
    before = set(tmp_path.iterdir())
    opened(tmp_path / "a.backup", content, key, lambda _archive: None)
    assert set(tmp_path.iterdir()) - before == {tmp_path / "a.backup"}


def test_any_of_several_recipients_opens_it(tmp_path, parts, key):
    other = x25519.Identity.generate()
    opened(tmp_path / "a.backup", packed(parts, [str(other.to_public()), PUBLIC]), key, lambda archive: archive.names)


@pytest.mark.parametrize("public", NO_SECRET)
def test_a_key_with_which_nobody_shares_a_secret_is_none_and_stops_no_worker(parts, public):
    assert (is_public_key(public), is_public_key(PUBLIC), is_public_key(PRIVATE)) == (False, True, False)
    with pytest.raises(OSError, match="cannot encrypt"):
        packed(parts, [PUBLIC, public])


def test_another_key_does_not_open_it(tmp_path, parts):
    other = tmp_path / "other"
    other.write_text(make_key_pair()[1])
    with pytest.raises(WrongKey):
        opened(tmp_path / "a.backup", packed(parts), other, refuse)


@pytest.mark.parametrize(
    "content",
    [
        "",
        # A name of its own: the key differs between the processes that share these tests.
        pytest.param(f"{PUBLIC}\n", id="public"),
        "AGE-SECRET-KEY-1NONSENSE\n",
        "ключ",
    ],
)
def test_file_without_a_private_key_is_refused(tmp_path, parts, content):
    key = tmp_path / "key"
    key.write_text(content)
    with pytest.raises(NoKey):
        opened(tmp_path / "a.backup", packed(parts), key, refuse)


@pytest.mark.parametrize("place", [250, 100_000, 1_500_000, -1])
def test_one_changed_byte_is_found(tmp_path, parts, key, place):
    content = bytearray(packed(parts))
    content[place] ^= 1
    with pytest.raises(ArchiveDamaged):
        opened(tmp_path / "a.backup", bytes(content), key, refuse)


@pytest.mark.parametrize("length", [0, 10, 5_000, 2_000_000, -1])
def test_backup_that_was_cut_off_is_found(tmp_path, parts, key, length):
    with pytest.raises(ArchiveDamaged):
        opened(tmp_path / "a.backup", packed(parts)[:length], key, refuse)


def sealed_tar(members: dict[str, bytes], **odd: tarfile.TarInfo) -> bytes:
    """Whoever has the public key can make one that we did not."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for member in odd.values():
            tar.addfile(member)
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return pyrage.encrypt(plain.getvalue(), [x25519.Recipient.from_str(PUBLIC)])


def manifest(**parts: dict) -> bytes:
    return json.dumps({"format": 1, "parts": parts}).encode()


def link() -> tarfile.TarInfo:
    member = tarfile.TarInfo("link")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member


@pytest.mark.parametrize(
    "content",
    [
        sealed_tar({}),
        sealed_tar({"a": b"1"}),
        sealed_tar({"a": b"1", "manifest.json": manifest()}),
        sealed_tar({"manifest.json": manifest(a={"bytes": 1, "sha256": "0"})}),
        sealed_tar({"a": b"1", "manifest.json": manifest(a={"bytes": 1, "sha256": "0"})}),
        sealed_tar({"a": b"1", "manifest.json": b"{"}),
        sealed_tar({"../a": b"1", "manifest.json": manifest()}),
        sealed_tar({"/a": b"1", "manifest.json": manifest()}),
        sealed_tar({"manifest.json": manifest()}, link=link()),
        pyrage.encrypt(b"no tar", [x25519.Recipient.from_str(PUBLIC)]),
    ],
)
def test_archive_that_is_not_what_its_manifest_says_is_refused(tmp_path, key, content):
    with pytest.raises(ArchiveDamaged):
        opened(tmp_path / "a.backup", content, key, refuse)


def test_file_that_vanishes_meanwhile_is_left_out_where_it_may(tmp_path, parts, key):
    gone = tmp_path / "gone"
    content = packed([*parts, Part("gone", gone, may_vanish=True)])
    opened(tmp_path / "a.backup", content, key, lambda archive: archive.names.index("short"))
    with pytest.raises(FileNotFoundError):
        packed([*parts, Part("gone", gone)])


def test_full_disk_is_told_as_such(parts):
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        write_archive(full, parts, {"format": 1}, [PUBLIC])


# ── The folder ───────────────────────────────────────────────────────────────────────────────────────────────────
def fill(folder: Path, days: int) -> list[Path]:
    """One a day, the newest first."""
    paths = [folder / backup_name(AT - timedelta(days=day)) for day in range(days)]
    for path in paths:
        path.write_bytes(b"")
    return paths


def test_name_tells_the_moment_and_the_newest_comes_first(tmp_path):
    paths = fill(tmp_path, 3)
    assert paths[0].name == "yntymak-20261124T030000Z.backup"
    assert made_at(paths[0]) == AT
    assert backups_in(tmp_path) == paths
    assert last_backup(tmp_path) == AT


@pytest.mark.parametrize("name", ["yntymak-20261124T030000Z.backup.unfinished", "yntymak-20269999T030000Z.backup", "x"])
def test_other_files_are_no_backups(tmp_path, name):
    (tmp_path / name).touch()
    assert backups_in(tmp_path) == []
    assert last_backup(tmp_path) is None


def test_folder_that_is_not_there_holds_none(tmp_path):
    assert last_backup(tmp_path / "gone") is None


def test_oldest_go_and_so_does_what_was_cut_off_yesterday(tmp_path):
    paths = fill(tmp_path, 5)
    other, old, fresh = (tmp_path / name for name in ("notes.txt", "a.backup.unfinished", "b.backup.unfinished"))
    for path in (other, old, fresh):
        path.touch()
    os.utime(old, times=(AT.timestamp(), (AT - timedelta(days=2)).timestamp()))
    os.utime(fresh, times=(AT.timestamp(), AT.timestamp()))
    assert drop_old(tmp_path, 2, AT) == [*paths[2:], old]
    assert set(tmp_path.iterdir()) == {*paths[:2], other, fresh}
