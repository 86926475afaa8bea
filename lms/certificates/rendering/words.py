"""What a certificate claims, in the words of the active language: for the paper, the verdict and the desk."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.common.dates import long_date
from lms.common.languages import pick

# With a context of their own: Django's catalogue calls the language "киргизский", which nobody says in the country.
LANGUAGE_LABELS = {
    "ky": pgettext_lazy("language of a training", "Kyrgyz"),
    "ru": pgettext_lazy("language of a training", "Russian"),
    "en": pgettext_lazy("language of a training", "English"),
}
# Whole phrases: how languages stand in a sentence differs from language to language.
IN_LANGUAGES: dict[frozenset[str], str | Promise] = {
    frozenset({"ky"}): _("in Kyrgyz"),
    frozenset({"ru"}): _("in Russian"),
    frozenset({"en"}): _("in English"),
    frozenset({"ky", "ru"}): _("in Kyrgyz and Russian"),
    frozenset({"ky", "en"}): _("in Kyrgyz and English"),
    frozenset({"ru", "en"}): _("in Russian and English"),
    frozenset({"ky", "ru", "en"}): _("in Kyrgyz, Russian and English"),
}
# For one module and for several.  No plural forms of a catalogue: no number stands there, and Kyrgyz, which has one
# form after every number, has two without.
COMPLETED = (_("Module completed"), _("Modules completed"))
TRAINS = (
    _("May train this module %(in_languages)s until %(until)s"),
    _("May train these modules %(in_languages)s until %(until)s"),
)
LEVEL_LABELS = {
    "participant": _("Participant"),
    "candidate": _("Candidate trainer"),
    "certified": _("Certified trainer"),
    "master": _("Master trainer"),
}


class Signatory(NamedTuple):
    """Whoever signs; either may be empty."""

    name: str
    position: str


@dataclass(frozen=True)
class ModuleLine:
    """A module as it is read."""

    code: str
    title: str
    hours: str


def described(record: dict[str, Any]) -> dict[str, Any]:
    """A certificate's claims in the words of the active language: for the paper, the verdict and the desk."""
    until = record["trains_until"]
    trains_until = long_date(date.fromisoformat(until), case="until") if until else ""
    in_languages = IN_LANGUAGES[frozenset(record["languages"])]
    return {
        "is_trainer": bool(until),
        "certifies": _certifies(len(record["modules"]), in_languages, trains_until),
        "title": _("Trainer’s certificate") if until else _("Certificate"),
        "organisation": pick(record["issuer"]["names"]),
        "issuer": record["issuer"]["code"],
        "signatories": _signatories(record["issuer"]),
        "modules": [_module_line(module) for module in record["modules"]],
        "hours": _hours(sum(Decimal(module["hours"]) for module in record["modules"])),
        "level": LEVEL_LABELS[record["level"]],
        "languages": _listed([str(LANGUAGE_LABELS[language]) for language in record["languages"]]),
        "language_count": len(record["languages"]),
        "issued_on": long_date(date.fromisoformat(record["issued_on"])),
        "expires_on": long_date(date.fromisoformat(record["expires_on"])) if record["expires_on"] else "",
    }


def _listed(languages: list[str]) -> str:
    """ "Kyrgyz, Russian", "Кыргызский, русский": English alone writes a language with a capital in the middle."""
    first, *others = languages
    return ", ".join([first, *(others if translation.get_language() == "en" else map(str.lower, others))])


def _certifies(modules: int, in_languages: str | Promise, until: str) -> str:
    """What stands before the titles of the modules."""
    several = modules > 1
    return str(TRAINS[several]) % {"in_languages": in_languages, "until": until} if until else str(COMPLETED[several])


def _signatories(issuer: dict[str, Any]) -> list[Signatory]:
    """One line for a signature at least, whoever may sign there."""
    first = Signatory(issuer["signatory_name"], pick(issuer["signatory"]))
    second = Signatory(issuer.get("second_signatory_name", ""), pick(issuer.get("second_signatory", {})))
    return [first, second] if any(second) else [first]


def _module_line(module: dict[str, Any]) -> ModuleLine:
    return ModuleLine(module["code"], pick(module["titles"]), _hours(Decimal(module["hours"])))


def _hours(hours: Decimal | int) -> str:
    """7.5 → "7.5" or "7,5"; 6.0 → "6"."""
    number = Decimal(hours)
    return str(localize(int(number) if number == int(number) else number))
