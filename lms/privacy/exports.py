"""Everything that is kept about one person as one file: data for machines, a page to read, and her certificates."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

import lms.assessments.exports
import lms.attendance.exports
import lms.certificates.exports
import lms.cohorts.exports
import lms.notices.exports
import lms.people.exports
from lms.common.sections import Coded, Section
from lms.people.models import User

_APPS = (
    lms.people.exports,
    lms.notices.exports,
    lms.cohorts.exports,
    lms.attendance.exports,
    lms.assessments.exports,
    lms.certificates.exports,
)
ZIP_TYPE = "application/zip"
# The page lies in her telephone, with no other file to take its looks from; a long code does not push it sideways.
STYLE = SafeString(
    "<style>body { max-width: 46rem; margin: 0 auto; padding: 16px; font: 1.0625rem/1.5 system-ui, sans-serif;"
    " color: #1f2430; background: #fffdf9; overflow-wrap: anywhere; } h1, h2 { line-height: 1.2; }"
    " h2 { margin: 2rem 0 .5rem; font-size: 1.3rem; } dl { margin: 0 0 1rem; border-top: 1px solid #ded6c8; }"
    " dt { margin-top: .5rem; color: #565c69; font-size: .875rem; } dd { margin: 0; }</style>"
)


def everything_about(person: User) -> list[Section]:
    """What each app keeps, in the active language; the long record of who did what comes last."""
    sections = [section for app in _APPS for section in app.kept_about(person)]
    return [*sections, lms.people.exports.record_about(person)]


def copy_of(person: User, *, papers: Mapping[str, bytes], at: datetime) -> bytes:
    """The ZIP, in her language; `papers` are the files of her certificates.  No name stands in the name of a file."""
    with translation.override(person.language):
        sections = everything_about(person)
        context = {"sections": _readable(sections), "empty": _empty(sections), "at": at, "style": STYLE}
        page = render_to_string("privacy/copy.html", context)
    data = {"made_at": at, "language": person.language} | {section.code: _plain(section) for section in sections}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.html", page)
        archive.writestr("data.json", json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        for name, paper in papers.items():
            archive.writestr(name, paper)
    return buffer.getvalue()


def _plain(section: Section) -> list[dict[str, Any]]:
    return [{key: _value(value) for key, value in row.items()} for row in section.rows]


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(one) for one in value]
    return value.code if isinstance(value, Coded) else value


def _readable(sections: Iterable[Section]) -> list[tuple[Section, list[list[tuple[str, str]]]]]:
    """Each with its rows as lines "what it is: what it says"; what is empty is left out."""
    return [(section, [_lines(section, row) for row in section.rows]) for section in sections if section.rows]


def _empty(sections: Iterable[Section]) -> str:
    """What nothing is kept of, named together."""
    return "; ".join(str(section.title) for section in sections if not section.rows)


def _lines(section: Section, row: Any) -> list[tuple[str, str]]:
    lines = [(str(label), _said(row.get(key))) for key, label in section.labels.items()]
    return [(label, said) for label, said in lines if said]


def _said(value: Any) -> str:
    match value:
        case Coded():
            return str(capfirst(value.text))
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
        case date():
            return date_format(value, "SHORT_DATE_FORMAT")
        case list():
            return ", ".join(map(_said, value))
        case None:
            return ""
    return str(value)
