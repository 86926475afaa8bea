"""A roster from a file, as a preview: who would be added, whose facts would change.  Nobody is ever removed by it."""

from dataclasses import replace
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.cohorts.importers.kept_names import KeptNames
from lms.cohorts.importers.namesakes import Namesake, namesakes_of
from lms.cohorts.importers.rows import (
    FACT_LABELS,
    LEFT_OUT,
    Message,
    RosterPreview,
    RosterRow,
    Step,
    Written,
    written_by,
)
from lms.cohorts.importers.words import (
    CHOICES_OF,
    UnknownWord,
    age_band_of,
    choice_of,
    column_of,
    language_of,
    offered_words,
)
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState, Facts
from lms.cohorts.queries import people_known_to, places_left
from lms.common.codes import clean_code
from lms.common.crypto import fold
from lms.common.names import clean_name
from lms.common.tables import Row, Table
from lms.people.actions import NotAName, checked_name
from lms.people.models import Card, User
from lms.regions.models import Region, RegionKind
from lms.regions.queries import find_regions

MAX_PEOPLE = 300
NAME_LENGTH = 60
LEGAL_NAME_LENGTH = 120

_UNKNOWN_CARD = _(
    "unknown card code %(code)s; whoever has a card of another organisation joins by the poster, if she wants to"
)
_UNKNOWN_WORD = _("“%(word)s” is not known in the column “%(column)s”; write one of these: %(words)s")
_UNKNOWN_AGE = _("“%(word)s” is not known in the column “%(column)s”; write the years, or one of these: %(words)s")
_NOT_SPOKEN_HERE = _(
    "this cohort is not held in the language “%(word)s”; in the column “%(column)s” write one of these: %(words)s"
)


def preview_roster(*, cohort: Cohort, table: Table, by: User, answers: dict[int, str] | None = None) -> RosterPreview:
    """Reads every row and says everything that is wrong at once.

    `answers` holds, for rows with namesakes, the id of the person that is meant, "new", or LEFT_OUT for somebody who
    left: {row number: answer}.
    """
    preview = RosterPreview()
    columns = _columns(table, preview)
    if preview.errors:
        return preview
    reader = _Reader(cohort, by, columns, table, answers or {}, preview)
    preview.rows, preview.free = [row for row in map(reader.read, table.rows) if row], reader.free
    if said := reader.kept_names.said_of_all():
        preview.notes.append(Message(0, said))
    return preview


def _columns(table: Table, preview: RosterPreview) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, head in enumerate(table.header):
        column = column_of(head)
        if column and column in columns:
            preview.errors.append(Message(0, _("The column “%(head)s” stands there twice.") % {"head": head}))
        elif column:
            columns[column] = place
        elif head:
            preview.notes.append(Message(0, _("The column “%(head)s” is not read.") % {"head": head}))
    if "display_name" not in columns and "card_code" not in columns:
        text = _(
            "The first row must name the columns. Write “Display name” over the names, or start from the empty list."
        )
        preview.errors.append(Message(0, text))
    if len(table.rows) > MAX_PEOPLE:
        too_many = _("The file has more than %(limit)s people. Send it in parts.") % {"limit": MAX_PEOPLE}
        preview.errors.append(Message(0, too_many))
    return columns


