"""Who may sign in with a password, and what roles give her in Wagtail."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Model, QuerySet, UUIDField

from lms.common.prepared import prepared
from lms.people.models import CMS_ROLES, User
from lms.people.permissions import has_role


class RoleBackend(AuthenticationBackend):
    """Signs in by user name or e-mail; permissions hold only while a role of the editor's side does.

    The groups are brought in line at night; asking the roles here makes an ended role end at once.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Who is signed in, on every page."""
        found = _people(person=user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None

    def _get_permissions(self, user_obj: User, obj: Model | None, from_name: str) -> set[str]:
        if not user_obj.is_superuser and not has_role(user_obj, *CMS_ROLES):
            return set()
        permissions: set[str] = super()._get_permissions(user_obj, obj, from_name)
        return permissions


@prepared(person=UUIDField())
def _people(person: Any) -> QuerySet[User]:
    return User.objects.filter(pk=person)
