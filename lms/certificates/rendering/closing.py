"""Who would go home without her certificate, for whoever closes a cohort."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import ngettext

from lms.certificates.queries import eligibility_of
from lms.cohorts.models import Cohort
from lms.cohorts.queries import LooseEnd
from lms.people.models import User


def people_without_certificate(_user: User, cohort: Cohort) -> Iterable[LooseEnd]:
    """Those who lack nothing and have none; it can be issued after closing too."""
    if due := sum(row.is_due for row in eligibility_of(cohort)):
        text = ngettext(
            "%(n)s person qualifies and has no certificate yet.",
            "%(n)s people qualify and have no certificate yet.",
            due,
        )
        yield LooseEnd("certificates", text % {"n": due}, reverse("certificates:cohort", args=[cohort.pk]))
