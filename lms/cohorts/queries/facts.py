"""What the people of cohorts said of themselves, counted."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, F, Sum

from lms.cohorts.models import Cohort, Enrolment, EnrolmentState, Fact, FoldedFact


def facts_said(
    cohorts: Iterable[Cohort], fact: Fact, states: Iterable[str] = (EnrolmentState.ENROLLED,)
) -> Counter[str]:
    """How often each answer was given, erased people's too: {value: count}.  Of a region the code; unsaid is left out.

    Exact, so nothing for a page as it is: small numbers are for whoever shows them to suppress.
    """
    field = "region__code" if fact == Fact.REGION else fact.value
    said = Enrolment.objects.filter(cohort__in=cohorts, state__in=states).values(value=F(field))
    folded = FoldedFact.objects.filter(cohort__in=cohorts, state__in=states, fact=fact).values("value")
    counts: Counter[str] = Counter()
    for row in (*said.annotate(n=Count("pk")), *folded.annotate(n=Sum("count"))):
        if row["value"] not in (None, "unsaid"):
            counts[row["value"]] += row["n"]
    return counts
