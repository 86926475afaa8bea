"""Whoever holds a certificate of a cohort has completed it there."""

from django.utils.translation import gettext_lazy as _

from lms.certificates.models import Certificate
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import Tie


def certificate_here(enrolment: Enrolment) -> Tie | None:
    """Transferred, she would stand in both cohorts as somebody who completed the training."""
    held = Certificate.objects.current().filter(person=enrolment.person_id, cohort=enrolment.cohort_id)
    if not held.exists():
        return None
    return Tie(
        "certificate_here",
        _(
            "She holds a certificate of this cohort, so she has completed it here and is not transferred."
            " If she should take part in another cohort too, enrol her there."
        ),
    )
