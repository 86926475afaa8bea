"""Several workers at the same moment: one notice leaves once."""

import json

import pytest
from django.conf import settings

from lms.notices import actions
from lms.notices.models import Notice
from tests.factories.notices import choose, make_notice
from tests.factories.people import AT, make_person
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 5


class Counting:
    """A service that knows no ids: each call is a message."""

    repeats_harmless = False

    def __init__(self, channel: str) -> None:
        self.file = settings.DATA_DIR / "counted.jsonl"

    def send(self, **message) -> None:
        with self.file.open("a") as file:
            file.write(json.dumps(str(message["notice_id"])) + "\n")


def test_many_workers_send_it_once(tmp_path, settings):
    person = make_person()
    choose(person, "phone", address="+996555123456")
    settings.NOTICE_GATEWAYS = {"phone": f"{__name__}.Counting"}
    settings.DATA_DIR = tmp_path
    notice = make_notice(person)
    with real_database(tmp_path):
        states = at_once(*[lambda: actions.send_notice(notice=notice, at=AT)] * WORKERS)
        [kept] = at_once(lambda: Notice.objects.get().state)
    assert set(states) <= {"sending", "sent"}
    assert (kept, (tmp_path / "counted.jsonl").read_text().count("\n")) == ("sent", 1)


def test_many_sweeps_make_one_job(tmp_path):
    make_notice(make_person())
    with real_database(tmp_path):
        jobs = at_once(*[lambda: actions.queue_due_notices(at=AT)] * WORKERS)
    assert len({job for found in jobs for job in found}) == 1
