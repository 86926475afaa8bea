"""The verdict as a page: one request, three languages in the verdict itself, no script, no cookie, nothing fetched."""

import base64
import hashlib
import re
import zlib
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.csp import build_policy
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import ReportReason
from lms.certificates.queries import KEPT, Facts, Verdict, VerdictState, verdict_from
from lms.certificates.rendering.words import described
from lms.common.dates import Case, local_day, long_date
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES, pick
from lms.common.memory import kept_a_while

# Tone and icon of each state: never colour alone.
LOOKS = {
    VerdictState.GENUINE: ("done", "check"),
    VerdictState.MAY_NOT_TRAIN: ("waiting", "pause"),
    VerdictState.MAY_TRAIN_SOME: ("waiting", "pause"),
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
SENTENCES: dict[VerdictState, tuple[str | Promise, Case]] = {
    VerdictState.GENUINE: (_("We issued this certificate, and it has not been revoked. Checked just now."), "on"),
    VerdictState.MAY_NOT_TRAIN: (_("We issued this certificate. Its holder may not train at present."), "on"),
    VerdictState.MAY_TRAIN_SOME: (
        _("We issued this certificate. Its holder may not train this at present: %(modules)s."),
        "on",
    ),
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
# In the address: whoever typed the code left its check symbol out, and reads so in each language and after each form.
LAST_SIGN, LEFT_OUT = "sign", "none"
# zlib's wbits: 16 asks for gzip, 13 for a window of 2 ** 13 bytes.
GZIP_8K = 16 + 13


@dataclass(frozen=True)
class VerdictPage:
    """The page, from its beginning that is the same on all to its end, and the policy that allows its one style."""

    state: VerdictState | None
    top: str
    rest: bytes
    policy: str

    @property
    def html(self) -> bytes:
        return self.top.encode() + self.rest

    @cached_property
    def gzipped(self) -> bytes:
        """The same for a browser that unpacks it: a third of the bytes.  Only the rest is packed for each page."""
        begun, packer = _packed_top(self.top)
        packer = packer.copy()
        return begun + packer.compress(self.rest) + packer.flush()


def verdict_page(facts: Facts, day: date, language: str, *, whole: bool = True) -> VerdictPage:
    """The verdict that follows from these facts on this day: finished once in a process, as long as they are the same.

    Not `whole`: after a code without its check symbol.

    The facts are read anew for each request, so that no process can show an older state; and the page has no other
    source, so that nobody who changes what a verdict depends on has a version or an epoch to think of.  It bears a name
    form, which may be erased meanwhile: no page is kept for long.
    """
    return _finished(facts, day, language, _domain(), whole)


@kept_a_while(maxsize=KEPT)
def _finished(facts: Facts, day: date, language: str, domain: str, whole: bool) -> VerdictPage:
    with translation.override(language):
        return _page(verdict_from(facts, day), language, domain, {}, whole)


def answered_page(verdict: Verdict, language: str, answer: dict[str, Any], *, whole: bool = True) -> VerdictPage:
    """The verdict in the active language, with what the posted form is told.

    `name_check`: match, no_match, empty, busy, spent, with `typed` and, after no_match, `tries` that are left, `over`
    that hour or that day.
    `report`: thanks (with the `organisation` that was told), busy, empty.
    """
    return _page(verdict, language, _domain(), answer, whole)


def busy_page(language: str) -> VerdictPage:
    """The answer to too many requests, in the active language."""
    return _page(None, language, _domain(), {}, whole=True)


def _domain() -> str:
    return urlsplit(settings.PUBLIC_BASE_URL).netloc


def _page(verdict: Verdict | None, language: str, domain: str, answer: dict[str, Any], whole: bool) -> VerdictPage:
    query = "" if whole else f"&{urlencode({LAST_SIGN: LEFT_OUT})}"
    context = {
        "bottom": _bottom(language),
        "retry": verdict is None,
        "whole": whole,
        **(_about(verdict, language, domain, {**answer, "query": query}) if verdict else {}),
    }
    rest = _template("verdict").render(context).encode()
    return VerdictPage(verdict.state if verdict else None, _top(language, domain, query), rest, _style().policy)


def _about(verdict: Verdict, language: str, domain: str, answer: dict[str, Any]) -> dict[str, Any]:
    claims = verdict.record if verdict.state not in WITHOUT_CLAIMS else None
    can_check_name = verdict.can_check_name and verdict.state not in WITHOUT_CLAIMS
    said = described(claims) if claims else None
    return {
        "tone": LOOKS[verdict.state][0],
        "seal": _seal(verdict.state, language),
        "sentence": sentence_of(verdict),
        "wording": pick(verdict.wording) if verdict.wording else "",
        "steps_back": way_back_of(verdict),
        "said": said,
        "facts": _facts(said, language, domain) if said else "",
        "shown_name": verdict.shown_name,
        "is_alias": verdict.shown_name.startswith("«"),
        "can_check_name": can_check_name,
        "name_form": _form("verdict_name", language, answer, "name_check") if can_check_name else "",
        "report_form": _form("verdict_report", language, answer, "report") if verdict.found else "",
    }


def _facts(said: dict[str, Any], language: str, domain: str) -> str:
    """The words of the list are the same on all certificates, and half of the drawing: only its {slots} are filled."""
    names = ("level", "hours", "languages", "issued_on", "expires_on", "organisation", "issuer")
    values = {name: said[name] for name in names if said[name]}
    return format_html(_slots(language, said["language_count"], tuple(values)), domain=domain, **values)


@cache
def _slots(language: str, number: int, names: tuple[str, ...]) -> str:
    slots = {name: f"{{{name}}}" for name in ("domain", *names)}
    return _template("verdict_facts").render({"number": number, **slots})


def sentence_of(verdict: Verdict) -> str:
    """What the state means and what to do."""
    sentence, case = SENTENCES[verdict.state]
    day = _day_of(verdict)
    said = {"modules": ", ".join(verdict.resting)}
    return str(sentence) % ({**said, "date": long_date(day, case=case)} if day else said)


def _day_of(verdict: Verdict) -> date | None:
    if verdict.state == VerdictState.EXPIRED and verdict.found:
        return verdict.found.expires_on
    return local_day(verdict.since) if verdict.since else None


def way_back_of(verdict: Verdict) -> str:
    """What brings the right to train back, where it rests."""
    resting = verdict.state in (VerdictState.MAY_NOT_TRAIN, VerdictState.MAY_TRAIN_SOME)
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


def _template(name: str) -> Any:
    return get_template(f"certificates/{name}.html")


# What is the same on every verdict in a language is drawn once: top, bottom, seals, and forms before they are sent.
@cache
def _top(language: str, domain: str, query: str) -> str:
    context = {"style": _style().tag, "language": language, "languages": LANGUAGE_NAMES.items(), "domain": domain}
    return _template("verdict_top").render({**context, "query": query})


@cache
def _packed_top(top: str) -> tuple[bytes, Any]:
    """The top in gzip, and the packer that goes on from there; it looks back 8 kB, so that a copy of it is cheap."""
    packer = zlib.compressobj(wbits=GZIP_8K, memLevel=5)
    return packer.compress(top.encode()) + packer.flush(zlib.Z_SYNC_FLUSH), packer


@cache
def _bottom(language: str) -> str:
    return _template("verdict_bottom").render({"language": language})


@cache
def _seal(state: VerdictState, language: str) -> str:
    """Icon and word of a state, in `language` and smaller in the two others."""
    context = {
        "icon_path": ICON_PATHS[LOOKS[state][1]],
        "word": state.label,
        "other_words": [(other, _label_in(other, state)) for other in LANGUAGE_CODES if other != language],
    }
    return _template("verdict_seal").render(context)


def _label_in(language: str, state: VerdictState) -> str:
    with translation.override(language):
        return str(state.label)


def _form(name: str, language: str, answer: dict[str, Any], kind: str) -> str:
    """The form of this `kind`, with the answer if it was this one that was sent."""
    return _draw_form(name, language, answer) if answer.get(kind) else _unsent_form(name, language, answer["query"])


@cache
def _unsent_form(name: str, language: str, query: str) -> str:
    return _draw_form(name, language, {"query": query})


def _draw_form(name: str, language: str, answer: dict[str, Any]) -> str:
    return _template(name).render({"language": language, "reasons": ReportReason.choices, **answer})


@dataclass(frozen=True)
class _Style:
    tag: str
    policy: str


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
    return _Style(f"<style>{text}</style>", build_policy(policy))
