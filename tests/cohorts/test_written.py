"""What each row of a list writes about a person, before it is imported and on her page afterwards."""

import io
import re

import pytest
from django.urls import reverse

from lms.cohorts.importers import preview_roster
from lms.cohorts.models import Enrolment
from lms.common.tables import read_table
from lms.people.models import Card, Engagement, User
from tests.cohorts.test_views_people import hidden, upload
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser, make_person

pytestmark = pytest.mark.django_db

HEADER = "Display name;Language;Card code;Region code;Sex;Age;Takes part as;Disability;Legal name\n"


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"], capacity=3)


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get().person


def table(rows: str):
    return read_table(io.BytesIO((HEADER + rows).encode()))


def card_of(person: User) -> str:
    return Card.objects.get(person=person, replaced_at=None).code


def test_preview_says_what_each_row_writes(cohort, lead, regions):
    """Of somebody who is there already what differs, and what stood there; of a disability only that it is written."""
    there = make_person("Айгүл")
    said = {"sex": "male", "age_band": "26_35", "disability": "no", "region": regions["leilek"]}
    Enrolment.objects.filter(pk=make_enrolment(cohort, there).pk).update(**said)
    rows = (
        f"Айгүл;ru;{card_of(there)};KG-B;ж;30;мугалим;ооба;Алиева Айгүл\nБермет;ru;;KG-B;ж;19;;жок;\nАсель;;;;-;;;;\n"
    )
    preview = preview_roster(cohort=cohort, table=table(rows), by=lead)
    change, add, bare = preview.rows
    assert list(change.written) == [
        ("language", "Русский", "Кыргызча"),
        ("sex", "woman", "man"),
        ("region", "Batken", "Leilek"),
        ("takes part as", "teacher", ""),
        ("disability", "", ""),
        ("full name", "", ""),
    ]
    assert list(add.written) == [("sex", "woman", ""), ("age", "18–25", ""), ("disability", "", "")]
    assert bare.written == ()


def test_row_that_says_little_shows_what_stays(cohort, lead, regions):
    there = make_person("Айгүл")
    enrolment = make_enrolment(cohort, there, language="ru")
    Enrolment.objects.filter(pk=enrolment.pk).update(sex="female", region=regions["leilek"])
    [row] = preview_roster(cohort=cohort, table=table(f"Айгүл;;{card_of(there)};;-;;;;\n"), by=lead).rows
    assert list(row.written) == [("sex", "prefer not to say", "woman")]
    assert (row.language_name, row.facts.region) == ("Русский", regions["leilek"])


def test_what_a_list_writes_is_read_before_and_afterwards(scene, at):
    """By those who see to the people; whoever only marks attendance until she is replaced reads less."""
    enrolment = scene.cohort.enrolments.get()
    code = Card.objects.get(person=enrolment.person, replaced_at=None).code
    rows = f"Аты;Карта;Жынысы;Жашы;Майыптыгы\n;{code};аял;34;ооба\nБермет;;эркек;61;\n"
    client, url, preview = upload(scene, rows)
    page = " ".join(re.sub("<[^>]+>", " ", preview.text).split())
    for written in ("sex: woman", "age: 26–35", "sex: man", "age: over 60", "disability"):
        assert written in page
    done = client.post(url, {"table": hidden(preview, "table")}, follow=True)
    assert "stands on her page" in done.text
    address = reverse("cohorts:person", args=[enrolment.pk])
    shown = client.get(address).text
    assert "<dt>Sex</dt><dd>woman</dd>" in shown
    assert "<dt>Age</dt><dd>26–35</dd>" in shown
    assert "disability" not in shown.lower()
    Engagement.objects.filter(person=scene.lead).update(left_at=at)
    gone = browser(scene.lead).get(address)
    assert (gone.status_code, "26–35" in gone.text) == (200, False)
