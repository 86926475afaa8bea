"""The folder of backups: yntymak-<UTC time>.backup, the newest of which are kept."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

_NAME = re.compile(r"yntymak-(\d{8}T\d{6}Z)\.backup")
_TIME = "%Y%m%dT%H%M%SZ"
# What a backup is called until it is whole.
UNFINISHED = ".unfinished"
# Whatever is still unfinished after that was cut off.
GIVEN_UP = timedelta(days=1)


def backup_name(at: datetime) -> str:
    """The name of a backup made at `at`; names sort as times do."""
    return f"yntymak-{at.astimezone(UTC).strftime(_TIME)}.backup"


def made_at(path: Path) -> datetime | None:
    """The moment in the name; None for another kind of file."""
    if not (found := _NAME.fullmatch(path.name)):
        return None
    try:
        return datetime.strptime(found[1], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def backups_in(folder: Path) -> list[Path]:
    """The newest first.  Raises OSError where the folder cannot be read."""
    return sorted((path for path in folder.iterdir() if made_at(path)), reverse=True)


def last_backup(folder: Path) -> datetime | None:
    """When the newest was made; None where there is none, or no such folder."""
    try:
        newest = backups_in(folder)
    except OSError:
        return None
    return made_at(newest[0]) if newest else None


def drop_old(folder: Path, keep: int, at: datetime) -> list[Path]:
    """Deletes all but the `keep` newest, and what was cut off; returns what went."""
    stale = (at - GIVEN_UP).timestamp()
    cut_off = [path for path in folder.glob(f"*.backup{UNFINISHED}") if path.stat().st_mtime < stale]
    gone = [*backups_in(folder)[keep:], *cut_off]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
