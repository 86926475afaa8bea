"""Who lacks what for which certificate, how a name is shown to a stranger, what is said of a revocation.  Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from curricula.queries import LicenceRule
from lms.common.dates import add_months
from lms.common.languages import LANGUAGE_CODES
from lms.people.models import NameForm


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: a code for machines, a sentence for people, the module that it concerns."""

    code: str
    sentence: str | Promise
    module_code: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    # The code of the organisation that asks her, where several do.
    asked_by: str = ""
    # Nobody else can mend it for her.
    only_hers: bool = False
    # Where she finds the training that lacks it, in words for her alone.
    address: str = ""

    def __str__(self) -> str:
        return str(self.sentence) % self.params


@dataclass(frozen=True)
class ModuleRecord:
    """What one participant did in one module, beside what its rule asks."""

    code: str
    titles: Mapping[str, str]
    minutes: int
    percent: int
    required_percent: int
    attended_enough: bool
    post_test_required: bool
    post_test_taken: bool
    # Since then only counts are left; she met the rule if an earlier certificate of hers says so.
    counted_since: date | None = None


@dataclass(frozen=True)
class PaperworkRecord:
    """Whether she agreed to a certificate with her name, and gave the name; and whether nobody may agree for her."""

    consent_given: bool
    name_given: bool
    only_she_agrees: bool = False


@dataclass(frozen=True)
class TeachingRecord:
    """What a candidate did for the trainer's certificate of one module."""

    module_code: str
    is_candidate: bool
    plan_accepted: bool
    real_session_passed: bool


def missing_for_participant(modules: Sequence[ModuleRecord], paperwork: PaperworkRecord) -> list[Gap]:
    """The gaps, module by module, then those of the person.  See `met_modules` for what can be certified already."""
    return [gap for module in modules for gap in missing_in_module(module)] + missing_paperwork(paperwork)


def missing_in_module(module: ModuleRecord) -> list[Gap]:
    """Attendance and post-test, against the rule that was pinned when the cohort opened."""
    gaps = []
    if module.counted_since:
        if module.attended_enough:
            return []
        sentence = _("%(module)s: since %(date)s attendance is kept as counts without names.")
        since = date_format(module.counted_since, "SHORT_DATE_FORMAT")
        return [Gap("counted", sentence, module.code, {"module": module.code, "date": since})]
    if not module.attended_enough:
        sentence = _("%(module)s: attended %(percent)s %% of the sessions; %(required)s %% are needed.")
        figures = {"module": module.code, "percent": module.percent, "required": module.required_percent}
        gaps.append(Gap("attendance", sentence, module.code, figures))
    if module.post_test_required and not module.post_test_taken:
        sentence = _("%(module)s: the post-test was not handed in.")
        gaps.append(Gap("post_test", sentence, module.code, {"module": module.code}))
    return gaps


def missing_paperwork(paperwork: PaperworkRecord) -> list[Gap]:
    """Consent and name: without them nothing with her name leaves the house."""
    gaps = []
    if not paperwork.name_given:
        gaps.append(Gap("legal_name", _("Her name for the certificate is not there yet.")))
    if not paperwork.consent_given and paperwork.only_she_agrees:
        sentence = _(
            "She has not agreed to a certificate with her name since she came here. Only she can, on “My data and "
            "consents”."
        )
        gaps.append(Gap("consent", sentence, only_hers=True))
    elif not paperwork.consent_given:
        gaps.append(Gap("consent", _("She has not agreed to a certificate with her name.")))
    return gaps


def may_come_from_paper(paperwork: PaperworkRecord) -> bool:
    """Does she lack something that whoever coordinates her cohort may enter for her?"""
    return not (paperwork.name_given and (paperwork.consent_given or paperwork.only_she_agrees))


# What she mends in her profile herself, and what on the page of the training, where its tests and lessons stand.
OF_PROFILE = ("legal_name", "consent")
OF_TRAINING = ("coming", "post_test")
_TO_HER = {
    "coming": _("%(module)s: come to more sessions."),
    "attendance": _("%(module)s: you came to %(percent)s %% of the sessions; %(required)s %% are needed."),
    "post_test": _("%(module)s: hand in the post-test."),
    "post_test_over": _("%(module)s: the post-test is closed, and you did not hand it in: ask your trainer."),
    "legal_name": _("Write your name for the certificate in your profile."),
    "consent": _("Agree in your profile to a certificate with your name."),
    "plan": _("Hand in a session plan of your own: your coach or a coordinator accepts it."),
    "real_session": _("Lead a session while an observer watches, and pass."),
    "practice": _("%(module)s: sessions needed since %(date)s: %(needed)s, or a refresher. You gave %(given)s."),
}


