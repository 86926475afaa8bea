"""Per kind of page: requests a second against the empty view, CPU, percentiles, queries, bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from curricula.models import LessonPage
from tests.bench.load import Figures, Request, measure
from tests.bench.population import MODULE, Population, session_cookie
from tests.bench.server import Server

COUNT = 240
# Of what takes less than a millisecond: the clock of the CPU ticks in hundredths of a second.
MANY = 2_400


@dataclass
class Kind:
    """A kind of page, with the goals of the issue: CPU ms, queries, bytes, and share of the empty view's rate."""

    name: str
    requests: list[Request]
    cpu_goal: float | None = None
    query_goal: int | None = None
    size_goal: int | None = None
    rate_goal: float | None = None


def report(server: Server, population: Population, rows: str = "") -> None:
    """Prints the table, the empty view first; only the kinds whose names hold `rows`."""
    with translation.override("ky"):
        found = [kind for kind in kinds(population) if rows in kind.name]
    if not found:
        return
    print(f"{'page':<28}{'req/s':>8}{'of empty':>10}{'CPU ms':>8}{'p50':>8}{'p95':>8}{'queries':>9}{'bytes':>8}  goals")
    empty = measure(server, [Request("/bench/empty")] * MANY)
    _print(Kind("empty view", []), empty, empty, 0)
    for kind in found:
        figures = measure(server, kind.requests)
        _print(kind, figures, empty, _queries(kind.requests[0]))


def kinds(population: Population) -> list[Kind]:
    """Every kind of page with enough requests for a figure; in the language that is active."""
    lesson = LessonPage.objects.get(code=f"{MODULE}.1", locale__language_code="ky")
    participant, trainer, coordinator = [
        session_cookie(person) for person in (population.participants[0], population.trainer, population.coordinator)
    ]
    cohort, large = population.cohort, population.large
    session = cohort.sessions.order_by("starts_at").first()
    large_session = large.sessions.order_by("starts_at").first()
    page: Callable[..., list[Request]] = lambda path, cookie="": [Request(path, cookie)] * COUNT  # noqa: E731
    goals = {"cpu_goal": 10, "query_goal": 12, "size_goal": 40_000}
    verdict_goals = {"cpu_goal": 2, "query_goal": 2, "size_goal": 12_000, "rate_goal": 0.6}
    verdicts = [Request(f"/v/{certificate.public_id}") for certificate in population.certificates]
    return [
        Kind("home", page("/ky/"), size_goal=40_000),
        Kind("verdict", (verdicts * MANY)[:MANY], **verdict_goals),
        Kind("verdict, unknown id", [Request("/v/AAAAAAAAAAAAAAAAAAAAAA", status=404)] * MANY, **verdict_goals),
        Kind("lesson, public", page(lesson.url), **goals),
        Kind("lesson, pinned", page(reverse("learn:lesson", args=[cohort.pk, lesson.code]), participant), **goals),
        Kind("sign-in by card", page("/card/")),
        Kind("desk of a participant", page(reverse("dashboard:desk"), participant), **goals),
        Kind("desk of a trainer", page(reverse("dashboard:desk"), trainer), **goals),
        Kind("desk of a coordinator", page(reverse("dashboard:desk"), coordinator), **goals),
        Kind("hub of a participant", page(cohort.get_absolute_url(), participant), **goals),
        Kind("hub of a trainer, 30", page(cohort.get_absolute_url(), trainer), **goals),
        Kind("hub of a trainer, 200", page(large.get_absolute_url(), trainer), **goals),
        Kind("roster, 30", page(reverse("attendance:roster", args=[session.pk]), trainer), **goals),
        Kind("roster, 200", page(reverse("attendance:roster", args=[large_session.pk]), trainer), **goals),
        Kind("test", page(reverse("tests:paper", args=[population.pre.pk]), participant), **goals),
    ]


def _queries(request: Request) -> int:
    """How many queries the page takes, counted in this process by the same code."""
    client = Client(headers={"accept-language": "ky"})
    if request.cookie:
        client.cookies.load(request.cookie)
    client.get(request.path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(request.path)
    return len(captured)


def _print(kind: Kind, figures: Figures, empty: Figures, queries: int) -> None:
    share = figures.rate / empty.rate
    goals = [
        _goal("CPU", figures.cpu_ms, kind.cpu_goal),
        _goal("queries", queries, kind.query_goal),
        _goal("bytes", figures.size, kind.size_goal),
        _goal("share", -share, -kind.rate_goal if kind.rate_goal else None),
    ]
    print(
        f"{kind.name:<28}{figures.rate:>8.0f}{share:>10.2f}{figures.cpu_ms:>8.2f}{figures.p50_ms:>8.1f}"
        f"{figures.p95_ms:>8.1f}{queries:>9}{figures.size:>8}  {' '.join(filter(None, goals))}",
        flush=True,
    )


def _goal(name: str, value: float, goal: float | None) -> str:
    if goal is None:
        return ""
    return f"{name} {'ok' if value <= goal else f'OVER {abs(goal):g}'}"
