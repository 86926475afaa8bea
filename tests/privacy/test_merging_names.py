"""Two rows with two full names, and a certificate that bears one of them."""

import pytest

from lms.certificates.models import Certificate
from lms.cohorts.models import Enrolment
from lms.people.actions import record_consent, set_legal_name
from lms.people.models import User
from lms.privacy.actions.merging import NamesDiffer, merge_people
from tests.factories.certificates import make_certificate, make_graduate
from tests.factories.merging import Twice, make_twice
from tests.factories.people import make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(regions, at) -> Twice:
    """Each row with a full name of its own; the second holds a certificate."""
    twice = make_twice(make_organisation("alga"), regions["KG-B"])
    for person, name in ((twice.kept, "Айгүл Өмүрова"), (twice.merged, "Айгүл Токтосунова")):
        set_legal_name(person=person, name=name, by=person, at=at)
    record_consent(person=twice.merged, purpose="certificate", given=True, language="ky", by=twice.merged, at=at)
    graduate = make_graduate(twice.other)
    Enrolment.objects.filter(pk=graduate.pk).update(person=twice.merged)
    make_certificate(Enrolment.objects.get(pk=graduate.pk), by=twice.coordinator)
    return twice


@pytest.mark.parametrize(("stays", "gives_way"), [("kept", "merged"), ("merged", "kept")])
def test_a_certificate_does_not_become_that_of_somebody_with_another_full_name(twice, at, stays, gives_way):
    people = {"kept": getattr(twice, stays), "merged": getattr(twice, gives_way)}
    for state in ("valid", "suspended"):
        Certificate.objects.update(state=state)
        with pytest.raises(NamesDiffer):
            merge_people(**people, by=twice.coordinator, at=at)
    assert not User.objects.filter(merged_into__isnull=False).exists()
    set_legal_name(person=twice.kept, name="Айгүл  ТОКТОСУНОВА", by=twice.coordinator, at=at)
    merge_people(**people, by=twice.coordinator, at=at)
    assert Certificate.objects.get().person == people["kept"]
