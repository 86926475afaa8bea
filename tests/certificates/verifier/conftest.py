"""The verifier's scripts as production serves them, asked by Node."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from lms.common.storages import HashedStaticFiles

FOLDER = "js/verifier"
PURE = ("address", "bundle", "statement", "verdict", "words")
type Ask = Callable[[list[tuple[str, dict[str, Any]]]], list[Any]]


class Uncompressed(HashedStaticFiles):
    """The same names and imports; to pack the decoder takes half a minute."""

    def compress_files(self, paths: Any) -> list[tuple[str, str]]:
        return []


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """By its name in the sources: the file under the name with which it is served."""
    folder = tmp_path_factory.mktemp("static")
    own = [f"{FOLDER}/{path.name}" for path in (settings.BASE_DIR / "static" / FOLDER).iterdir()]
    names = [*own, *(name for name in settings.VENDOR_FILES if name.endswith((".js", ".wasm")))]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(str(finders.find(name)), folder / name)
    storage = Uncompressed(location=folder)
    done = list(storage.post_process({name: (storage, name) for name in names}))
    assert [error for _name, _new, error in done if isinstance(error, Exception)] == []
    (folder / "package.json").write_text('{"type": "module"}')
    return lambda name: folder / storage.stored_name(name)


@pytest.fixture(scope="session")
def ask(served: Callable[[str], Path]) -> Iterator[Ask]:
    """Some questions at once: what the scripts answer."""
    files = [str(served(f"{FOLDER}/{name}.js")) for name in PURE]
    command = ["node", str(Path(__file__).with_name("ask.mjs")), *files]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:

        def run(calls: list[tuple[str, dict[str, Any]]]) -> list[Any]:
            assert node.stdin
            assert node.stdout
            node.stdin.write(f"{json.dumps(calls)}\n")
            node.stdin.flush()
            return json.loads(node.stdout.readline())

        yield run
        node.communicate()
