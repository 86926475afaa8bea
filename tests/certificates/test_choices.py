"""Two choices that come one after the other, before the worker has done the first."""

import pytest
from celery import current_app
from django.core.cache import cache
from django.urls import reverse

from lms.certificates.models import Certificate
from lms.jobs.models import Job
from lms.jobs.tasks import running
from tests.certificates.test_views import sign_in, work_off
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(client):
    cache.clear()
    client.cookies["lang"] = "en"


@pytest.mark.parametrize("is_first_later", [False, True])
def test_of_two_choices_that_wait_for_the_worker_the_last_one_holds(client, is_first_later):
    certificate = make.make_certificate()
    sign_in(client, certificate.person)
    address = reverse("certificates:name_form", args=[certificate.pk])
    for form in ("full", "none"):
        assert "Your choice is saved" in client.post(address, {"form": form}, follow=True).text
    first, last = Job.objects.order_by("created_at", "pk")
    for job in (last, first) if is_first_later else (first, last):
        current_app.tasks[job.task](str(job.pk))
    certificate.holder.refresh_from_db()
    assert certificate.holder.name_form == "none"


def test_a_choice_that_comes_while_another_one_is_being_signed_is_done_too(client):
    certificate = make.make_certificate()
    sign_in(client, certificate.person)
    address = reverse("certificates:name_form", args=[certificate.pk])
    client.post(address, {"form": "full"})
    with running(Job.objects.get().pk):
        client.post(address, {"form": "none"})
    work_off()
    certificate.holder.refresh_from_db()
    assert certificate.holder.name_form == "none"


def test_nobody_keeps_the_workers_busy_by_choosing(client):
    certificate = make.make_certificate()
    sign_in(client, certificate.person)
    address = reverse("certificates:name_form", args=[certificate.pk])
    said = [client.post(address, {"form": form}).status_code for form in ("none", "masked") * 20]
    assert (said.count(302), said[-1], Job.objects.count()) == (30, 429, 30)


def test_two_choices_of_one_cohort_are_both_issued_and_a_second_tap_is_one_with_the_first(client):
    cohort = make_cohort()
    first, second = make.make_graduate(cohort), make.make_graduate(cohort)
    address = reverse("certificates:cohort", args=[cohort.pk])
    sign_in(client, make.make_coordinator(cohort))
    for graduate in (first, first, second):
        client.post(address, {"enrolments": [graduate.pk]})
    assert Job.objects.count() == 2
    work_off()
    assert {one.person for one in Certificate.objects.all()} == {first.person, second.person}
