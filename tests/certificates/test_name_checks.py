"""How often a name was compared with hers: a holder sees numbers, and nothing is kept of whoever asked."""

import logging
from datetime import date, datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from lms.certificates.actions import count_name_checks, erase_certificates, erase_holder
from lms.certificates.exports import kept_about
from lms.certificates.models import Certificate, NameCheckCount
from lms.certificates.queries import own_name_checks
from lms.common.codes import decode_id, dictated
from lms.privacy.actions.retention import apply_retention
from tests.factories import certificates as make
from tests.factories.people import AT, browser

pytestmark = pytest.mark.django_db
LIST = "/verify/list/?lang=en"


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()


@pytest.fixture
def certificate() -> Certificate:
    return make.make_certificate()


def compare(client: Client, certificate: Certificate, name: str):
    return client.post(f"/v/{certificate.public_id}?lang=en", {"name": name})


def counted(certificate: Certificate) -> list[tuple[date, int, int]]:
    rows = NameCheckCount.objects.filter(certificate=certificate).order_by("month")
    return list(rows.values_list("month", "matches", "mismatches"))


def test_each_compared_name_is_one_more_of_its_kind(client, certificate):
    for name in (make.FULL_NAME, "Бермет Асанова", "Бермет", ""):
        compare(client, certificate, name)
    client.post(f"/v/{certificate.public_id}", {"report": "name"})
    client.get(f"/v/{certificate.public_id}")
    [(_month, matches, mismatches)] = counted(certificate)
    assert (matches, mismatches) == (1, 2)


def test_what_was_refused_as_one_too_many_is_not_counted(client, certificate):
    for _try in range(8):
        compare(client, certificate, "Бермет")
    assert sum(mismatches for *_rest, mismatches in counted(certificate)) == 5


def test_names_in_a_list_are_counted_and_bare_codes_are_not(client, certificate):
    other, bare = (make.make_certificate(name="Бермет Асанова") for _one in range(2))
    rows = [(certificate, make.FULL_NAME), (other, "Not she"), (bare, "")]
    lines = [f"{dictated(decode_id(one.public_id))}; {name}" for one, name in rows]
    assert client.post(LIST, {"codes": "\n".join(lines)}).status_code == 200
    assert [[row[1:] for row in counted(one)] for one, _name in rows] == [[(1, 0)], [(0, 1)], []]


def test_nothing_typed_and_nobody_is_kept_or_logged(certificate, caplog):
    caplog.set_level(logging.DEBUG)
    compare(Client(REMOTE_ADDR="203.0.113.77"), certificate, "Бермет Асанова")
    assert {field.name for field in NameCheckCount._meta.get_fields()} == {
        "id", "certificate", "month", "matches", "mismatches", "last_on",
    }  # fmt: skip
    for trace in ("203.0.113.77", "Асанова", certificate.public_id):
        assert trace not in caplog.text


def test_months_are_those_of_the_place(certificate):
    for day in (
        datetime.fromisoformat("2026-11-30T17:59:59+00:00"),
        datetime.fromisoformat("2026-11-30T18:00:00+00:00"),
    ):
        count_name_checks(outcomes={certificate.pk: True}, at=day)
    assert counted(certificate) == [(date(2026, 11, 1), 1, 0), (date(2026, 12, 1), 1, 0)]
    found = own_name_checks(certificate.person)[certificate.pk]
    assert (found.times, found.last_on) == (2, date(2026, 12, 1))


def test_many_at_once_take_as_many_queries_as_one(certificate, django_assert_num_queries):
    others = [make.make_certificate() for _one in range(3)]
    for some in ([certificate, others[0]], [certificate, *others]):
        # Within the transaction of this test: a savepoint and its end, empty rows, the locks, right ones, wrong ones.
        with django_assert_num_queries(6):
            count_name_checks(outcomes={one.pk: number % 2 == 0 for number, one in enumerate(some)}, at=AT)
    assert [row[1:] for row in counted(certificate)] == [(2, 0)]
    assert [row[1:] for row in counted(others[0])] == [(0, 2)]


def test_she_reads_the_numbers_and_what_they_mean(client, certificate):
    page = browser(certificate.person)
    page.cookies["lang"] = "en"
    mine = reverse("certificates:mine")
    assert "Nobody has compared a name" in page.get(mine).text
    count_name_checks(outcomes={certificate.pk: True}, at=AT)
    for _try in range(2):
        count_name_checks(outcomes={certificate.pk: False}, at=AT)
    html = page.get(mine).text
    assert "Name compared 3 times, last on 24 November 2026" in html
    assert "1 time it was the name on the certificate. 2 times it was another one." in html
    assert "do not know who it was" in html
    # Another's numbers are another's.
    assert own_name_checks(make.make_certificate().person) == {}


def test_they_are_in_her_copy(certificate):
    count_name_checks(outcomes={certificate.pk: False}, at=AT)
    [section] = [one for one in kept_about(certificate.person) if one.code == "name_checks"]
    assert [(row["matches"], row["mismatches"]) for row in section.rows] == [(0, 1)]


def test_they_end_with_their_term_and_with_her(certificate):
    count_name_checks(outcomes={certificate.pk: True}, at=AT)
    assert apply_retention(at=AT.replace(year=2028, month=11, day=30))["name_checks"] == 0
    assert apply_retention(at=AT.replace(year=2028, month=12, day=1))["name_checks"] == 1
    count_name_checks(outcomes={certificate.pk: True}, at=AT)
    erase_certificates(person=certificate.person, by=None, at=AT)
    assert not NameCheckCount.objects.exists()


def test_erased_holders_certificate_counts_nothing(client, certificate):
    erase_holder(certificate=certificate, by=None, at=AT)
    compare(client, certificate, make.FULL_NAME)
    assert counted(certificate) == []
