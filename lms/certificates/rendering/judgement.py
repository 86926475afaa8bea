"""What was found out about a credential of Open Badges, in words: for the page that judges one, and the command."""

from typing import Any, NamedTuple

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.certificates.queries import Verdict, VerdictState, verdict_of
from lms.certificates.rendering.verdict import ICON_PATHS, LOOKS, sentence_of, way_back_of
from lms.certificates.rendering.verifier import OFFLINE_LOOKS, OfflineState
from lms.certificates.signing import Judgement, Standing
from lms.common.dates import local_day, long_date
from lms.common.languages import LANGUAGE_CODES

MOST_LETTERS = 300


class Look(NamedTuple):
    """The state of a credential, shown three times: never by colour alone."""

    word: str | Promise
    tone: str
    icon: str


def _as_verdict(state: VerdictState) -> Look:
    return Look(state.label, *LOOKS[state])


_UNREAD = Look(_("No badge that can be judged"), "attention", "cross")
_UNRELIABLE = Look(_("Do not rely on it"), "attention", "alert")
_UNTOLD = Look(_("Cannot be told from here"), "waiting", "clock")
_STRANGER = Look(_("Signature right, issuer unknown"), "waiting", "alert")
_EARLY = Look(_("Not valid yet"), "waiting", "clock")
_NOT_ISSUED = Look(OfflineState.NOT_ISSUED.label, *OFFLINE_LOOKS[OfflineState.NOT_ISSUED])
_WITHDRAWN = Look(OfflineState.WITHDRAWN_KEY.label, *OFFLINE_LOOKS[OfflineState.WITHDRAWN_KEY])
# One sentence for each code of a Judgement.
REASONS: dict[str, tuple[Look, str | Promise]] = {
    "": (_as_verdict(VerdictState.GENUINE), _("Genuine, and it holds now.")),
    # the file
    "no_credential": (_UNREAD, _("There is no badge in this file.")),
    "picture_without": (
        _UNREAD,
        _(
            "There is no badge in this picture. A messenger may have taken it out: ask for the picture as a file, or "
            "check the code of the certificate."
        ),
    ),
    "two_credentials": (_UNREAD, _("There is more than one badge in this file.")),
    "too_large": (_UNREAD, _("The file is larger than a badge is.")),
    "not_json": (_UNREAD, _("This cannot be read as a badge: it is something else, or it was damaged on the way.")),
    "bad_picture": (_UNREAD, _("The picture is damaged, or refers to other files.")),
    "not_a_badge": (_UNREAD, _("This is no badge: it is a file of another kind, or older than Open Badges 3.0.")),
    "unknown_context": (_UNREAD, _("It uses terms that are not known here, and none are fetched.")),
    "unsigned_term": (_UNRELIABLE, _("A part of it has no defined meaning, so that no signature covers it.")),
    "ambiguous": (_UNRELIABLE, _("It describes the same thing in two ways.")),
    "malformed": (_UNRELIABLE, _("It is not well formed.")),
    "too_complex": (_UNRELIABLE, _("It is too deep or too long to be judged.")),
    "bad_dates": (_UNRELIABLE, _("A date in it is not a date.")),
    # the signature
    "no_proof": (_UNRELIABLE, _("It is not signed.")),
    "unsupported_proof": (
        _UNRELIABLE,
        _("It is signed in another way than Ed25519 (eddsa-rdfc-2022, or a JWS with EdDSA)."),
    ),
    "bad_proof": (_UNRELIABLE, _("Its signature is incomplete, or says more than it may.")),
    "key_in_header": (_UNRELIABLE, _("It brings along the key by which it wants to be judged.")),
    "foreign_key": (_UNRELIABLE, _("It is signed by another key than one of the issuer that it names.")),
    "unknown_key": (_UNRELIABLE, _("The issuer does not publish the key that it is signed by.")),
    "withdrawn_key": (
        _WITHDRAWN,
        _("It is signed with a key that was withdrawn. Ask its holder for the file of today."),
    ),
    "bad_signature": (_as_verdict(VerdictState.ALTERED), _("It was changed after it was signed.")),
    # the state
    "not_yet_valid": (_EARLY, _("Its first day has not come yet.")),
    "expired": (_as_verdict(VerdictState.EXPIRED), _("Its last day is over.")),
    "revoked": (_as_verdict(VerdictState.REVOKED), _("It was revoked. It certifies nothing any more.")),
    "suspended": (
        _as_verdict(VerdictState.SUSPENDED),
        _("It is suspended. The suspension may be lifted: check again later."),
    ),
    "superseded": (
        _as_verdict(VerdictState.SUPERSEDED),
        _("A newer certificate took its place. Ask the holder for the newer one."),
    ),
    "not_issued_here": (_NOT_ISSUED, _("We never issued it.")),
    "unknown_status": (_UNRELIABLE, _("The list that would say whether it was revoked cannot be relied on.")),
    # cannot be told
    "host_not_allowed": (
        _UNTOLD,
        _("What is needed to judge it lies on another site that is not asked from here. Ask its issuer."),
    ),
    "unreachable": (_UNTOLD, _("Its issuer's site gives no answer that can be used. Try again later.")),
    "nobody_vouches": (
        _STRANGER,
        _("The signature is right, but the issuer is only a key: nobody says whose it is."),
    ),
}
# Who the issuer is to us, once its signature is found right, and before.
STANDINGS: dict[tuple[Standing, bool], str | Promise] = {
    (Standing.OURS, True): _("This site: the signature is ours."),
    (Standing.OURS, False): _("It names this site, but that is not proved."),
    (Standing.ALLOWED, True): _(
        "Another site, which may be asked from here. The signature is the issuer's; we do not vouch for what it says."
    ),
    (Standing.ALLOWED, False): _("Another site, which may be asked from here. That it comes from there is not proved."),
    (Standing.UNKNOWN, True): _(
        "Unknown to us. The signature is right, and still the issuer is a stranger: anybody can use this name."
    ),
    (Standing.UNKNOWN, False): _("Unknown to us. Anybody can use this name; the signature is not confirmed."),
}


