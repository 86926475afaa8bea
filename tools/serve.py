"""Serve an installation on one machine: the web server and a Celery worker with its schedule, side by side.

Started by `make run` when everything is loaded, and by `make serve` with the argument `serve`.  Prints the addresses
and the demonstration sign-ins once the site answers, and they stay in sight: a line for each request goes to a file,
and only what needs mending comes here as well.  Stops both on Ctrl-C or SIGTERM, and fails when either of them ends by
itself.  With the argument `check` as well it only says whether it could: the port is free, and several web processes
share a cache.
"""

import errno
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import BinaryIO
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = os.environ.get("PORT") or "8000"
WEB_WORKERS = os.environ.get("WEB_WORKERS") or "1"
# `make run TLS=1`: with the certificate that tools/tls.py made.
TLS = os.environ.get("TLS", "") not in {"", "0"}
SCHEME = "https" if TLS else "http"
ADDRESS = (os.environ.get("PUBLIC_BASE_URL") or f"{SCHEME}://{HOST}:{PORT}").rstrip("/")
DATA_DIR = Path(os.environ.get("DATA_DIR") or ROOT / "var")
CERTIFICATE, CERTIFICATE_KEY, AUTHORITY = (DATA_DIR / "tls" / name for name in ("site.crt", "site.key", "ca.crt"))
SIGN_INS = DATA_DIR / "demo-sign-ins.txt"
# The log of this run; that of the run before lies beside it.
LOG, LOG_BEFORE = DATA_DIR / "yntymak.log", DATA_DIR / "yntymak.log.1"
# Where lms.settings.base puts mails instead of sending them.
MAIL = DATA_DIR / "mail"
# How a line begins or goes on that is of no concern to who started the site (lms.common.logs).
CALM = b'"level": "INFO"'

DEFAULTS = {
    "DJANGO_SETTINGS_MODULE": "lms.settings.dev",
    # In a container or on a machine of one's own everything is root's; Celery's warning helps nobody there.
    "PYTHONWARNINGS": "ignore:You're running the worker",
}
LAST_PORT = 65535
# Only compared with HOST here, never bound.
EVERYWHERE = "0.0.0.0"  # noqa: S104
START_SECONDS = 90
STOP_SECONDS = 20

COMMANDS = {
    "web": [
        BIN / "granian", "lms.wsgi:application", "--interface", "wsgi", "--host", HOST, "--port", PORT,
        "--workers", WEB_WORKERS, "--blocking-threads", "1", "--no-ws",
        "--workers-kill-timeout", "10", "--log-level", "warning",
        *(["--ssl-certificate", CERTIFICATE, "--ssl-keyfile", CERTIFICATE_KEY] if TLS else []),
    ],
    "worker": [
        BIN / "celery", "--quiet", "--app", "lms.celery", "worker", "--beat", "--concurrency",
        os.environ.get("TASK_WORKERS") or "1", "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
    ],
}  # fmt: skip


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C or SIGTERM."""


def main(arguments: list[str]) -> int:
    """Run both until one ends or somebody stops them; the exit code for the shell."""
    command = "serve" if "serve" in arguments else "run"
    if error := _cannot_bind(PORT):
        print(_port_refused(error, command), file=sys.stderr)
        return 1
    if WEB_WORKERS != "1" and not os.environ.get("CACHE_URL"):
        # Each process would count tries and keep sessions by itself: signing out in one would leave the others open.
        print("── WEB_WORKERS needs a cache that they share: set CACHE_URL=redis://…", file=sys.stderr)
        return 1
    return 0 if "check" in arguments else _serve()


def _cannot_bind(port: str) -> Exception | None:
    """Why the web server could not listen there; None where it could."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in HOST else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, int(port)))
    except (OSError, OverflowError, ValueError) as error:
        return error
    return None


