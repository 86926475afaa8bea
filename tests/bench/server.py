"""The product under its production server, and what the operating system says that it used."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
HOST = "127.0.0.1"
PROCESSES = int(os.environ.get("WEB_WORKERS") or "1")


class Server:
    """A running granian; `start_seconds` is the time to its first answer."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, start_seconds: float) -> None:
        self.process, self.port, self.start_seconds = process, port, start_seconds

    def cpu_seconds(self) -> float:
        """User and system time of it and its children."""
        return sum(cpu_seconds(pid) for pid in [self.process.pid, *children(self.process.pid)])

    def memory_mb(self) -> float:
        """Of its largest web process: what is its own, and its share of what it has in common with others."""
        return max(memory_mb(pid) for pid in children(self.process.pid))


@contextmanager
def serving(processes: int = PROCESSES) -> Iterator[Server]:
    """Starts it on a free port of the loopback, waits for /healthz, ends it afterwards."""
    port, began = _free_port(), time.monotonic()
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "lms.wsgi:application",
        "--host", HOST, "--port", str(port), "--workers", str(processes), "--blocking-threads", "1", "--no-ws",
        "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "PUBLIC_BASE_URL": f"http://{HOST}:{port}"})
    try:
        _wait(port)
        yield Server(process, port, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def children(pid: int) -> list[int]:
    """All processes below it."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    direct = [int(child) for child in path.read_text().split()]
    return direct + [grandchild for child in direct for grandchild in children(child)]


def cpu_seconds(pid: int) -> float:
    """User and system time of one process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    """What is its own, and its share of what it has in common with others."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:")[1].split()[0]) / 1024