def judgement_shown(said: Judgement) -> dict[str, Any]:
    """The judgement for the page, in the active language; what the file says, as text of one line each."""
    look, sentence = REASONS[said.code]
    licence = licence_at_rest(said)
    if licence:
        look, sentence = _as_verdict(licence.state), sentence_of(licence)
    return {
        "tone": look.tone,
        "icon_path": ICON_PATHS[look.icon],
        "word": look.word,
        "other_words": _in_others(look.word),
        "sentence": sentence,
        "steps_back": way_back_of(licence) if licence else "",
        "is_signed": said.is_signed,
        "title": plain(said.title),
        "description": plain(said.description),
        "issuer_name": plain(said.issuer_name),
        "issuer": plain(said.issuer),
        "standing": STANDINGS[said.standing, said.is_signed],
        "valid_from": said.valid_from and long_date(said.valid_from),
        "valid_until": said.valid_until and long_date(said.valid_until),
        "status": _status(said),
        "public_id": said.public_id,
        "is_read": look is not _UNREAD,
        "leads_to_code": said.code == "picture_without",
    }


def licence_at_rest(said: Judgement) -> Verdict | None:
    """Of a good badge of ours: what its page says, if its holder may not train now.

    The file cannot say it, for it does not change; whoever reads "may train" in it must not take it for today's word.
    """
    if said.code or not said.public_id:
        return None
    verdict = verdict_of(said.public_id, timezone.localdate())
    return verdict if verdict.state in (VerdictState.MAY_NOT_TRAIN, VerdictState.MAY_TRAIN_SOME) else None


def _status(said: Judgement) -> str:
    """Whether it was asked if the badge was revoked, and of which day the answer is."""
    if said.listed_at is None:
        return str(_("Not checked.") if said.names_list else _("Not checked: the badge names no list."))
    if said.standing == Standing.OURS:
        return str(_("Checked just now."))
    return str(_("Checked in the issuer's list of %(date)s.")) % {"date": long_date(local_day(said.listed_at))}


def _in_others(word: str | Promise) -> list[tuple[str, str]]:
    found, here = [], translation.get_language()
    for language in LANGUAGE_CODES:
        if language != here:
            with translation.override(language):
                found.append((language, str(word)))
    return found


def plain(text: str) -> str:
    """A stranger's text: one line, without control characters and without signs that turn the letters around."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:MOST_LETTERS])
