"""A person who is erased is told nothing more."""

from django.db import transaction

from lms.notices.models import ContactRule, Notice
from lms.people.models import User


@transaction.atomic
def forget_notices(*, person: User) -> None:
    """What waits for her, and how she wanted to be reached.  That something was sent stays, as a number.

    A repeat is harmless.
    """
    Notice.objects.filter(person=person).waiting().delete()
    ContactRule.objects.filter(person=person).delete()
