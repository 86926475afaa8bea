"""The answers to a partner's list, in the words of the verdict page: as rows on the screen, as a CSV, as a PDF."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import Ed25519Key
from lms.certificates.queries import Verdict
from lms.certificates.rendering.verdict import LOOKS, WITHOUT_CLAIMS, sentence_of, way_back_of
from lms.certificates.rendering.words import described
from lms.certificates.signing import SealedTable, seal_table
from lms.common.codes import clean_code, decode_id, dictated
from lms.common.dates import local_day, long_date
from lms.common.languages import pick
from lms.common.names import clean_name
from lms.common.pdf import PdfRefused, render_pdf
from lms.common.tables import write_csv

STYLESHEET = "certificates/pdf/result.css"
# A line as it was typed: room for a code or an id with a name; the paper wraps it.
MAX_TYPED = 120
# Whoever waits for a page waits for the paper that somebody else has drawn: rows and letters of a name, which make it a
# second or two of work, and an end for lists in which each row is of another kind.
MOST_ON_PAPER, MOST_OF_NAME, MOST_SECONDS, MOST_PAGES = 150, 60, 4, 30
# Where a result is judged; it stands in files that are kept.
LIST_ADDRESS = "%s/verify/list/"
# What became of the name in a row: by the words of the verdict page.
NAME_CHECKS: dict[str, str | Promise] = {
    "": "",
    "match": _("Match"),
    "no_match": _("No match"),
    "busy": _("No more tries this hour"),
    "spent": _("No more tries for a day"),
    "nothing": _("Nothing to compare with"),
    "other_row": _("Not compared"),
}
# Whoever reads the state alone, or how many there are of each, learns of the name as well: a genuine code may stand on
# somebody else's paper.
_NOT_COMPARED = ("waiting", _("Name not compared · %(state)s"))
NAMED_STATES: dict[str, tuple[str, str | Promise]] = {
    "no_match": ("attention", _("Name does not match · %(state)s")),
    "busy": _NOT_COMPARED,
    "spent": _NOT_COMPARED,
    "nothing": _NOT_COMPARED,
    "other_row": ("attention", _("Another name, not compared")),
}
# The worst of a row is what it looks like.
TONES = ("attention", "waiting", "done")
# In an address from a QR: the signed statement, which nobody reads.
_FRAGMENT = re.compile(r"#[\w-]*")
# Beside the verdict of a code without its check symbol.
LAST_SIGN_LEFT_OUT = _("The last sign of the code was not typed: compare the name with the paper.")


@dataclass(frozen=True)
class Answer:
    """What is said of one row.

    Without a verdict it was not checked, and `note` says why, `is_unread` where that is because no code could be read;
    beside a verdict `note` says what else there is to know.  `name_check` is a key of NAME_CHECKS.
    """

    number: int
    typed: str
    name: str
    public_id: str
    verdict: Verdict | None
    note: str = ""
    name_check: str = ""
    is_unread: bool = False

    @property
    def tone(self) -> str:
        if self.is_unread:
            return "quiet"
        name_tone, _state = NAMED_STATES.get(self.name_check, ("done", ""))
        return min(name_tone, LOOKS[self.verdict.state][0] if self.verdict else "waiting", key=TONES.index)

    @property
    def state(self) -> str:
        """In one word what is thought of the row, its name too."""
        if self.is_unread:
            return gettext("Line not read")
        state = str(self.verdict.state.label) if self.verdict else gettext("Not checked")
        _tone, named = NAMED_STATES.get(self.name_check, ("", "%(state)s"))
        return str(named) % {"state": state}


@dataclass(frozen=True)
class ResultLine:
    """A row of the result, as text, in the order of the columns."""

    number: str
    code: str
    state: str
    meaning: str
    certifies: str = ""
    modules: str = ""
    level: str = ""
    hours: str = ""
    languages: str = ""
    issued_on: str = ""
    expires_on: str = ""
    issuer: str = ""
    shown_name: str = ""
    name: str = ""
    name_check: str = ""
    typed: str = ""


def head_of_result() -> list[str]:
    """The heads of the columns, in the active language."""
    return [
        gettext("Row"),
        gettext("Code"),
        gettext("State"),
        gettext("What it means"),
        gettext("What was certified"),
        gettext("Modules"),
        gettext("Level"),
        gettext("Hours"),
        gettext("Languages of the training"),
        gettext("Issued on"),
        gettext("Valid until"),
        gettext("Issued by"),
        gettext("Name as it is shown"),
        gettext("Name in the list"),
        gettext("Comparison of the name"),
        gettext("As it was typed"),
    ]


def counted_states(lines: Iterable[ResultLine]) -> list[tuple[str, int]]:
    """How many rows of each state, the most first."""
    return Counter(line.state for line in lines).most_common()


def sealed_result(lines: Sequence[ResultLine], *, at: datetime, key: Ed25519Key, private_key: bytes) -> bytes:
    """The CSV, in the active language, with the site's seal in its last line."""
    return seal_table(
        write_csv(head_of_result(), [*map(astuple, lines), [_said_of_seal(at)]]),
        site=settings.PUBLIC_BASE_URL,
        at=at,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        rows=len(lines),
        key=key,
        private_key=private_key,
    )


def lines_of(sealed: SealedTable) -> list[ResultLine]:
    """The rows of a CSV that was sealed here."""
    return [ResultLine(*row[: len(fields(ResultLine))]) for row in sealed.rows]


