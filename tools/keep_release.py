"""Keep the database of a release, so that a test can upgrade it ever after: `keep_release.py VERSION`.

Run it before a release with the code of the release.  It makes the demonstration in a folder of its own, under the keys
of the tests, so that names in it can be read and belong to nobody; shortens the texts and drops the search index; and
writes tests/upgrades/VERSION.sqlite3.xz, which tests/upgrades/test_upgrades.py finds by itself.  Takes a minute.
"""

import json
import lzma
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lms.settings.test import FIELD_KEYS, PEPPER

STARTER = ROOT / "curricula" / "starter"
# The demonstration's cohorts follow these; the others are left out.
MODULES = ["m1", "m2"]
# Texts of lessons, which make nine tenths of the file; a few letters of each are enough.
LETTERS_KEPT = 12
TAG = re.compile(r"<[^>]+>")


def main(arguments: list[str]) -> int:
    """The exit code for the shell."""
    if len(arguments) != 1 or not re.fullmatch(r"[\w.-]+", arguments[0]):
        print("Usage: keep_release.py VERSION", file=sys.stderr)
        return 2
    target = ROOT / "tests" / "upgrades" / f"{arguments[0]}.sqlite3.xz"
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder))
        content = lzma.compress(_shortened(Path(folder)), preset=9 | lzma.PRESET_EXTREME)
    target.write_bytes(content)
    print(f"   {target.relative_to(ROOT)}: {len(content):,} bytes")
    return 0


def _fill(folder: Path) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "lms.settings.dev",
        "DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "FIELD_KEYS": FIELD_KEYS[0],
        "PEPPER": PEPPER,
    }
    pack = shutil.copytree(STARTER, folder / "pack")
    curriculum = pack / "curriculum.yaml"
    curriculum.write_text(re.sub(r"(?m)^modules: .*", f"modules: {MODULES}", curriculum.read_text()))
    for command in ("migrate", "load_regions", f"load_starter --pack {pack}", "load_demo"):
        print(f"── {command}", flush=True)
        subprocess.run([sys.executable, "manage.py", *command.split()], cwd=ROOT, env=environment, check=True)


def _shortened(folder: Path) -> bytes:
    small = folder / "small.sqlite3"
    with closing(sqlite3.connect(folder / "yntymak.sqlite3")) as database:
        database.create_function("shorten", 1, lambda text: _shorten(text), deterministic=True)
        for table, column in _texts(database):
            database.execute(f'UPDATE "{table}" SET "{column}" = shorten("{column}") WHERE length("{column}") > 150')  # noqa: S608 - names from the schema
        database.execute("DELETE FROM wagtailsearch_indexentry")
        database.execute("INSERT INTO wagtailsearch_indexentry_fts (wagtailsearch_indexentry_fts) VALUES ('rebuild')")
        database.commit()
        database.execute("VACUUM INTO ?", [str(small)])
    return small.read_bytes()


def _texts(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Columns with the texts of lessons and library, and with what Wagtail keeps of them."""
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = [name for name in names if name.startswith("curricula_") or name == "wagtailcore_revision"]
    columns = [(table, column) for table in tables for column in database.execute(f'PRAGMA table_info("{table}")')]
    return [(table, column[1]) for table, column in columns if column[2] == "TEXT"]


def _shorten(value: Any) -> Any:
    """JSON keeps its form, also where it stands in a string; of a text a few letters stay."""
    if isinstance(value, dict):
        return {key: _shorten(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_shorten(part) for part in value]
    # Ids, codes and addresses have no space.
    if not isinstance(value, str) or " " not in value:
        return value
    if value[0] in "[{":
        return json.dumps(_shorten(json.loads(value)), ensure_ascii=False)
    text = TAG.sub("", value)[:LETTERS_KEPT]
    return f"<p>{text}</p>" if value.startswith("<") else text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
