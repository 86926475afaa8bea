"""What the verifier without a network is made of, and the words that its scripts put together."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import models
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lms.certificates.queries import VerdictState
from lms.certificates.rendering.verdict import ICON_PATHS, LOOKS, SENTENCES
from lms.certificates.rendering.words import COMPLETED, IN_LANGUAGES, LANGUAGE_LABELS, LEVEL_LABELS, TRAINS
from lms.common.dates import Case, long_date
from lms.common.languages import LANGUAGE_CODES

_FOLDER = "js/verifier"
# What the page loads, in the order in which one script asks for the next; it is told at once, so that none waits.
SCRIPTS = (
    *(
        f"{_FOLDER}/{name}.js"
        for name in (
            "verify", "panel", "words", "store", "scanner", "address", "bundle", "verdict", "statement", "cbor",
            "base64url", "ed25519",
        )
    ),
    "vendor/noble-ed25519.js",
)  # fmt: skip
STYLES = ("css/site.css", "css/verifier.css")
# The second download, for browsers that read no QR codes themselves.
DECODER = "vendor/zxing/zxing_reader.wasm"
SCANNER = ("vendor/zxing/reader/index.js", "vendor/zxing/share.js", DECODER)
ICON_SIZES = (192, 512)


class OfflineState(models.TextChoices):
    """States that a verdict has only without a network; and there a withdrawn key is nothing to believe."""

    UNCHECKED = "unchecked", _("Genuine, revocation not checked")
    NOT_ISSUED = "not_issued", _("Not issued here")
    UNKNOWN_KEY = "unknown_key", _("Signed with an unknown key")
    WITHDRAWN_KEY = "withdrawn_key", _("Signed with a withdrawn key")


OFFLINE_LOOKS: dict[str, tuple[str, str]] = {
    OfflineState.UNCHECKED: ("waiting", "clock"),
    OfflineState.NOT_ISSUED: ("attention", "cross"),
    OfflineState.UNKNOWN_KEY: ("attention", "alert"),
    OfflineState.WITHDRAWN_KEY: ("waiting", "alert"),
}
# In place of what the page says online, where it checked just now and knows since when.  %(date)s is the day of the
# list, for an expired one the last day on which it was good.
OFFLINE_SENTENCES: dict[str, tuple[str | Promise, Case]] = {
    VerdictState.GENUINE: (
        _("We issued this certificate. The list on this device says neither that it was revoked nor suspended."),
        "plain",
    ),
    VerdictState.MAY_TRAIN_SOME: (
        _("We issued this certificate. Some of these modules its holder may not train at present: ask online which."),
        "plain",
    ),
    VerdictState.SUPERSEDED: (_("A newer certificate took its place. Ask the holder for the newer one."), "plain"),
    VerdictState.SUSPENDED: (_("It was suspended. The suspension may have been lifted since: ask online."), "plain"),
    VerdictState.REVOKED: (_("It was revoked. It certifies nothing any more."), "plain"),
    VerdictState.NOT_OURS: (
        _("This is not the address of a certificate of ours. Ours begin with %(address)s and are signed."),
        "plain",
    ),
    OfflineState.UNCHECKED: (
        _(
            "The signature is ours. Whether it was revoked was not checked since %(date)s: renew the list, or ask"
            " online."
        ),
        "since",
    ),
    OfflineState.NOT_ISSUED: (
        _("We never issued a certificate with this number. Do not rely on it, and tell the organisation."),
        "plain",
    ),
    OfflineState.UNKNOWN_KEY: (
        _("No key in the list on this device signed this. It is a forgery, or newer than the list: ask online."),
        "plain",
    ),
    OfflineState.WITHDRAWN_KEY: (
        _("The key that signed this was withdrawn, and others may have had it. Only an online check tells."),
        "plain",
    ),
}


# Where the list knows the day of what was decided; %(date)s is that day.
DATED_SENTENCES: dict[str, tuple[str | Promise, Case]] = {
    VerdictState.SUPERSEDED: SENTENCES[VerdictState.SUPERSEDED],
    VerdictState.SUSPENDED: (
        _("Suspended since %(date)s. The suspension may have been lifted meanwhile: ask online."),
        "since",
    ),
    VerdictState.REVOKED: SENTENCES[VerdictState.REVOKED],
}


def verifier_context() -> dict[str, Any]:
    """What the page's template is told."""
    return {"files": verifier_files(), "words": verifier_words(), "stylesheet": STYLES[-1], "entry": SCRIPTS[0]}


