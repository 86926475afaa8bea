"""`{% load glossary %}`: terms of the glossary in a lesson's text."""

from django import template
from django.conf import settings
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from curricula.rendering import Marker, marker_in

register = template.Library()


@register.simple_tag
def glossary_marker() -> Marker:
    """A marker for the lesson that is shown here, in the active language."""
    return marker_in(get_language() or settings.LANGUAGE_CODE)


@register.filter
def with_terms(text: str, marker: Marker | str) -> str:
    """`{{ text|with_terms:marker }}`: marked, or as it is where a block is shown without its lesson."""
    return marker.mark(conditional_escape(text)) if isinstance(marker, Marker) else text
