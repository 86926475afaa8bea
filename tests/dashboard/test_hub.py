"""What a cohort's hub says of the cohort."""

import pytest

from tests.factories.cohorts import make_cohort
from tests.factories.people import browser

pytestmark = pytest.mark.django_db


def test_staff_read_in_words_which_generation_it_is(regions):
    cohort = make_cohort(region=regions["KG-B"])
    child = make_cohort(cohort.organisation, regions["KG-B"])
    type(child).objects.filter(pk=child.pk).update(parent=cohort, generation=1)
    said = {
        cohort: "first generation: opened by a founding trainer",
        child: f"generation 2: opened by a trainer who qualified in “{cohort.title_en or cohort.code}”",
    }
    for one, words in said.items():
        assert words in browser(one.trainers.get().person).get(one.get_absolute_url()).text
