"""A person's name on the pages of who runs her cohort.

Every template has it without `{% load %}` (settings, TEMPLATES, "builtins").
"""

from typing import Any
from uuid import UUID

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lms.cohorts.queries import sign_in_words, sign_of, signs_in
from lms.people.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def called(context: Context, person: User, cohort_id: UUID) -> SafeString:
    """Her display name, with the signs of her card where another in this cohort has the same name.

    A page asks once a cohort, however long its lists are.
    """
    request: Any = context["request"]
    known = request.__dict__.setdefault("_signs", {})
    if cohort_id not in known:
        known[cohort_id] = signs_in(cohort_id)
    return _named(person, known[cohort_id].get(person.pk, ""))


@register.simple_tag
def called_among(person: User, signs: dict[UUID, str]) -> SafeString:
    """The same on a page of several cohorts, which has read the signs itself."""
    return _named(person, signs.get(person.pk, ""))


@register.simple_tag
def own_sign(person: User) -> str:
    """By which a trainer tells her from another of her name; "" without a card."""
    return sign_of(person)


def _named(person: User, sign: str) -> SafeString:
    # No line ends within the brackets: "(card …" above and "YVX5" below read as two things.
    after = format_html(' <span class="nowrap">{}</span>', sign_in_words(sign)) if sign else ""
    return format_html("<bdi>{}{}</bdi>", person.display_name, after)
