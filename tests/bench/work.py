"""Whole pieces of work: a test with a save per answer, a roster of thirty, a certificate."""

import json
import re
import time
from http.client import HTTPMessage
from itertools import count

from django.urls import reverse
from django.utils import translation

from lms.certificates.rendering import draw_certificate
from lms.cohorts.models import Enrolment
from lms.common.codes import new_id
from tests.bench.load import Request, ask, timed
from tests.bench.population import NAME, Population, make_cards, session_cookie
from tests.bench.server import Server

AT_ONCE, ANSWERS = 16, 10
# Each hall has its own address: in Redis the tries of the smaller one are still counted when the larger one comes.
HALLS = count(7)
PLAIN = {"Accept-Encoding": "identity"}


def report_attendance(server: Server, population: Population, sheets: int = 20) -> None:
    """A roster of thirty people opened and saved, with every mark changed."""
    session = population.cohort.sessions.order_by("starts_at").first()
    with translation.override("ky"):
        path = reverse("attendance:roster", args=[session.pk])
    cookie = session_cookie(population.trainer)
    page = ask(server, Request(path, cookie, headers=PLAIN))
    token, csrf = _csrf(page)
    people = list(Enrolment.objects.filter(cohort=population.cohort).values_list("pk", flat=True))

    def sheet(number: int) -> None:
        status = ("late", "present")[number % 2]
        over = ("late", "present")[(number + 1) % 2]
        marks = "&".join(f"mark-{person}={status}&over-{person}={over}" for person in people)
        body = f"csrfmiddlewaretoken={token}&batch={new_id()}&{marks}"
        ask(server, _form(path, f"{cookie}; {csrf}", body))

    _times, seconds, cpu = timed(server, [lambda number=number: sheet(number) for number in range(sheets)], 1)
    print(
        f"attendance of {len(people)}: {cpu * 1000 / sheets:.1f} ms CPU a sheet (goal 40), "
        f"{sheets / seconds:.1f} a second"
    )


def report_attempts(server: Server, population: Population) -> None:
    """Whole attempts of ten answers with a save each, sixteen people at a time."""
    people = population.takers
    with translation.override("ky"):
        address = reverse("tests:paper", args=[population.taken.pk])
    cookies = [session_cookie(person) for person in people]
    works = [lambda cookie=cookie: _attempt(server, address, cookie) for cookie in cookies]
    works[0]()
    times, seconds, cpu = timed(server, works[1:], AT_ONCE)
    print(
        f"attempt of {ANSWERS} answers: {cpu * 1000 / len(times):.1f} ms CPU (goal 60), "
        f"{len(times) / seconds:.1f} a second (goal 15), p95 {sorted(times)[int(len(times) * 0.95)] * 1000:.0f} ms"
    )


def report_sign_ins(server: Server, population: Population) -> None:
    """Two hundred people of one hall, behind one address, sign in with their cards; a refusal ends the run."""
    hall = {"X-Forwarded-For": f"198.51.100.{next(HALLS)}", "Content-Type": "application/x-www-form-urlencoded"}

    def sign_in(code: str, pin: str) -> None:
        token, csrf = _csrf(ask(server, Request("/card/", headers=PLAIN)))
        body = f"csrfmiddlewaretoken={token}&code={code}&pin={pin}"
        ask(server, Request("/card/", csrf, "POST", body, hall, 302))

    works = [lambda card=card: sign_in(*card) for card in make_cards(population)]
    times, seconds, cpu = timed(server, works, AT_ONCE)
    print(
        f"{len(times)} sign-ins by card: {seconds:.1f} s (goal 60), {cpu * 1000 / len(times):.1f} ms CPU, "
        f"p95 {sorted(times)[int(len(times) * 0.95)] * 1000:.0f} ms"
    )


def _attempt(server: Server, address: str, cookie: str) -> None:
    """Start, read the questions, save ten answers one by one, hand in."""
    token, csrf = _csrf(ask(server, Request(address, cookie, headers=PLAIN)))
    cookie = f"{cookie}; {csrf}"
    ask(server, _form(f"{address}start/", cookie, f"csrfmiddlewaretoken={token}"))
    page = ask(server, Request(address, cookie, headers=PLAIN))[2].decode()
    token, tag = _value(page, "csrfmiddlewaretoken"), _value(page, "attempt")
    answers = _ticks(page)
    for item, letter in answers.items():
        body = json.dumps({"attempt": tag, "item": item, "revision": 1, "response": [letter]})
        headers = {"Content-Type": "application/json", "X-CSRFToken": token}
        ask(server, Request(f"{address}save/", cookie, "POST", body, headers))
    given = "&".join(f"a-{item}={letter}&rev-{item}=1" for item, letter in answers.items())
    ask(server, _form(address, cookie, f"csrfmiddlewaretoken={token}&attempt={tag}&{given}&then=hand_in_unfinished"))


def _ticks(page: str) -> dict[str, str]:
    """For ten questions with boxes to tick: the question's key and the letter of its first choice."""
    found: dict[str, str] = {}
    for item, letter in re.findall(r'name="a-([^"]+)" value="([^"]+)"', page):
        found.setdefault(item, letter)
    return dict(list(found.items())[:ANSWERS])


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    if found is None:
        raise LookupError(name)
    return found.group(1)


def report_certificates(population: Population, count: int = 40) -> None:
    """Issued, signed and rendered in one process, as a worker does it; the first is the warm-up."""
    certificates = population.certificates
    draw_certificate(certificates[0], full_name=NAME)
    cpu, start = time.process_time(), time.perf_counter()
    drawn = [draw_certificate(certificates[number % len(certificates)], full_name=NAME) for number in range(count)]
    cpu, seconds = time.process_time() - cpu, time.perf_counter() - start
    print(
        f"certificate: {cpu * 1000 / count:.1f} ms CPU warm (goal 45), {count / seconds:.1f} a second in one process, "
        f"{max(map(len, drawn)) / 1000:.0f} kB"
    )


def _csrf(answer: tuple[int, HTTPMessage, bytes]) -> tuple[str, str]:
    """The form's token and the cookie that goes with it."""
    _status, headers, body = answer
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body.decode())
    cookies = "; ".join(headers.get_all("Set-Cookie", []))
    cookie = re.search(r"csrf[a-z]*=[^;]+", cookies, re.IGNORECASE)
    if token is None or cookie is None:
        raise LookupError("no token on the page")
    return token.group(1), cookie.group(0)


def _form(path: str, cookie: str, body: str, status: int = 302) -> Request:
    return Request(path, cookie, "POST", body, {"Content-Type": "application/x-www-form-urlencoded"}, status)
