"""Health for the operator, progress for whoever asked."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from lms.jobs.actions import advance_job, claim_job, enqueue_job, finish_job, return_job
from lms.jobs.models import Job
from lms.people.models import RoleKind, User
from tests.factories.people import make_organisation, make_person, make_role, make_staff

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_healthz_answers_without_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok"


def test_readyz_names_what_is_wrong_when_a_job_lies_for_long(client):
    well = {"ok": True, "database": True, "broker": True, "disk": True, "jobs": True}
    assert client.get("/readyz").json() == well
    enqueue_job(task="tests.nothing", payload={}, by=None, at=AT)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {**well, "ok": False, "jobs": False}


TOKEN = "of-those-who-watch-this-installation"


@pytest.mark.parametrize(
    ("kept", "sent", "figures"),
    [
        (TOKEN, {"Authorization": f"Bearer {TOKEN}"}, {"disk_free_bytes", "oldest_job_seconds", "last_backup_seconds"}),
        (TOKEN, {}, set()),
        (TOKEN, {"Authorization": f"Bearer {TOKEN[:-1]}"}, set()),
        (TOKEN, {"Authorization": "Bearer \u00e9"}, set()),
        (TOKEN, {"X-Forwarded-For": "127.0.0.1"}, set()),
        ("", {"Authorization": "Bearer "}, set()),
        ("", {"Authorization": "Bearer"}, set()),
    ],
)
def test_readyz_tells_figures_to_the_operator_only(client, settings, kept, sent, figures):
    """How full the disk is tells an attacker how much to send; the monitoring needs it."""
    settings.OPERATOR_TOKEN = kept
    answer = client.get("/readyz", headers=sent)
    assert answer.status_code == 200
    assert set(answer.json()) - {"ok", "database", "broker", "disk", "jobs"} == figures


@pytest.fixture
def asked(client):
    """A job of three steps and the address of its page, open for whoever asked for it."""
    owner = make_person()
    job = enqueue_job(task="tests.nothing", payload={"back": "/en/desk/"}, by=owner, at=AT, total=3)
    client.force_login(owner)
    return job, reverse("jobs:progress", args=[job.pk])


def test_progress_is_for_whoever_asked_only(client, asked):
    _job, address = asked
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405
    client.force_login(make_person())
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


def test_progress_does_not_exist_for_another_organisation(client, asked):
    """Nor for her own coordinator and administrator: a job is between her and the machine."""
    job, address = asked
    job.payload = {"back": "/canary-of-the-payload/"}
    job.save()
    ours, other = make_organisation(), make_organisation()
    make_role(User.objects.get(pk=job.created_by_id), RoleKind.COORDINATOR, ours)
    for organisation in (ours, other):
        for kind in (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR, RoleKind.MONITOR):
            person = make_staff()
            make_role(person, kind, organisation)
            client.force_login(person)
            for headers in ({}, {"HX-Request": "true"}):
                answer = client.get(address, headers=headers)
                assert (answer.status_code, b"canary" in answer.content) == (404, False)


def test_progress_of_a_waiting_job_renews_itself_with_and_without_script(client, asked):
    _job, address = asked
    page = client.get(address).content.decode()
    assert f'data-poll="{address}"' in page
    assert "js/poll.js" in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_progress_of_a_running_job_says_how_far_it_is(client, asked):
    job, address = asked
    advance_job(job=claim_job(job_id=job.pk, at=AT), done=2, at=AT)
    page = client.get(address).content.decode()
    assert '<progress max="3" value="2"' in page


def test_progress_bar_alone_is_what_the_script_asks_for(client, asked):
    _job, address = asked
    bar = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in bar
    assert f'data-poll="{address}"' in bar
    assert "the work goes on" in bar


def test_nothing_says_that_a_finished_job_goes_on(client, asked):
    """The script changes the bar alone, so what is true only while the job runs stands inside it."""
    job, address = asked
    outside = client.get(address).content.decode().replace(bar_of(client, address), "")
    finish_job(job=claim_job(job_id=job.pk, at=AT), at=AT)
    assert "the work goes on" not in outside + bar_of(client, address)


def bar_of(client, address):
    return client.get(address, headers={"HX-Request": "true"}).content.decode().strip()


def test_progress_of_a_done_job_leads_on_and_stops_renewing(client, asked):
    job, address = asked
    finish_job(job=claim_job(job_id=job.pk, at=AT), at=AT)
    page = client.get(address).content.decode()
    assert '<a class="button" href="/en/desk/"' in page
    assert 'value="3"' in page
    assert not {"data-poll", "poll.js", "refresh"} & set(re.findall(r"data-poll|poll\.js|refresh", page))


def test_progress_of_a_failed_job_says_so_and_leads_back(client, asked):
    job, address = asked
    for _try in range(job.max_tries):
        return_job(job=claim_job(job_id=job.pk, at=AT), error_code="Boom", at=AT)
    page = client.get(address).content.decode()
    assert 'href="/en/desk/"' in page
    assert "data-poll" not in page
    assert "Boom" not in page


def test_progress_says_which_work_it_is(client, asked):
    job, page = asked
    client.cookies["lang"] = "en"
    said = []
    for task in ("certificates.issue_batch", "privacy.erase", "tests.nothing"):
        Job.objects.filter(pk=job.pk).update(task=task)
        html = client.get(page).text
        said.append(("Issuing certificates" in html, "Erasing what is kept about a person" in html))
    assert said == [(True, False), (False, True), (False, False)]