def said_to_her(gap: Gap) -> Gap:
    """The same gap in words for the one who takes part; only what stays as it is keeps its own."""
    if gap.asked_by:
        return replace(
            gap, sentence=_("Agree in your profile to a certificate of this organisation: %(organisation)s.")
        )
    return replace(gap, sentence=_TO_HER.get(gap.code, gap.sentence))


def attendance_to_her(gap: Gap, coming: int, unmarked: int) -> list[Gap]:
    """Lacking sessions: to come to those that are `coming`, to ask about those that are over and `unmarked`.

    Where neither is left, the figure stays as it is.
    """
    found = [replace(gap, code="coming")] if coming else []
    if unmarked:
        sentence = ngettext(
            "%(module)s: %(n)s past session is not marked yet: ask your trainer.",
            "%(module)s: %(n)s past sessions are not marked yet: ask your trainer.",
            unmarked,
        )
        found.append(replace(gap, code="unmarked", sentence=sentence, params={**gap.params, "n": unmarked}))
    return found or [gap]


def met_modules(modules: Sequence[ModuleRecord]) -> list[ModuleRecord]:
    """Those whose rule she met."""
    return [module for module in modules if not missing_in_module(module)]


def missing_for_candidate(*, has_certificate: bool, passed: int, required: int) -> list[Gap]:
    """What stands between a graduate and a candidate's standing for one module."""
    gaps = []
    if not has_certificate:
        gaps.append(Gap("certificate", _("She has no participant's certificate with this module yet.")))
    if passed < required:
        sentence = _("%(passed)s of %(required)s teach-backs passed by two observers.")
        gaps.append(Gap("teach_backs", sentence, params={"passed": passed, "required": required}))
    return gaps


def missing_for_trainer(record: TeachingRecord, paperwork: PaperworkRecord) -> list[Gap]:
    """What stands between a candidate and a trainer's certificate for one module."""
    gaps = []
    if not record.is_candidate:
        gaps.append(Gap("candidate", _("She is not a candidate trainer of this module today."), record.module_code))
    if not record.plan_accepted:
        gaps.append(Gap("plan", _("No session plan of hers has been accepted."), record.module_code))
    if not record.real_session_passed:
        sentence = _("No real session that she led has been observed and passed.")
        gaps.append(Gap("real_session", sentence, record.module_code))
    return gaps + missing_paperwork(paperwork)


# ── What keeps a trainer's licence ───────────────────────────────────────────────────────────────────────────────
# A year, as in "two sessions a year".
YEAR = 12
# A trainer's certificate is renewed from so many months before its end until so many after it.
RENEWED_BEFORE, RENEWED_AFTER = 6, 6
# Whoever is concerned is reminded so long before the end, and once more.
REMINDED_BEFORE = (timedelta(days=60), timedelta(days=14))
ENDS_SOON = REMINDED_BEFORE[0]


@dataclass(frozen=True)
class Practice:
    """The days on which she gave a session of a module, and on which she had completed a refresher of it."""

    sessions: Sequence[date] = ()
    refreshers: Sequence[date] = ()

    def given(self, since: date) -> int:
        """Sessions on that day or later."""
        return sum(day >= since for day in self.sessions)

    def is_enough(self, since: date, needed: int) -> bool:
        """So many sessions on that day or later, or a refresher?"""
        return self.given(since) >= needed or any(day >= since for day in self.refreshers)


def year_before(day: date) -> date:
    """The same day a year before: what was held on it still counts."""
    return add_months(day, -YEAR)


def is_resting(rule: LicenceRule, starts_on: date, practice: Practice, day: date) -> bool:
    """Has she had the licence for more than a year, and trained too little within the last one?"""
    since = year_before(day)
    return starts_on < since and not practice.is_enough(since, rule.sessions_a_year)


def active_until(rule: LicenceRule, starts_on: date, practice: Practice) -> date | None:
    """The last day on which a licence does not rest if she gives and follows nothing more; None: it never does.

    The other side of `is_resting`: a year after the last of the sessions that are needed, after a refresher, or after
    the beginning.
    """
    needed = rule.sessions_a_year
    if not needed:
        return None
    given = sorted(practice.sessions, reverse=True)
    return add_months(max([starts_on, *practice.refreshers, *given[needed - 1 : needed]]), YEAR)


