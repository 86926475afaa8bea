"""Requests, bounded in number, to this machine only."""

import http.client
import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPMessage
from statistics import median, quantiles

from tests.bench.server import HOST, Server

CLIENTS = 4
_addresses = itertools.count(1)
_local = threading.local()


@dataclass
class Request:
    """What is asked, by whom, and what must come back."""

    path: str
    cookie: str = ""
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass
class Figures:
    """What a number of requests cost."""

    rate: float
    cpu_ms: float
    p50_ms: float
    p95_ms: float
    size: int


class UnexpectedStatus(Exception):
    """A figure of a wrong answer is no figure."""


def ask(server: Server, request: Request) -> tuple[int, HTTPMessage, bytes]:
    """One request over this thread's kept connection; status, headers, body as it came over the wire."""
    connection = getattr(_local, "connection", None)
    if connection is None or connection.port != server.port:
        connection = _local.connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    connection.request(request.method, request.path, request.body or None, _headers(request))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != request.status:
        raise UnexpectedStatus(f"{request.method} {request.path}: {answer.status}, not {request.status}")
    return answer.status, answer.headers, body


def _headers(request: Request) -> dict[str, str]:
    number = next(_addresses)
    client = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    headers = {"X-Forwarded-For": client, "Accept-Encoding": "gzip", "Accept-Language": "ky"}
    return {**headers, **({"Cookie": request.cookie} if request.cookie else {}), **request.headers}


def measure(server: Server, requests: Sequence[Request], clients: int = CLIENTS) -> Figures:
    """All requests once, `clients` at a time, after a tenth of them as a warm-up."""
    size = 0
    for request in requests[: max(1, len(requests) // 10)]:
        size = len(ask(server, request)[2])
    times, seconds, cpu = timed(server, [lambda request=request: ask(server, request) for request in requests], clients)
    return Figures(
        rate=len(requests) / seconds,
        cpu_ms=cpu * 1000 / len(requests),
        p50_ms=median(times) * 1000,
        p95_ms=quantiles(times, n=20)[-1] * 1000,
        size=size,
    )


def timed(server: Server, works: Sequence[Callable[[], object]], clients: int) -> tuple[list[float], float, float]:
    """Seconds of each piece of work, of all together, and CPU seconds of the server meanwhile."""

    def one(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    cpu, start = server.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = list(pool.map(one, works))
    return times, time.perf_counter() - start, server.cpu_seconds() - cpu
