"""`alone.py run|serve COMMAND…`: run a command while no other `make run` or `make serve` works in the data folder.

Two would load the demonstration into one another, and two schedules would send every message twice.  The system holds
the lock for as long as the command lives, however it ends, so there is nothing to clean up.
"""

import fcntl
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or ROOT / "var")


def main(making: str, *command: str) -> None:
    """Become the command, or say why not and end; `making` is the target of make that is asked for."""
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(DATA_DIR / "in-use.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(_refused(making))
    os.set_inheritable(lock, True)
    os.execvp(command[0], command)  # noqa: S606


def _refused(making: str) -> str:
    port = int(os.environ.get("PORT") or 8000) + 1
    return (
        f"── Another “make run” or “make serve” works in {DATA_DIR}, and nothing was changed there.\n"
        "   Stop that one with Ctrl-C, or give this one a folder and a port of its own:\n"
        f"   DATA_DIR=/tmp/another make {making} PORT={port}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