def draw_result(sealed: SealedTable) -> bytes:
    """The PDF of a sealed CSV, in its language.  Raises PdfRefused over MOST_ON_PAPER, MOST_PAGES, MOST_SECONDS."""
    if len(sealed.rows) > MOST_ON_PAPER:
        raise PdfRefused("too many rows")
    with translation.override(sealed.seal.language):
        lines = [replace(line, name=Truncator(line.name).chars(MOST_OF_NAME)) for line in lines_of(sealed)]
        states = _explained(lines)
        context = {
            "groups": _grouped(lines),
            "states": states,
            # Of these each row says what it means.
            "alone": {state for state, _number, meaning in states if not meaning},
            "rows": sealed.seal.rows,
            "language": sealed.seal.language,
            **said_of(sealed),
        }
        html = render_to_string("certificates/pdf/result.html", context)
        return render_pdf(html, stylesheets=[STYLESHEET], max_pages=MOST_PAGES, max_seconds=MOST_SECONDS)


def _grouped(lines: Iterable[ResultLine]) -> list[list[ResultLine]]:
    """Those together of which the same was certified, for it is said once: a thousand rows take half the time."""
    groups: dict[tuple[str, ...], list[ResultLine]] = {}
    for line in lines:
        same = (line.certifies, line.modules, line.level, line.hours, line.languages, line.issuer)
        groups.setdefault(same, []).append(line)
    return list(groups.values())


def _explained(lines: Sequence[ResultLine]) -> list[tuple[str, int, str]]:
    """The states, how many there are, and what each means where that is the same for all of them."""
    meanings: dict[str, set[str]] = {}
    for line in lines:
        meanings.setdefault(line.state, set()).add(line.meaning)
    return [
        (state, number, next(iter(meanings[state])) if len(meanings[state]) == 1 else "")
        for state, number in counted_states(lines)
    ]


def said_of(sealed: SealedTable) -> dict[str, Any]:
    """When and where it was made, and what proves it."""
    return {
        "day": long_date(local_day(sealed.seal.made_at)),
        "time": date_format(timezone.localtime(sealed.seal.made_at, timezone.get_default_timezone()), "TIME_FORMAT"),
        "site": urlsplit(sealed.seal.site).netloc,
        "address": LIST_ADDRESS % sealed.seal.site,
        "sha256": sealed.sha256,
    }


def result_line(answer: Answer) -> ResultLine:
    """In the words that the verdict page says of it."""
    verdict = answer.verdict
    code = dictated(decode_id(answer.public_id)) if answer.public_id else _visible(answer.typed)
    said = {
        "number": str(answer.number),
        "code": code,
        "typed": "" if _is_read_in(answer.typed, code) else _visible(_FRAGMENT.sub("", answer.typed)),
        "state": answer.state,
        "name": answer.name,
        "name_check": str(NAME_CHECKS[answer.name_check]),
    }
    if answer.is_unread:
        meaning_of = gettext("It says nothing about a certificate. Correct the line, and check it again.")
        return ResultLine(**said, meaning=f"{answer.note} {meaning_of}")
    if verdict is None:
        return ResultLine(**said, meaning=answer.note)
    differs = gettext(
        "The name in the list is not the name on this certificate. Do not rely on the paper before you know why."
    )
    meaning = [
        differs if answer.name_check == "no_match" else "",
        sentence_of(verdict),
        pick(verdict.wording or {}),
        way_back_of(verdict),
        answer.note,
    ]
    claims = verdict.record if verdict.state not in WITHOUT_CLAIMS else None
    return ResultLine(
        **said,
        meaning=" ".join(filter(None, meaning)),
        **(_claimed(claims) | {"shown_name": verdict.shown_name} if claims else {}),
    )


def _is_read_in(typed: str, code: str) -> bool:
    """Does whoever looks for what she typed find it by the code?  Not by that of an id or an address."""
    return code == _visible(typed) or clean_code(code)[:-1] in clean_code(typed)


def _visible(typed: str) -> str:
    """What a partner reads in a signed file, without marks that turn the writing or that nobody sees."""
    return clean_name(typed[: 2 * MAX_TYPED])[:MAX_TYPED]


def _claimed(claims: Mapping[str, Any]) -> dict[str, str]:
    said = described(dict(claims))
    return {
        "certifies": said["certifies"],
        "modules": "; ".join(_titled(module.code, module.title) for module in said["modules"]),
        "level": str(said["level"]),
        "hours": said["hours"],
        "languages": said["languages"],
        "issued_on": _short(claims["issued_on"]),
        "expires_on": _short(claims["expires_on"]),
        "issuer": said["organisation"],
    }


def _titled(code: str, title: str) -> str:
    return title if title == code else f"{code} {title}"


def _short(day: str | None) -> str:
    return date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT") if day else ""


def _said_of_seal(at: datetime) -> str:
    local = timezone.localtime(at, timezone.get_default_timezone())
    sentence = gettext(
        "Checked on %(date)s, %(time)s, at %(address)s. The next line is the signature of this site: at the same "
        "address anybody can learn whether this file was changed."
    )
    return sentence % {
        "date": long_date(local.date(), case="on"),
        "time": date_format(local, "TIME_FORMAT"),
        "address": LIST_ADDRESS % settings.PUBLIC_BASE_URL,
    }
