"""The editor is for content: what it shows about people leaves its menus; urls/cms.py shuts the doors themselves."""

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea

_ABOUT_PEOPLE = {"users", "groups", "site-history"}


def _without_people[Item: MenuItem | SearchArea](items: list[Item]) -> None:
    items[:] = [item for item in items if item.name not in _ABOUT_PEOPLE]


@hooks.register("construct_settings_menu")
def hide_accounts(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Accounts and groups follow the roles."""
    _without_people(menu_items)


@hooks.register("construct_reports_menu")
def hide_history(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Who did what is in the people's audit trail; each page keeps its own history."""
    _without_people(menu_items)


@hooks.register("construct_search")
def hide_search(request: HttpRequest, search_areas: list[SearchArea]) -> None:
    """People cannot be searched for."""
    _without_people(search_areas)
