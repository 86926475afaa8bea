"""Cohorts on the public first page: those whose people chose it, and no more of them than was said."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone, translation
from django.utils.formats import date_format

from lms.cohorts.models import Cohort, CohortState
from lms.cohorts.queries import listed_cohorts
from lms.cohorts.queries.listing import LISTED
from lms.people.models import Organisation
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_organisation, make_person, make_staff

pytestmark = pytest.mark.django_db

CANARIES = ("ТопКанарейка", "ОрунКанарейка", "ТренерКанарейка", "КатышуучуКанарейка")


@pytest.fixture(autouse=True)
def _no_cached_site():
    cache.clear()


@pytest.fixture
def tomorrow():
    return timezone.localdate() + timedelta(days=1)


@pytest.fixture
def cohort(regions, tomorrow):
    """In Leilek, a raion of Batken, with everything that the public must not read."""
    title, place, trainer, participant = CANARIES
    made = make_cohort(
        make_organisation("alga"), regions["leilek"], make_staff("lead", trainer), starts_on=tomorrow, languages=("ky",)
    )
    Cohort.objects.filter(pk=made.pk).update(
        title_ky=title, title_ru=title, title_en=title, place=place, listed_publicly=True
    )
    make_enrolment(made, make_person(participant))
    made.refresh_from_db()
    return made


def home(client, language: str = "en") -> str:
    answer = client.get(f"/{language}/")
    assert answer.status_code == 200
    return answer.text


def test_the_first_page_says_what_where_when_and_how_to_join(client, cohort):
    text = home(client)
    shown = text.split("Trainings to come")[1].split("</section>")[0]
    with translation.override("en"):
        first = date_format(cohort.starts_on, "DATE_FORMAT")
    for said in ("M1 en", cohort.region.get_parent().name, "Кыргызча", first):
        assert said in shown
    assert "scan the poster of the training, or ask alga (en)." in shown
    Organisation.objects.filter(code="alga").update(contact="0312 00 00 00")
    assert "0312 00 00 00" in home(client, "ky")
    assert "M1 ky" in home(client, "ky").split('id="trainings"')[1]


def test_it_says_nothing_that_tells_who_or_where_exactly(client, cohort):
    for language in ("ky", "ru", "en"):
        text = home(client, language)
        assert not [canary for canary in CANARIES if canary in text]
        for secret in (cohort.code, cohort.join_token, str(cohort.pk), cohort.region.name):
            assert secret not in text


def test_a_module_without_a_pinned_title_is_called_by_its_code(client, cohort):
    cohort.modules.update(pinned={})
    assert "<strong>M1</strong>" in home(client)


def test_without_joining_the_organisation_is_to_be_asked(client, cohort):
    Cohort.objects.update(joining_open=False)
    text = home(client)
    assert "Ask alga (en) for a place." in text
    assert "poster of the training" not in text


@pytest.mark.parametrize(
    "changed",
    [
        {"listed_publicly": False},
        {"state": CohortState.DRAFT},
        {"state": CohortState.CLOSED},
        {"state": CohortState.CANCELLED},
        {"starts_on": timezone.localdate() - timedelta(days=1)},
    ],
)
def test_others_are_not_shown_and_the_page_says_what_one_can_do(client, cohort, changed):
    Cohort.objects.update(**changed)
    text = home(client)
    assert "No training is announced here" in text
    assert "alga" not in text


def test_twenty_take_the_queries_of_one(client, cohort, regions, django_assert_max_num_queries):
    home(client)
    with django_assert_max_num_queries(3):
        assert len(listed_cohorts(timezone.localdate())) == 1
    for number in range(20):
        starts_on = cohort.starts_on + timedelta(days=number)
        other = make_cohort(cohort.organisation, regions["KG-B"], module_codes=("M1", "M2"), starts_on=starts_on)
        Cohort.objects.filter(pk=other.pk).update(listed_publicly=True)
    with django_assert_max_num_queries(3):
        listed = listed_cohorts(timezone.localdate())
    assert [line.starts_on for line in listed] == sorted(line.starts_on for line in listed)
    assert len(listed) == LISTED
    assert ["Module M1 en", "Module M2 en"] in [line.modules for line in listed]
    with django_assert_max_num_queries(12):
        assert len(home(client).encode()) < 40_000