def _port_refused(error: Exception, command: str) -> str:
    """Which port, why, and the command that would do."""
    if isinstance(error, ValueError | OverflowError):
        why = f"“{PORT}” is no port: a number from 1 to 65535"
    elif isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        why = f"Port {PORT} of {HOST} is taken"
    else:
        # A low port without the right to it, or an address that this machine does not have.
        return f"── Port {PORT} of {HOST} cannot be used: {error.strerror}.  Set PORT= or HOST=."
    said = f"── {why}.  Choose another:  {_command(command)}"
    behind = "\n   or in /etc/yntymak/env, PORT=.  What stands in front of it must know it as well (Caddy: WEB_PORT=)."
    return f"{said}{behind}" if command == "serve" else said


def _command(command: str) -> str:
    """As it was given, with the next port that is free."""
    asked = int(PORT) if PORT.isdecimal() and 0 < int(PORT) < LAST_PORT else 8000
    free = next((port for port in range(asked + 1, LAST_PORT + 1) if not _cannot_bind(str(port))), asked)
    usual = EVERYWHERE if TLS else "127.0.0.1"
    given = {"TLS=1": TLS, f"HOST={HOST}": usual != HOST}
    return " ".join(["make", command, f"PORT={free}", *(word for word, is_given in given.items() if is_given)])


def _serve() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise_stopped)
    processes: dict[str, subprocess.Popen[bytes]] = {}
    # What it and its children write is for nobody else on this machine.
    os.umask(0o077)
    print("── Web server and worker", flush=True)
    log = _new_log()
    try:
        for name, command in COMMANDS.items():
            processes[name] = _start(command, log)
        if _answers(processes):
            _welcome()
        return _watch(processes)
    except Stopped:
        print("\n── Stopping; the worker takes a few seconds to finish what it has begun", flush=True)
        return 0
    finally:
        _end(processes)


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _new_log() -> BinaryIO:
    if LOG.exists():
        LOG.replace(LOG_BEFORE)
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    # Without a buffer: whoever follows the file sees each line at once.
    return LOG.open("wb", buffering=0)


def _start(command: list[str | Path], log: BinaryIO) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches this process alone and the end is orderly."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=DEFAULTS | os.environ,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    threading.Thread(target=_copy, args=[process.stdout, log], daemon=True).start()
    return process


def _copy(lines: Iterable[bytes], log: BinaryIO) -> None:
    """Each line into the log, and to the terminal unless it is calm."""
    for line in lines:
        log.write(line)
        if CALM not in line:
            sys.stderr.buffer.write(line)
            sys.stderr.flush()


def _answers(processes: dict[str, subprocess.Popen[bytes]]) -> bool:
    """Whether the site answered while both processes lived."""
    host = "127.0.0.1" if HOST in {EVERYWHERE, "::"} else HOST
    trusted = ssl.create_default_context(cafile=AUTHORITY) if TLS else None
    # Under the site's own name: a real installation answers to no other.
    asked = urllib.request.Request(f"{SCHEME}://{host}:{PORT}/healthz", headers={"Host": urlsplit(ADDRESS).netloc})
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and all(process.poll() is None for process in processes.values()):
        try:
            with urllib.request.urlopen(asked, timeout=5, context=trusted):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def _welcome() -> None:
    print(f"\n── Yntymak answers at {ADDRESS}/\n   Ctrl-C stops it.", flush=True)
    if SIGN_INS.exists():
        print(f"\n{_sign_ins()}", flush=True)
        print(f"\n── E-mails, with the links of invitations, become files in {MAIL}", flush=True)
    print(f"\n── A line for each request: tail -f {LOG}\n   Errors come here as well.", flush=True)


def _sign_ins() -> str:
    """The list as the first start wrote it, under the address of this one: host and port may have changed since."""
    return re.sub(r"https?://[^/\s]+", lambda _found: ADDRESS, SIGN_INS.read_text(encoding="utf-8").rstrip())


def _watch(processes: dict[str, subprocess.Popen[bytes]]) -> int:
    """Wait until one of them ends, which is a failure."""
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                print(f"── The {name} process ended by itself (code {process.returncode}).", file=sys.stderr)
                return 1
        time.sleep(0.5)


def _end(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask each to stop, and kill what has not stopped in time or was left behind."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in processes.values():
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, until - time.monotonic()))
        # Whatever is left of its session: a worker that died alone leaves its schedule behind.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
