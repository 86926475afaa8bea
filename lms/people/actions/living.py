"""Nothing new is kept about a row that is nobody's any more: a page that was open meanwhile may still ask for it."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.models import User


class PersonErased(ActionError):
    code = "person_erased"
    message = _("What is kept about this person was erased. If she comes again, she comes as somebody new.")


class PersonMerged(ActionError):
    """She has another row, and her key went with this one."""

    code = "person_merged"
    message = _("This entry became one with another entry of the same person. Go on with that one.")


def lock_living(*, person: User) -> User:
    """Her row under the lock under which she is erased and merged too.  Raises PersonErased, PersonMerged."""
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    require_living(person=locked)
    return locked


def lock_people(*, people: Iterable[User]) -> None:
    """Under the same lock, in one order: what is asked about them from here on holds until the transaction ends."""
    ids = [person.pk for person in people]
    list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def require_living(*, person: User) -> None:
    """Of a row as it was read.  Raises PersonErased, PersonMerged."""
    if person.erased_at is not None:
        raise PersonErased
    if person.merged_into_id is not None:
        raise PersonMerged