class _Reader:
    """Reads the rows of one file against one cohort; what is needed for all rows is fetched once."""

    def __init__(
        self,
        cohort: Cohort,
        by: User,
        columns: dict[str, int],
        table: Table,
        answers: dict[int, str],
        preview: RosterPreview,
    ) -> None:
        self.cohort, self.columns, self.answers, self.preview = cohort, columns, answers, preview
        self.heads = table.header
        self.regions = find_regions({self._cell(row, "region") for row in table.rows})
        self.cards = _cards(cohort, {clean_code(self._cell(row, "card_code")) for row in table.rows})
        self.enrolments = {
            enrolment.person_id: enrolment for enrolment in cohort.enrolments.select_related("person", "region")
        }
        self.trainers = set(cohort.trainers.values_list("person", flat=True))
        self.namesakes = namesakes_of(cohort, by, {self._cell(row, "display_name") for row in table.rows})
        self.free = places_left(cohort)
        self.seen: dict[UUID, int] = {}
        self.added_names: dict[str, int] = {}
        # Said by a card or an answer somewhere in the file: no other row means one of them.
        self.named_otherwise = {card.person_id for card in self.cards.values()} | self._meant()
        self.kept_names = KeptNames(cohort, by, self.named_otherwise | self.enrolments.keys())

    def _meant(self) -> set[UUID]:
        people = (other for namesakes in self.namesakes.values() for other in namesakes)
        return {other.person_id for other in people if str(other.person_id) in self.answers.values()}

    def _cell(self, row: Row, column: str) -> str:
        place = self.columns.get(column)
        return clean_name(row.cells[place]) if place is not None and place < len(row.cells) else ""

    def _wrong(self, row: Row | RosterRow, text: str | Promise) -> None:
        self.preview.errors.append(Message(row.number, text))

    def _note(self, row: Row | RosterRow, text: str | Promise) -> None:
        self.preview.notes.append(Message(row.number, text))

    def read(self, row: Row) -> RosterRow | None:
        """The row as it would be applied; None where it has errors."""
        errors_before = len(self.preview.errors)
        person = self._person(row)
        name = self._name(row, person)
        namesakes = () if person else self.namesakes.get(fold(name), ())
        person_id = person.pk if person else self._answered(row, namesakes)
        language, facts = self._language(row), self._facts(row)
        legal_name = self._legal_name(row)
        if len(self.preview.errors) > errors_before:
            return None
        given = frozenset(column for column in FACT_LABELS if self._cell(row, column))
        draft = RosterRow(row.number, "add", name, language, facts, given, person_id, legal_name, (), tuple(namesakes))
        decided = self._decided(draft)
        self._note_kept_name(decided)
        return decided

    def _person(self, row: Row) -> User | None:
        code = clean_code(self._cell(row, "card_code"))
        if not code:
            return None
        card = self.cards.get(code)
        if card is None:
            # The same for a code of nobody and of somebody whom this organisation does not know.
            self._wrong(row, _UNKNOWN_CARD % {"code": code[:12]})
            return None
        if card.replaced_at:
            self._wrong(row, _("the card %(code)s was replaced by a new one") % {"code": code})
        if card.person_id in self.seen:
            self._wrong(row, _("the same person as in row %(other)s") % {"other": self.seen[card.person_id]})
        self.seen.setdefault(card.person_id, row.number)
        return card.person

    def _name(self, row: Row, person: User | None) -> str:
        name = self._cell(row, "display_name")
        if person:
            if name and fold(name) != fold(person.display_name):
                self._note(row, _("the card belongs to somebody with another name; the name stays as it is"))
            return person.display_name
        if not name:
            self._wrong(row, _("the display name is missing"))
            return name
        try:
            checked_name(typed=name)
        except NotAName as refusal:
            self._wrong(row, _("the display name is not accepted. %(why)s") % {"why": refusal})
        if len(name) > NAME_LENGTH:
            self._wrong(row, _("the display name is longer than %(limit)s characters") % {"limit": NAME_LENGTH})
        return name

    def _answered(self, row: Row, namesakes: tuple[Namesake, ...]) -> UUID | None:
        answer = self.answers.get(row.number)
        person_id = next((other.person_id for other in namesakes if str(other.person_id) == answer), None)
        if person_id in self.seen:
            self._wrong(row, _("the same person as in row %(other)s") % {"other": self.seen[person_id]})
        elif person_id:
            self.seen[person_id] = row.number
        return person_id

    def _language(self, row: Row) -> str:
        word = self._cell(row, "language")
        if not word:
            return str(self.cohort.languages[0])
        try:
            language = language_of(word)
        except UnknownWord:
            self._refuse_word(row, "language", _UNKNOWN_WORD)
            return ""
        if language not in self.cohort.languages:
            self._refuse_word(row, "language", _NOT_SPOKEN_HERE)
        return language

    def _facts(self, row: Row) -> Facts:
        values = {name: self._choice(row, name) for name in CHOICES_OF}
        return Facts(age_band=self._age_band(row), region=self._region(row), **values)

    def _choice(self, row: Row, column: str) -> str:
        word = self._cell(row, column)
        try:
            return choice_of(CHOICES_OF[column], word)
        except UnknownWord:
            self._refuse_word(row, column, _UNKNOWN_WORD)
            return ""

    def _age_band(self, row: Row) -> str:
        word = self._cell(row, "age_band")
        try:
            return age_band_of(word)
        except UnknownWord:
            self._refuse_word(row, "age_band", _UNKNOWN_AGE)
            return ""

    def _refuse_word(self, row: Row, column: str, text: str | Promise) -> None:
        """Names the column as the file does, and what may stand in it."""
        where = {"word": self._cell(row, column), "column": self.heads[self.columns[column]]}
        self._wrong(row, text % {**where, "words": " · ".join(offered_words(column, self.cohort))})

    def _region(self, row: Row) -> Region | None:
        code = self._cell(row, "region")
        region = self.regions.get(code)
        if not code or (region and region.kind != RegionKind.COUNTRY):
            return region
        cut = _("the spreadsheet cut the region code %(code)s; format the column as text")
        unknown = _("unknown region code %(code)s; the codes to choose from are in the empty list")
        self._wrong(row, (cut if "E+" in code.upper() else unknown) % {"code": code})
        return None

    def _legal_name(self, row: Row) -> str:
        name = self._cell(row, "legal_name")
        if len(name) > LEGAL_NAME_LENGTH:
            limit = {"limit": LEGAL_NAME_LENGTH}
            self._wrong(row, _("the legal name is longer than %(limit)s characters") % limit)
        return name

    def _decided(self, row: RosterRow) -> RosterRow:
        if row.namesakes and row.number not in self.answers:
            as_listed = self._as_listed(row)
            return replace(row, step="same" if as_listed else "ask", person_id=as_listed)
        if row.namesakes and self.answers.get(row.number) == LEFT_OUT:
            # Whoever came back since is asked about anew.
            return replace(row, step="out" if row.may_be_left_out else "ask")
        if any(other.stays_out for other in row.namesakes if other.person_id == row.person_id):
            return replace(row, step="out")
        enrolment = self.enrolments.get(row.person_id) if row.person_id else None
        if enrolment and enrolment.state != EnrolmentState.WITHDRAWN:
            written = self._written(row, enrolment)
            language = row.language if "language" in row.given else enrolment.language
            shown = replace(row, facts=row.facts_over(enrolment.facts), language=language, written=written)
            return replace(shown, step="change" if written else "same")
        if row.person_id in self.trainers:
            self._wrong(row, _("whoever trains this cohort does not take part in it"))
        self.free -= 1
        if row.person_id is None:
            self._note_same_name(row)
        step: Step = "enrol" if row.person_id else "add"
        written = self._written(row, None)
        return replace(row, step=step, waiting=self.free < 0, again=enrolment is not None, written=written)

    def _as_listed(self, row: RosterRow) -> UUID | None:
        """Whoever is in this cohort by just this name and with all that the row says: a list sent again means her.

        An equal name only suggests; but where nothing would change there is nothing to ask.  One person is one row.
        """
        for person_id in (other.person_id for other in row.namesakes if other.here):
            enrolment = self.enrolments[person_id]
            is_free = person_id not in self.seen and person_id not in self.named_otherwise
            is_equal = clean_name(enrolment.person.display_name) == row.display_name
            if is_free and is_equal and not self._written(row, enrolment):
                self.seen[person_id] = row.number
                return person_id
        return None

    def _written(self, row: RosterRow, enrolment: Enrolment | None) -> tuple[Written, ...]:
        written = tuple(written_by(row, enrolment))
        if row.legal_name and (enrolment.person_id if enrolment else row.person_id) not in self.kept_names:
            written += (Written(str(FACT_LABELS["legal_name"])),)
        return written

    def _note_kept_name(self, row: RosterRow) -> None:
        is_named = row.legal_name and row.person_id in self.kept_names and row.step not in ("ask", "out")
        if is_named and row.person_id and (text := self.kept_names.against(row.person_id, row.legal_name, row.number)):
            self._note(row, text)

    def _note_same_name(self, row: RosterRow) -> None:
        other = self.added_names.setdefault(fold(row.display_name), row.number)
        if other != row.number:
            self._note(row, _("the same name as in row %(other)s; both are added") % {"other": other})


def _cards(cohort: Cohort, codes: set[str]) -> dict[str, Card]:
    known = people_known_to(cohort.organisation_id)
    cards = Card.objects.filter(code__in=codes - {""}, person__in=known)
    return {card.code: card for card in cards.select_related("person")}
