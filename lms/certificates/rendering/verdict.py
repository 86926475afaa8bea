"""The verdict as a page: one request, three languages in the verdict itself, no script, no cookie, nothing fetched."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import ReportReason
from lms.certificates.queries import Verdict, VerdictState
from lms.certificates.rendering.words import described
from lms.common.dates import local_day, long_date
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES, pick

# Tone and icon of each state: never colour alone.
LOOKS = {
    VerdictState.GENUINE: ("done", "check"),
    VerdictState.MAY_NOT_TRAIN: ("waiting", "pause"),
    VerdictState.ERASED: ("done", "check"),
    VerdictState.EXPIRED: ("waiting", "clock"),
    VerdictState.SUPERSEDED: ("waiting", "newer"),
    VerdictState.SUSPENDED: ("waiting", "pause"),
    VerdictState.REVOKED: ("attention", "cross"),
    VerdictState.WITHDRAWN_KEY: ("waiting", "clock"),
    VerdictState.ALTERED: ("attention", "alert"),
    VerdictState.NOT_OURS: ("attention", "cross"),
}
# What the state means and what to do; %(date)s stands as each language wants it after "on", "since" or "until".
SENTENCES: dict[VerdictState, tuple[str | Promise, str]] = {
    VerdictState.GENUINE: (_("We issued this certificate, and it has not been revoked. Checked just now."), "on"),
    VerdictState.MAY_NOT_TRAIN: (_("We issued this certificate. Its holder may not train at present."), "on"),
    VerdictState.ERASED: (
        _("We issued this certificate. Its holder withdrew her details, so no name can be shown or compared."),
        "on",
    ),
    VerdictState.EXPIRED: (_("We issued this certificate. It was valid until %(date)s."), "until"),
    VerdictState.SUPERSEDED: (
        _("A newer certificate took its place on %(date)s. Ask the holder for the newer one."),
        "on",
    ),
    VerdictState.SUSPENDED: (_("Suspended since %(date)s. The suspension may be lifted: check again later."), "since"),
    VerdictState.REVOKED: (_("Revoked on %(date)s. It certifies nothing any more."), "on"),
    VerdictState.WITHDRAWN_KEY: (
        _("We issued this certificate. The key that signed it was withdrawn, and it is being signed anew."),
        "on",
    ),
    VerdictState.ALTERED: (
        _("What is written here is not what was signed. Do not rely on it, and tell the organisation."),
        "on",
    ),
    VerdictState.NOT_OURS: (
        _("We never issued a certificate under this address. Compare the address with the paper, or type the code."),
        "on",
    ),
}
# Where nothing is certified any more, or never was, the claims are shown struck down to what is needed, or not at all.
WITHOUT_CLAIMS = {VerdictState.ALTERED, VerdictState.NOT_OURS}


@dataclass(frozen=True)
class VerdictPage:
    """The page and the content policy that allows its one style by hash."""

    html: str
    policy: dict[str, list[str]]


def verdict_page(verdict: Verdict | None, *, name_check: str = "", report: str = "", typed: str = "") -> VerdictPage:
    """In the active language.  `name_check`: "", match, no_match, empty, busy.  `report`: "", thanks, busy, empty.

    Without a verdict it is the answer to too many requests.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    context = {
        "style": _style().tag,
        "language": language,
        **_fixed(language),
        "domain": urlsplit(settings.PUBLIC_BASE_URL).netloc,
        "retry": verdict is None,
        "name_check": name_check,
        "report": report,
        "typed": typed,
        **(_about(verdict) if verdict else {}),
    }
    return VerdictPage(_template().render(context), _style().policy)


def _about(verdict: Verdict) -> dict[str, Any]:
    tone, icon = LOOKS[verdict.state]
    shown = verdict.record and verdict.state not in WITHOUT_CLAIMS
    return {
        "state": verdict.state,
        "tone": tone,
        "icon_path": ICON_PATHS[icon],
        "word": verdict.state.label,
        "other_words": [pair for pair in _words()[verdict.state] if pair[0] != translation.get_language()],
        "sentence": _sentence(verdict),
        "wording": pick(verdict.wording) if verdict.wording else "",
        "steps_back": _steps_back(verdict),
        "said": described(verdict.record) if shown and verdict.record else None,
        "shown_name": verdict.shown_name,
        "can_check_name": verdict.can_check_name and verdict.state not in WITHOUT_CLAIMS,
        "can_report": verdict.found is not None,
        "organisation": verdict.organisation,
    }


def _sentence(verdict: Verdict) -> str:
    sentence, case = SENTENCES[verdict.state]
    day = _day_of(verdict)
    return str(sentence) % ({"date": long_date(day, case=case)} if day else {})  # type: ignore[arg-type]


def _day_of(verdict: Verdict) -> date | None:
    if verdict.state == VerdictState.EXPIRED and verdict.found:
        return verdict.found.expires_on
    return local_day(verdict.since) if verdict.since else None


def _steps_back(verdict: Verdict) -> str:
    resting = verdict.state == VerdictState.MAY_NOT_TRAIN
    return pick(verdict.steps_back) if resting and verdict.steps_back else ""


# Lines on a 24 × 24 grid, as on the rest of the site.
ICON_PATHS = {
    "check": "M5 12.5l4.5 4.5L19 7",
    "cross": "M6.5 6.5l11 11M17.5 6.5l-11 11",
    "alert": "M12 5.5v8.5M12 17.5v.5",
    "pause": "M9 6.5v11M15 6.5v11",
    "clock": "M12 5.5V12l4.5 3",
    "newer": "M5 12h13M12.5 6.5L18 12l-5.5 5.5",
}


@cache
def _words() -> Mapping[VerdictState, list[tuple[str, str]]]:
    """The word of each state in the three languages."""
    words: dict[VerdictState, list[tuple[str, str]]] = {state: [] for state in VerdictState}
    for language in LANGUAGE_CODES:
        with translation.override(language):
            for state in VerdictState:
                words[state].append((language, str(state.label)))
    return words


@cache
def _fixed(language: str) -> dict[str, Any]:
    """What is the same on every verdict in this language: drawn once."""
    context = {"language": language, "languages": LANGUAGE_NAMES.items(), "reasons": ReportReason.choices}
    return {
        "reasons": ReportReason.choices,
        "switch": get_template("certificates/verdict_switch.html").render(context),
        "report_form": get_template("certificates/verdict_report.html").render(context),
    }


@dataclass(frozen=True)
class _Style:
    tag: str
    policy: dict[str, list[str]]


@cache
def _style() -> _Style:
    """The style sheet, short, and the policy: nothing but this style, and forms to ourselves."""
    source = get_template("certificates/verdict.css").render()
    text = re.sub(r"\s*([{};:,>])\s*", r"\1", re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)).strip()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    policy = {
        "default-src": ["'none'"],
        "style-src": [f"'sha256-{digest}'"],
        "img-src": ["data:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
    return _Style(f"<style>{text}</style>", policy)


@cache
def _template() -> Any:
    return get_template("certificates/verdict.html")
