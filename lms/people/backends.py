"""Who may sign in with a password, and what roles give her in Wagtail."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Model

from lms.people.models import CMS_ROLES, User
from lms.people.permissions import has_role


class RoleBackend(AuthenticationBackend):
    """Signs in by user name or e-mail; permissions hold only while a role of the editor's side does.

    The groups are brought in line at night; asking the roles here makes an ended role end at once.
    """

    def _get_permissions(self, user_obj: User, obj: Model | None, from_name: str) -> set[str]:
        if not user_obj.is_superuser and not has_role(user_obj, *CMS_ROLES):
            return set()
        permissions: set[str] = super()._get_permissions(user_obj, obj, from_name)
        return permissions
