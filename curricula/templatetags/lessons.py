"""`{% load lessons %}`: a lesson's text."""

from django import template
from django.utils.safestring import SafeString

from curricula import rendering
from curricula.models import LessonPage

register = template.Library()


@register.simple_tag
def lesson_text(lesson: LessonPage) -> SafeString:
    """`{% lesson_text page %}`: in the active language, with the terms of the glossary.."""
    return rendering.lesson_text(lesson)
