"""Revoking, suspending and lifting at the desk, and what the list of the cohort shows of it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.timezone import localdate

from lms.certificates.actions import revoke_certificate, suspend_certificate
from lms.jobs.models import Job, JobState
from lms.people.models import Organisation, User
from tests.factories import certificates as make
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["lang"] = "en"


def sign_in(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def change(client, certificate, **data):
    sign_in(client, make.make_coordinator(certificate.cohort))
    address = reverse("certificates:revoke", args=[certificate.pk])
    return client.post(address, {"state": "revoked", "wording": "nothing", "internal_reason": "Wrong person.", **data})


@pytest.mark.parametrize(
    ("data", "wording"),
    [
        ({}, {}),
        (
            {"wording": "own", "own_ky": "К", "own_ru": "Р", "own_en": "E"},
            {"ky": "К", "ru": "Р", "en": "E"},
        ),
    ],
)
def test_coordinator_revokes_with_public_words_or_none(client, data, wording):
    certificate = make.make_certificate()
    assert change(client, certificate, **data).status_code == 302
    certificate.refresh_from_db()
    assert (certificate.state, certificate.changes.get().public_wording) == ("revoked", wording)


def test_ready_wording_is_kept_in_three_languages(client):
    certificate = make.make_certificate()
    change(client, certificate, wording="mistake")
    assert set(certificate.changes.get().public_wording) == {"ky", "ru", "en"}


def test_suspending_and_lifting(client):
    certificate = make.make_certificate()
    change(client, certificate, state="suspended")
    certificate.refresh_from_db()
    page = client.get(reverse("certificates:cohort", args=[certificate.cohort_id])).text
    # The day beside the word is the one on which it was suspended, not the day of issue.
    assert date_format(localdate(certificate.state_since), "d.m.Y") in page.split("Suspended</span>")[1][:120]
    change(client, certificate, state="valid")
    certificate.refresh_from_db()
    assert certificate.state == "valid"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"internal_reason": ""}, "This field is required."),
        ({"wording": "own", "own_ky": "К"}, "Your own words are needed in all three languages."),
        ({"state": "valid"}, "Select a valid choice."),
    ],
)
def test_revoking_by_half_is_told_beside_the_field(client, data, says):
    certificate = make.make_certificate()
    answer = change(client, certificate, **data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    certificate.refresh_from_db()
    assert (certificate.state, certificate.changes.count()) == ("valid", 0)


def test_own_words_say_before_they_are_sent_that_they_are_needed_in_three_languages(client):
    certificate = make.make_certificate()
    sign_in(client, make.make_coordinator(certificate.cohort))
    html = client.get(reverse("certificates:revoke", args=[certificate.pk])).text
    group = html[html.index("Your own words") : html.index("Reason for your colleagues")]
    assert "in all three languages" in group
    assert "(optional)" not in group


def test_a_certificate_that_holds_no_longer_is_no_paper_on_the_list(client):
    certificate = make.make_certificate()
    sign_in(client, make.make_coordinator(certificate.cohort))
    page, paper = (
        reverse(f"certificates:{name}", args=[pk])
        for name, pk in (("cohort", certificate.cohort_id), ("pdf", certificate.pk))
    )
    assert paper in client.get(page).text
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=make_staff(), at=AT)
    html = client.get(page).text
    assert (paper in html, "Revoked" in html) == (False, True)


def test_after_revoking_the_list_speaks_of_one_decision_and_of_no_success(client):
    certificate = make.make_certificate()
    coordinator = make.make_coordinator(certificate.cohort)
    page, ended = reverse("certificates:cohort", args=[certificate.cohort_id]), timezone.now()
    Job.objects.create(
        task="x",
        key=f"issue:{certificate.cohort_id}:{coordinator.pk}",
        state=JobState.DONE,
        ended_at=ended,
        created_by=coordinator,
        result={"issued": 1, "refused": 0},
        created_at=ended,
        run_after=ended,
    )
    sign_in(client, coordinator)
    assert "1 certificate was issued." in client.get(page).text
    said = {"public_wording": {}, "internal_reason": "x", "by": coordinator}
    revoke_certificate(certificate=certificate, **said, at=ended + timedelta(seconds=1))
    html = client.get(page).text
    assert ("1 certificate was issued." in html, "Nobody waits" in html, "Ready for" in html) == (False, False, False)
    assert "Of 1 person the certificate was revoked" in html
    assert "Is a new certificate due?" in html
    assert "waits for a decision whether a new one is due" in html


def test_each_act_is_a_button_with_its_name(client):
    """The milder one first: the key Enter in a field presses the first."""
    certificate = make.make_certificate()
    sign_in(client, make.make_coordinator(certificate.cohort))
    html = client.get(reverse("certificates:revoke", args=[certificate.pk])).text
    acts = re.findall(r'<button[^>]*name="state" value="(\w+)"[^>]*>([^<]+)</button>', html)
    assert acts == [("suspended", "Suspend it for now"), ("revoked", "Revoke it for good")]


def test_before_issuing_it_is_said_that_nobody_signs(client):
    cohort = make.make_graduate().cohort
    sign_in(client, make.make_coordinator(cohort))
    said = []
    for name in ("", "Н. Ү."):
        Organisation.objects.update(signatory_name=name)
        said.append("Nobody’s name stands by" in client.get(reverse("certificates:cohort", args=[cohort.pk])).text)
    assert said == [True, False]


def test_the_holder_reads_why_it_was_revoked_or_whom_to_ask(client):
    certificate = make.make_certificate()
    certificate.organisation.contact = "+996 312 00 00 00"
    certificate.organisation.save()
    said = {"public_wording": {"en": "By mistake.", "ru": "x", "ky": "x"}, "by": make_staff(), "at": AT}
    client.force_login(certificate.person)
    mine = reverse("certificates:mine")
    assert "Day of the decision" not in client.get(mine).text
    suspend_certificate(certificate=certificate, internal_reason="secret", **said | {"public_wording": {}})
    html = client.get(mine).text
    assert ("ask the coordinator" in html, "+996 312 00 00 00" in html, "secret" in html) == (True, True, False)
    revoke_certificate(certificate=certificate, internal_reason="secret", **said)
    html = client.get(mine).text
    assert ("<q>By mistake.</q>" in html, "24 November 2026" in html, "secret" in html) == (True, True, False)


def test_who_has_none_that_holds_is_sent_to_no_choice_of_the_name(client):
    certificate = make.make_certificate()
    client.force_login(certificate.person)
    mine, said = reverse("certificates:mine"), []
    for is_revoked in (False, True):
        if is_revoked:
            wording = {"en": "By mistake.", "ru": "x", "ky": "x"}
            who = {"by": make_staff(), "at": AT}
            revoke_certificate(certificate=certificate, public_wording=wording, internal_reason="x", **who)
        html = client.get(mine).text
        said.append("choose “no name” beside the certificate" in html)
        assert "have everything about you erased" in html
    assert said == [True, False]


def test_the_day_of_a_decision_ends_with_one_full_stop(client):
    certificate = make.make_certificate()
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=make_staff(), at=AT)
    client.force_login(certificate.person)
    client.cookies["lang"] = "ru"
    html = client.get(f"/ru{reverse('certificates:mine')[3:]}").text
    assert ("24 ноября 2026 года." in html, "г.." in html) == (True, False)


def test_what_is_settled_offers_no_form(client):
    certificate = make.make_certificate()
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=make_staff(), at=AT)
    sign_in(client, make.make_coordinator(certificate.cohort))
    html = client.get(reverse("certificates:revoke", args=[certificate.pk])).content.decode()
    assert 'name="state"' not in html
