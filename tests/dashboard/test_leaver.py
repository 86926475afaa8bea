"""What the coordinator's desk says of a cohort whose lead trainer has left."""

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.cohorts.models import EnrolmentState
from lms.people.actions import end_account
from lms.people.models import RoleKind
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import browser, make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db


def test_new_cards_are_offered_where_the_lead_trainer_has_left_and_somebody_is_enrolled(regions):
    """To the coordinator; not to a co-trainer, who sees the cohort too, nor to another organisation's coordinator."""
    cohort = make_cohort(organisation=make_organisation("coalition"), region=regions["KG-B"])
    lead, helper, enrolment = cohort.trainers.get().person, make_staff("helper"), make_enrolment(cohort)
    add_trainer(cohort, helper)
    ours, theirs = (
        make_role(make_staff(), RoleKind.COORDINATOR, house).person
        for house in (cohort.organisation, make_organisation("other"))
    )
    link = f"{reverse('cohorts:cards', args=[cohort.pk])}?only=all"

    def offered() -> list[bool]:
        return [link in browser(one).get(reverse("dashboard:desk")).text for one in (ours, helper, theirs)]

    assert offered() == [False, False, False]
    end_account(person=lead, organisations=[cohort.organisation], by=make_staff(), at=timezone.now())
    assert offered() == [True, False, False]
    assert browser(ours).get(link).text.count(" checked") == 1
    type(enrolment).objects.filter(pk=enrolment.pk).update(state=EnrolmentState.WITHDRAWN)
    assert offered() == [False, False, False]
