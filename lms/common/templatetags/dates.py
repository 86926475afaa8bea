"""`{% load dates %}`: dates with the endings that a sentence asks for."""

from datetime import date, datetime

from django import template

from lms.common.dates import Case, local_day
from lms.common.dates import long_date as written_out

register = template.Library()


@register.filter
def long_date(value: date | datetime | None, case: Case = "plain") -> str:
    """`{{ day|long_date }}`, `{{ day|long_date:"until" }}`; nothing for nothing."""
    if value is None:
        return ""
    return written_out(local_day(value) if isinstance(value, datetime) else value, case=case)
