"""What is written by and about a person, when she is erased."""

from django.db import transaction

from lms.assessments.models import Observation, Submission, SubmissionState
from lms.people.models import User


@transaction.atomic
def erase_texts(*, person: User) -> None:
    """Her plans with what was answered, and what observers wrote of her.  A repeat is harmless.

    That a plan was accepted and a teach-back passed stays, under her number: certificates rest on it; so do her
    attempts and answers, which are keys of choices and never words.  A plan that still waits goes: nobody answers it.
    """
    plans = Submission.objects.filter(person=person)
    plans.filter(state=SubmissionState.HANDED_IN).delete()
    plans.update(title="", text="", comment="")
    Observation.objects.filter(person=person).update(note="")
