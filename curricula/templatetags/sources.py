"""`{% load sources %}`: in which language a source stands."""

import re

from django import template

register = template.Library()


@register.filter
def is_latin(text: str) -> bool:
    """Whether a source keeps its English words on every page; those that are ours to word have Cyrillic letters."""
    return not re.search("[а-яёңөү]", text, re.IGNORECASE)
