"""Two people merge, or one is marked, while her rows become one."""

import pytest

from lms.attendance.actions import check_in
from lms.attendance.models import Mark
from lms.common.codes import new_id
from lms.people.models import Card, User
from lms.privacy.actions.merging import RowGone, merge_people
from tests.factories.certificates import mark
from tests.factories.merging import Twice, make_twice
from tests.factories.people import make_organisation
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def twice(regions) -> Twice:
    return make_twice(make_organisation("alga"), regions["KG-B"])


def test_of_two_coordinators_who_merge_either_way_at_once_one_does(twice, tmp_path, at):
    mark(twice.gives_way, twice.shared.sessions.all()[0])
    one, other, by = twice.kept, twice.merged, twice.coordinator
    with real_database(tmp_path):
        ways = at_once(
            lambda: merge_people(kept=one, merged=other, by=by, at=at).pk,
            lambda: merge_people(kept=other, merged=one, by=by, at=at).pk,
        )
        [cards] = at_once(lambda: list(Card.objects.filter(replaced_at=None).values_list("person", flat=True)))
        [marked] = at_once(lambda: list(Mark.objects.values_list("enrolment__person", flat=True)))
    assert sum(isinstance(way, RowGone) for way in ways) == 1
    [stays] = [way for way in ways if not isinstance(way, RowGone)]
    assert stays in cards
    assert (one if stays == other.pk else other).pk not in cards
    assert marked == [stays]


def test_a_check_in_at_that_moment_is_hers_or_refused_and_never_lost(twice, tmp_path, at):
    session = twice.shared.sessions.all()[0]
    kept, merged, by = twice.kept, twice.merged, twice.coordinator
    with real_database(tmp_path):
        results = at_once(
            lambda: check_in(session=session, person=merged, event_id=new_id(), at=session.starts_at).status,
            lambda: merge_people(kept=kept, merged=merged, by=by, at=at).pk,
        )
        [marked] = at_once(lambda: list(Mark.objects.values_list("enrolment__person", flat=True)))
        [gone] = at_once(lambda: User.objects.get(pk=merged.pk).merged_into_id)
    assert gone == kept.pk
    # A tick on her phone means that the mark is there, and hers.
    assert marked == ([kept.pk] if results[0] == "present" else [])