def missing_for_renewal(
    module_code: str, rule: LicenceRule, starts_on: date, practice: Practice, day: date
) -> list[Gap]:
    """What stands between a trainer and another term for one module.

    The year's sessions or a refresher; where the module changed since she qualified, after that change.
    """
    since, needed = max(year_before(day), starts_on), rule.sessions_a_year
    changed_on = rule.refresher_since
    if changed_on and starts_on < changed_on <= day:
        since, needed = max(since, changed_on), max(1, needed)
    if practice.is_enough(since, needed):
        return []
    sentence = _("%(module)s: sessions needed since %(date)s: %(needed)s, or a refresher. She gave %(given)s.")
    figures = {
        "module": module_code,
        "needed": needed,
        "date": date_format(since, "SHORT_DATE_FORMAT"),
        "given": practice.given(since),
    }
    return [Gap("practice", sentence, module_code, figures)]


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────
ALIAS_LENGTH = 40
_NOT_OF_A_NAME = re.compile(r"[^\w\s'’-]|[\d_]")
# "Асан кызы Айгүл": the father's name, daughter or son, the given name; the pair may stand behind as well.
_OF_FATHER = re.compile(r"^(кызы|кизи|уулу|kyzy|kizi|uulu)$", re.IGNORECASE)
_PATRONYMIC = re.compile(r"(вна|ична|инична|вич|ич|vna|vich)$", re.IGNORECASE)
_SURNAME = re.compile(r"..(ов|ев|ёв|ова|ева|ёва|ский|ская|цкий|цкая|енко|ov|ev|ova|eva|enko)$", re.IGNORECASE)


def shown_name(form: str, *, full_name: str, display_name: str) -> str:
    """What a stranger sees of a holder's name; empty for the form "none"."""
    if form == NameForm.FULL:
        return full_name
    if form == NameForm.ALIAS:
        return alias_of(display_name)
    return masked_name(full_name) if form == NameForm.MASKED else ""


def alias_of(display_name: str) -> str:
    """What she calls herself, in «quotes» that are signed with it: nobody takes it for a name that was checked.

    Letters and what joins them only, so that no rank or title can be written into a certificate.
    """
    words = " ".join(_NOT_OF_A_NAME.sub(" ", display_name).split())[:ALIAS_LENGTH].strip()
    return f"«{words}»" if words else ""


def masked_name(full_name: str) -> str:
    """Given name and initial: "Токтосунова Айгүл Маратовна" and "Айгүл Токтосунова" both become "Айгүл Т."."""
    given, other = _given_and_other(full_name.split())
    return f"{given} {other[0].upper()}." if other else given


def _given_and_other(words: list[str]) -> tuple[str, str]:
    for place, word in enumerate(words):
        if place and _OF_FATHER.match(word):
            father = words[place - 1]
            rest = words[: place - 1] + words[place + 1 :]
            return (rest[0], father) if rest else (father, "")
    names = [word for place, word in enumerate(words) if not (place and _PATRONYMIC.search(word))]
    if len(names) < 2:
        return (names[0] if names else "", "")
    if _SURNAME.search(names[0]) and not _SURNAME.search(names[-1]):
        return names[1], names[0]
    return names[0], names[-1]


# ── What the public reads about a revocation ─────────────────────────────────────────────────────────────────────
OWN, NOTHING = "own", "nothing"
# Beside words of one's own; nothing is the default.
WORDINGS: dict[str, str | Promise] = {
    "mistake": _("Issued by mistake."),
    "holder": _("At the holder's own request."),
    "decision": _("By a decision of the organisation."),
}


def wording_of(code: str) -> dict[str, str]:
    """{language: text} of a code; {} for nothing, and for words of one's own, which no code can tell."""
    return {language: _in(language, WORDINGS[code]) for language in LANGUAGE_CODES} if code in WORDINGS else {}


def wording_code(public_wording: Mapping[str, str]) -> str:
    """The code behind `wording_of`."""
    if not public_wording:
        return NOTHING
    return next((code for code in WORDINGS if wording_of(code) == dict(public_wording)), OWN)


def _in(language: str, text: str | Promise) -> str:
    with translation.override(language):
        return str(text)
