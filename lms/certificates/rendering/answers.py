"""A verdict as JSON, in three details; every text in three languages, so that the answer is the same for everybody."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import translation

from lms.certificates.queries import Verdict, VerdictState
from lms.certificates.rendering.verdict import WITHOUT_CLAIMS, sentence_of, way_back_of
from lms.common.dates import local_day
from lms.common.languages import LANGUAGE_CODES, pick

# How much is asked for; the last holds a name form, and is kept by nobody.
STATE, SUMMARY, FULL = DETAILS = ("state", "summary", "full")
# What was decided on a day that is told.
_SINCE = (VerdictState.REVOKED, VerdictState.SUSPENDED, VerdictState.SUPERSEDED)


def answer_of(verdict: Verdict, detail: str) -> dict[str, Any]:
    """As the document says it (openapi.py).  `detail` is one of DETAILS."""
    said: dict[str, Any] = {
        "id": verdict.public_id,
        "state": verdict.state.value,
        "since": local_day(verdict.since).isoformat() if verdict.since and verdict.state in _SINCE else None,
        "page": f"{settings.PUBLIC_BASE_URL}/v/{verdict.public_id}",
    }
    if detail == STATE:
        return said
    claims = verdict.record if verdict.state not in WITHOUT_CLAIMS else None
    said["certified"] = _certified(claims, verdict) if claims else None
    return said | _restated(verdict, bool(claims)) if detail == FULL else said


def _certified(claims: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    """As it was signed: hours are a decimal number as text."""
    return {
        "level": claims["level"],
        "issued_on": claims["issued_on"],
        "expires_on": claims["expires_on"],
        "trains_until": claims["trains_until"],
        "languages": claims["languages"],
        "modules": [_module(module, verdict) for module in claims["modules"]],
        "issuer": {"code": claims["issuer"]["code"], "names": _texts(claims["issuer"]["names"])},
    }


def _module(module: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    return {
        "code": module["code"],
        "titles": _texts(module["titles"]),
        "hours": module["hours"],
        "may_train_now": module["code"] not in verdict.resting,
    }


def _restated(verdict: Verdict, claimed: bool) -> dict[str, Any]:
    return {
        "label": _in_each(lambda: str(verdict.state.label)),
        "sentence": _in_each(lambda: sentence_of(verdict)),
        "public_reason": _texts(verdict.wording) if verdict.wording else None,
        "way_back": _in_each(lambda: way_back_of(verdict)) if way_back_of(verdict) else None,
        "shown_name": verdict.shown_name if claimed and verdict.shown_name else None,
        "name_can_be_compared": claimed and verdict.can_check_name,
    }


def _texts(texts: dict[str, str]) -> dict[str, str]:
    """All three, one in the place of another that is missing."""
    return {language: pick(texts, language) for language in LANGUAGE_CODES}


def _in_each(say: Callable[[], str]) -> dict[str, str]:
    said = {}
    for language in LANGUAGE_CODES:
        with translation.override(language):
            said[language] = say()
    return said
