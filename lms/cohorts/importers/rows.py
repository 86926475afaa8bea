"""What the rows of a roster would do, as they are looked at before and applied afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.cohorts.importers.namesakes import Namesake
from lms.cohorts.models import AgeBand, Category, Enrolment, Facts, Sex
from lms.common.languages import LANGUAGE_NAMES

FACT_LABELS: dict[str, str | Promise] = {
    "language": _("language"),
    "sex": _("sex"),
    "age_band": _("age"),
    "region": _("region"),
    "category": _("takes part as"),
    "disability": _("disability"),
    "legal_name": _("full name"),
}
SHOWN: dict[str, type[TextChoices]] = {"sex": Sex, "age_band": AgeBand, "category": Category}
UNSAID = "unsaid"
# The answer that the row means somebody who left, and that she stays away.
LEFT_OUT = "out"
# "out": meant is somebody who left; without `person_id` she is left out by an answer, else no list brings her back.
type Step = Literal["add", "enrol", "change", "same", "ask", "out"]


class Message(NamedTuple):
    """What is wrong or worth knowing about a row (0: the whole file)."""

    number: int
    text: str | Promise


class Written(NamedTuple):
    """One thing that a row writes, in words: what will stand there, and what stands there now if something does.

    Of a disability and a full name only that they are written: nobody reads them on a page of many.
    """

    label: str
    new: str = ""
    old: str = ""


@dataclass(frozen=True)
class RosterRow:
    """One row as it would be applied."""

    number: int
    step: Step
    display_name: str
    language: str
    facts: Facts
    # Which of FACT_LABELS the file has a value for; the others are left as they are.
    given: frozenset[str]
    person_id: UUID | None = None
    legal_name: str = ""
    written: tuple[Written, ...] = ()
    namesakes: tuple[Namesake, ...] = ()
    waiting: bool = False
    # She left this cohort before.
    again: bool = False

    @property
    def may_be_left_out(self) -> bool:
        """May it mean somebody who left and whom the list would bring back?"""
        return any(other.left and not other.stays_out for other in self.namesakes)

    @property
    def changes(self) -> tuple[str, ...]:
        """What it writes anew about somebody who is there already, in words."""
        return tuple(one.label for one in self.written) if self.step == "change" else ()

    @property
    def told(self) -> tuple[Written, ...]:
        """What the file says of her, which tells rows of one name apart where each is asked about."""
        return tuple(written_by(self, None))

    def facts_over(self, kept: Facts) -> Facts:
        """What she said, with what the file gives in its place."""
        said = vars(kept)
        return Facts(**{name: getattr(self.facts, name) if name in self.given else said[name] for name in said})

    @property
    def language_name(self) -> str:
        """Кыргызча"""
        return LANGUAGE_NAMES[self.language]


@dataclass
class RosterPreview:
    """What applying the file would do; with errors it cannot be applied at all."""

    rows: list[RosterRow] = field(default_factory=list)
    errors: list[Message] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    # Places that are left beyond those of `adds`.
    free: int = 0

    @property
    def adds(self) -> list[RosterRow]:
        return [row for row in self.rows if row.step in ("add", "enrol")]

    @property
    def changes(self) -> list[RosterRow]:
        return [row for row in self.rows if row.step == "change"]

    @property
    def questions(self) -> list[RosterRow]:
        return [row for row in self.rows if row.step == "ask"]

    @property
    def is_full(self) -> bool:
        """Would one more find no place?"""
        return self.free <= 0

    @property
    def waiting(self) -> int:
        """How many of those that it adds find no place."""
        return sum(row.waiting for row in self.adds)

    @property
    def waiting_at_most(self) -> int:
        """The same if each question is answered by somebody more."""
        return self.waiting + max(0, len(self.questions) - max(0, self.free))

    @property
    def unchanged(self) -> list[RosterRow]:
        return [row for row in self.rows if row.step == "same"]

    @property
    def changing(self) -> list[RosterRow]:
        """All but those that are said in one line."""
        return [row for row in self.rows if row.step != "same"]


def written_by(row: RosterRow, kept: Enrolment | None) -> Iterator[Written]:
    """What the row writes of what a person said of herself: all that it gives, or what it gives differently."""
    new, old = ({**vars(one.facts), "language": one.language} if one else {} for one in (row, kept))
    for name in [name for name in FACT_LABELS if name in row.given and name in new]:
        if kept and new[name] != old[name]:
            was = "" if old[name] == UNSAID else _in_words(name, old[name])
            yield Written(str(FACT_LABELS[name]), _in_words(name, new[name]), was)
        # Language and region of somebody new have columns of their own.
        elif not kept and name not in ("language", "region") and new[name] != UNSAID:
            yield Written(str(FACT_LABELS[name]), _in_words(name, new[name]))


def _in_words(name: str, value: Any) -> str:
    """“” of what is not shown here."""
    if name == "language":
        return LANGUAGE_NAMES[value]
    if name == "region":
        return value.name if value else ""
    return str(SHOWN[name](value).label) if name in SHOWN else ""
