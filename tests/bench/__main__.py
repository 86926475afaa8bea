"""`make bench`: every kind of page at 200 people and at 20 times as many, beside an empty view in the same run.

Figures are ratios against the empty view and CPU milliseconds of the server process; requests a second depend on the
machine.  A row with an unexpected status ends the run.  Bounded: a fixed number of requests, to the loopback only.

`make bench SETUP=services`, or DATABASE_URL and CACHE_URL in the environment: on PostgreSQL and Redis, with two web
processes, and what a request costs them beside one.

`ROWS=verdict`: only the kinds of page whose names hold the word, and nothing else; `ROWS=visit`: only first visits.
"""

import os
import platform
import shutil
import sys
import tempfile
import time
import timeit
from pathlib import Path

DATA = tempfile.mkdtemp(prefix="yntymak-bench-")
os.environ.update(DATA_DIR=DATA, DJANGO_SETTINGS_MODULE="tests.bench.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import django

import lms  # noqa: F401 - Celery reads the settings, so it is loaded before they are set up

django.setup()

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from curricula.models import LessonPage
from tests.bench import batches, pages, partners, phone, processes, work
from tests.bench.population import MODULE, load_content, populate
from tests.bench.server import PROCESSES, serving

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "200"))
TIMES = int(os.environ.get("BENCH_TIMES", "20"))
ROWS = os.environ.get("ROWS", "")


def main() -> None:
    """Both sizes, one after the other, in one database that grows."""
    sys.stdout.reconfigure(line_buffering=True)
    print(_machine())
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    load_content()
    for people in dict.fromkeys((PEOPLE, PEOPLE * TIMES)):
        print(f"\n══ {people} participants\n")
        population = populate(people)
        _settle()
        with serving() as server:
            pages.report(server, population, ROWS)
            if ROWS in "first visit":
                phone.report_first_visits(server, first_visits())
            if ROWS:
                continue
            work.report_attempts(server, population)
            work.report_attendance(server, population)
            work.report_sign_ins(server, population)
            processes.report(server)
            phone.report_verdicts(server, population.certificates)
            partners.report_list(server, population.certificates[0])
        work.report_certificates(population)
    if not ROWS:
        batches.report()
    if PROCESSES > 1 and not ROWS:
        processes.compare(population)
    print(_machine())


def _settle() -> None:
    """As a site is that has lived a while: PostgreSQL knows its tables, as autovacuum tells it (not every server has it
    on), and nothing is kept of a server that stood at another address.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    cache.clear()


def first_visits() -> list[str]:
    """Where a phone may come in: the home page, and a lesson that somebody sent."""
    return ["/ky/", LessonPage.objects.get(code=f"{MODULE}.1", locale__language_code="ky").url]


def _machine() -> str:
    """A yardstick, before and after: how long this Python on this machine takes for a bare loop, in CPU ms.

    Builds of Python differ by a third, a rented machine from hour to hour by more.
    """
    took = min(timeit.repeat("sum(i * i for i in range(100_000))", timer=time.process_time, repeat=20, number=1))
    return f"Python {platform.python_version()}: 100,000 squares in {took * 1000:.1f} ms"


try:
    main()
finally:
    shutil.rmtree(DATA, ignore_errors=True)
