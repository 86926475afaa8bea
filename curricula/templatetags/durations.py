"""`{% load durations %}`: minutes as people say them."""

from django import template
from django.utils.translation import gettext, ngettext

register = template.Library()


@register.filter
def duration(minutes: int | None) -> str:
    """ "45 minutes", "2 hours", "7 h 30 min"; whole hours and short times are written out."""
    hours, rest = divmod(minutes or 0, 60)
    if hours and rest:
        return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    if hours:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest}
