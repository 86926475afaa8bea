"""Wagtail asks groups for its permissions: the groups of the editor, and who stands in them because of her roles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail import hooks
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page
from wagtail.snippets.models import get_snippet_models

from lms.people.models import User
from lms.people.queries import cms_groups_of, people_with_cms_roles


@dataclass(frozen=True)
class Rights:
    """What a group may do in the editor, as beginnings of permission names ("add" of "add_page")."""

    pages: tuple[str, ...]
    files: tuple[str, ...]
    snippets: tuple[str, ...]
    # app_label.codename
    others: tuple[str, ...] = ()


_ACCESS = "wagtailadmin.access_admin"
_TRANSLATE = "wagtail_localize.submit_translation"
_WRITE = ("add", "change", "publish", "lock", "unlock")
_FILES = ("add", "change", "choose")
_SETTINGS = tuple(
    f"wagtailcore.{verb}_{model}" for model in ("locale", "workflow", "task") for verb in ("add", "change")
)
RIGHTS = {
    "Editors": Rights(pages=_WRITE, files=_FILES, snippets=("add", "change", "view"), others=(_TRANSLATE,)),
    # A translation is published by somebody else: four eyes.
    "Translators": Rights(pages=("change",), files=("choose",), snippets=("change", "view"), others=(_TRANSLATE,)),
    "Administrators": Rights(
        pages=_WRITE, files=_FILES, snippets=("add", "change", "view"), others=(_TRANSLATE, *_SETTINGS)
    ),
}


@transaction.atomic
def mirror_roles(*, person: User, at: datetime) -> None:
    """Puts her into exactly the groups that her roles of today stand for."""
    names = cms_groups_of(person, timezone.localdate(at))
    person.groups.set([_group(name) for name in sorted(names)])


@transaction.atomic
def mirror_all_roles(*, at: datetime) -> int:
    """Does the same for everybody who is or was an editor, since roles begin and end by date.

    Returns how many people were looked at.
    """
    groups = {name: _group(name) for name in RIGHTS}
    day = timezone.localdate(at)
    people = User.objects.filter(Q(groups__name__in=RIGHTS) | Q(pk__in=people_with_cms_roles(day))).distinct()
    for person in (found := list(people)):
        person.groups.set([groups[name] for name in cms_groups_of(person, day)])
    return len(found)


def _group(name: str) -> Group:
    """The group with today's rights: Wagtail brings one of this name along, with rights of its own."""
    group, _is_new = Group.objects.get_or_create(name=name)
    _allow(group)
    return group


def _allow(group: Group) -> None:
    """Gives the group the rights that its name stands for, on the whole site; what it has besides is taken away."""
    rights = RIGHTS[group.name]
    group.permissions.set(_permissions([_ACCESS, *rights.others]) | _snippet_permissions(rights.snippets))
    _allow_pages(group, rights.pages)
    _allow_files(group, rights.files)


def _permissions(names: Iterable[str]) -> set[Permission]:
    wanted = Q(pk__in=[])
    for name in names:
        app_label, codename = name.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    return set(Permission.objects.filter(wanted))


def _snippet_permissions(verbs: Iterable[str]) -> set[Permission]:
    # Snippets are registered by the apps' wagtail_hooks, which a worker has not read yet.
    hooks.search_for_hooks()
    labels = [model._meta for model in get_snippet_models()]
    return _permissions(f"{meta.app_label}.{verb}_{meta.model_name}" for meta in labels for verb in verbs)


def _allow_pages(group: Group, verbs: Iterable[str]) -> None:
    root = Page.get_first_root_node()
    if root is None:
        return
    wanted = _permissions(f"wagtailcore.{verb}_page" for verb in verbs)
    GroupPagePermission.objects.filter(group=group).exclude(permission__in=wanted, page=root).delete()
    for permission in wanted:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _allow_files(group: Group, verbs: Iterable[str]) -> None:
    root = Collection.get_first_root_node()
    if root is None:
        return
    wanted = _permissions(
        f"{app_label}.{verb}_{model}"
        for app_label, model in (("wagtailimages", "image"), ("wagtaildocs", "document"))
        for verb in verbs
    )
    GroupCollectionPermission.objects.filter(group=group).exclude(permission__in=wanted, collection=root).delete()
    for permission in wanted:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
