"""The Kyrgyz alphabet, and that the lists people read keep to it."""

import pytest
from django.urls import reverse

from lms.attendance.queries import roster_of
from lms.cohorts.forms.fields import region_choices
from lms.cohorts.queries import roster
from lms.common.alphabet import alphabetical
from lms.people.queries import staff_for
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT, make_person, make_region, make_role, make_staff

IN_ORDER = ["Нарын", "Ңа", "Оргочор", "Өзгөн", "Пишпек", "Уч", "Үч", "Ыссык", "Anna", "Zarina"]


def test_the_kyrgyz_letters_stand_in_their_places():
    assert sorted(set(IN_ORDER), key=alphabetical) == IN_ORDER
    assert sorted(["б", "Ёлка", "а", "Ель", "Жук", "7"], key=alphabetical) == ["7", "а", "б", "Ель", "Ёлка", "Жук"]


@pytest.mark.django_db
def test_lists_of_people_follow_the_alphabet(client, regions, django_assert_num_queries):
    cohort = make_cohort(region=regions["KG-B"])
    for name in reversed(IN_ORDER):
        make_enrolment(cohort, make_person(display_name=name))
    session = cohort.sessions.earliest("starts_at")
    with django_assert_num_queries(2):
        assert [enrolment.person.display_name for enrolment in roster(cohort)] == IN_ORDER
        assert [name for _enrolment, name, *_mark in roster_of(session)] == IN_ORDER

    administrator = make_staff("admin", display_name="Пери")
    make_role(administrator, "administrator", cohort.organisation)
    for name in ("Үрүл", "Ольга", "Өмүр"):
        make_role(make_staff(display_name=name), "observer", cohort.organisation)
    names = [member.person.display_name for member in staff_for(administrator, AT.date())]
    assert names == ["Ольга", "Өмүр", "Пери", "Үрүл"]

    client.force_login(cohort.trainers.get().person)
    for address in ("cohorts:roster", "cohorts:cards", "attendance:overview", "certificates:cohort"):
        html = client.get(reverse(address, args=[cohort.pk])).content.decode()
        places = [html.index(f"{name}<") for name in IN_ORDER]
        assert places == sorted(places), address


@pytest.mark.django_db
def test_a_region_picker_follows_the_alphabet():
    country = make_region("417", "Кыргызстан")
    osh = make_region("41706000000000", "Ош", country, iso="KG-O")
    regions = [
        osh,
        make_region("41706259000000", "Өзгөн", osh),
        make_region("41706211000000", "Алай", osh),
        make_region("41706246000000", "Ноокат", osh),
        make_region("41707000000000", "Нарын", country, iso="KG-N"),
    ]
    choices = [(label, [name for _key, name in members]) for label, members in region_choices(regions)[1:]]
    assert choices == [("Нарын", ["Нарын"]), ("Ош", ["Ош", "Алай", "Ноокат", "Өзгөн"])]