def verifier_files() -> dict[str, Any]:
    """Addresses of what the page loads, and how many kB the second download takes over the wire."""
    return {
        "scripts": [static(name) for name in SCRIPTS],
        "styles": [static(name) for name in STYLES],
        "scanner": [static(name) for name in SCANNER],
        "scanner_kb": -(-sum(_on_the_wire(name) for name in SCANNER) // 1000),
    }


def web_manifest() -> dict[str, Any]:
    """How the verifier stands among the apps of a phone: under a name that says nothing of the programme.

    Its scope holds /v/ as well as /verify/: a QR that is scanned with the phone's own camera may open it.
    """
    name, language = gettext("Certificate check"), translation.get_language()
    return {
        "id": reverse("verify:code"),
        "name": name,
        "short_name": name,
        "lang": language,
        "start_url": reverse("verify:code", query={"lang": language}),
        "scope": "/v",
        "display": "minimal-ui",
        "background_color": "#fffdf9",
        "theme_color": "#fffdf9",
        "icons": [
            {
                "src": static(f"img/verifier-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for size in ICON_SIZES
        ],
    }


def verifier_words() -> dict[str, Any]:
    """All that the scripts say, in the active language; the words of the states in all three."""
    return _words(translation.get_language() or settings.LANGUAGE_CODE, f"{settings.PUBLIC_BASE_URL}/v/")


@cache
def _words(language: str, address: str) -> dict[str, Any]:
    """Once a process: it is the same for everybody."""
    return {
        "states": {state.value: _state(state, address) for state in [*VerdictState, *OfflineState]},
        "dates": {case: [_pattern(month, case) for month in range(1, 13)] for case in get_args(Case.__value__)},
        "levels": _texts(LEVEL_LABELS),
        "languages": _texts(LANGUAGE_LABELS),
        "in_languages": {",".join(sorted(codes)): str(phrase) for codes, phrase in IN_LANGUAGES.items()},
        "decimal": get_format("DECIMAL_SEPARATOR"),
        "completed": [str(words) for words in COMPLETED],
        "trains": [str(words) for words in TRAINS],
        "module_hours": gettext("%(hours)s h"),
        "labels": _labels(),
        "messages": _messages(),
    }


def _labels() -> dict[str, Any]:
    return {
        "level": gettext("Level"),
        "hours": gettext("Hours"),
        "language": ngettext("Language", "Languages", 1),
        "languages": ngettext("Language", "Languages", 2),
        "issued_on": gettext("Issued on"),
        "expires_on": gettext("Valid until"),
        "issuer": gettext("Issued by"),
        "address": gettext("Address"),
        "list": gettext("List of revocations of"),
        "phone": gettext("Date on this device"),
    }


def _messages() -> dict[str, Any]:
    return {
        "list": gettext("This phone holds the list of %(date)s."),
        "list_old": gettext("It is older than a week: renew it when there is a connection."),
        "list_of_tomorrow": gettext("The clock of this device stands before the list: set it right."),
        "no_list": gettext("This phone holds no list yet. It needs a connection once."),
        "fetching_list": gettext("The list is being fetched."),
        "renewed": gettext("Renewed just now."),
        "no_connection": gettext("There is no connection. What this device holds stays."),
        "no_list_yet": gettext("There is no list yet: no certificate was issued."),
        "not_taken": gettext("What came was not a list of ours. What this device holds stays."),
        "strange_key": gettext(
            "A newer list is signed with a key that this device does not know. If the page was not opened for a year,"
            " set it up anew."
        ),
        "ready": gettext("This page opens and scans without a connection, too."),
        "ready_without_reader": gettext(
            "This page opens without a connection, too. To scan without one it needs the reader, which is not on this"
            " phone yet."
        ),
        "fetching": gettext("The reader is being fetched."),
        "fetched": gettext("The reader is on this phone now."),
        "menu": gettext("Choose “Add to home screen” in the menu of the browser."),
        "no_camera": gettext("The camera cannot be used. Allow it in the browser, or read the code from a picture."),
        "no_code": gettext("There is no QR code in the picture that can be read. Type the code that stands below it."),
        "is_pdf": gettext("This is a PDF, not a picture. Copy the code out of it, or choose a screenshot of it."),
        "no_reader": gettext("The reader could not be fetched. Try again with a connection."),
        "wrong_length": gettext(
            "A whole code is needed: 27 letters and digits. Here are %(typed)s. Compare it with the paper, group by"
            " group."
        ),
        "needs_network": gettext(
            "This code can only be checked with a connection. Scan the QR code instead: it proves itself."
        ),
        "needs_reader": gettext(
            "This code can only be checked with a connection. To scan needs one too: the reader is not on this phone"
            " yet."
        ),
    }


def _state(state: VerdictState | OfflineState, address: str) -> dict[str, Any]:
    """Online a withdrawn key has a word of its own; here the later of the two is meant."""
    tone, icon = OFFLINE_LOOKS.get(state) or LOOKS[VerdictState(state)]
    sentence, case = OFFLINE_SENTENCES.get(state) or SENTENCES[VerdictState(state)]
    dated, dated_case = DATED_SENTENCES.get(state, ("", "plain"))
    return {
        "tone": tone,
        "icon": ICON_PATHS[icon],
        "labels": {code: _in(code, state.label) for code in LANGUAGE_CODES},
        "sentence": str(sentence).replace("%(address)s", address),
        "case": case,
        "dated": str(dated),
        "dated_case": dated_case,
    }


def _in(language: str, text: str | Promise) -> str:
    with translation.override(language):
        return str(text)


def _texts(labels: dict[str, Any]) -> dict[str, str]:
    return {code: str(label) for code, label in labels.items()}


def _pattern(month: int, case: Case) -> str:
    """How a day of this month is written, with %(day)s and %(year)s in their places."""
    return long_date(date(1111, month, 28), case=case).replace("1111", "%(year)s").replace("28", "%(day)s")


@cache
def _on_the_wire(name: str) -> int:
    """The file's size as most browsers get it: packed where it was collected for production, else as it is."""
    collected = Path(settings.STATIC_ROOT) / static(name).removeprefix(settings.STATIC_URL)
    kinds = [collected.with_name(collected.name + packed) for packed in (".br", ".gz")]
    return next(kind for kind in [*kinds, Path(str(finders.find(name)))] if kind.exists()).stat().st_size
