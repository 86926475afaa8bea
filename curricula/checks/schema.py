"""The form of a pack's files (see starter/README.md): one class a file, unknown fields refused."""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from curricula.checks.questions import ChoiceShape, faults_of_choices

type Language = Literal["en", "ru", "ky"]
type Review = Literal["reviewed", "awaiting"]
type Tag = Literal["frame", "experience", "pattern", "input", "practice", "action"]

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,10}$")]
ItemKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,20}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.yaml$")]
Minutes = Annotated[int, Field(ge=1, le=600)]
Number = Annotated[int, Field(ge=1, le=20)]
Percent = Annotated[int, Field(ge=0, le=100)]
# What the small Markdown leaves out: headings, links and pictures, HTML.
_NOT_ALLOWED = re.compile(r"^#+ |\]\(|</?[a-zA-Z]", re.M)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Texts(Strict):
    """A text of any length in the three languages."""

    en: Words
    ru: Words
    ky: Words

    def in_language(self, language: str) -> str:
        return getattr(self, language)


class Names(Texts):
    en: Name
    ru: Name
    ky: Name


class Titles(Texts):
    en: Title
    ru: Title
    ky: Title


class Lines(Texts):
    en: Line
    ru: Line
    ky: Line


class Source(Lines):
    """What a reader could look up: in three languages, or one line for all of them, as a book has only one title."""

    @model_validator(mode="before")
    @classmethod
    def one_line_for_all(cls, given: object) -> object:
        return dict.fromkeys(("en", "ru", "ky"), given) if isinstance(given, str) else given


class Markdown(Texts):
    """Paragraphs, lists, bold and italic."""

    @model_validator(mode="after")
    def only_small_markdown(self) -> Self:
        for language in ("en", "ru", "ky"):
            if _NOT_ALLOWED.search(self.in_language(language)):
                raise ValueError(f"{language}: headings, links and HTML are not allowed here")
        return self


class Reviews(Strict):
    en: Review = "awaiting"
    ru: Review = "awaiting"
    ky: Review = "awaiting"


class Home(Strict):
    """home.yaml"""

    title: Titles
    lead: Texts
    review: Reviews = Reviews()


class Curriculum(Strict):
    """curriculum.yaml"""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,20}$")]
    slug: Slug
    title: Titles
    summary: Texts
    is_public: bool = True
    modules: Annotated[list[Slug], Field(min_length=1)]
    review: Reviews = Reviews()


class Rule(Strict):
    attendance_percent: Percent = 80
    excused_max_percent: Percent = 20
    post_test: bool = True
    teach_backs: Annotated[int, Field(ge=0, le=10)] = 2
    candidate_months: Annotated[int, Field(ge=1, le=60)] = 6
    trainer_years: Annotated[int, Field(ge=1, le=20)] = 3
    sessions_a_year: Annotated[int, Field(ge=0, le=50)] = 2
    refresher_since: date | None = None


class Module(Strict):
    """<module>/module.yaml"""

    code: Code
    slug: Slug
    title: Titles
    summary: Texts
    audience: Texts | None = None
    types: list[str] = []
    legal_status_as_of: date
    next_review: date | None = None
    rule: Rule = Rule()
    objectives: Annotated[list[Texts], Field(min_length=1)]
    adaptation: Markdown | None = None
    risks: Markdown | None = None
    lessons: Annotated[list[FileName], Field(min_length=1)]
    items: FileName
    review: Reviews = Reviews()


class KeyMessage(Strict):
    text: Texts
    source: Source | None = None
    to_be_confirmed: bool = False
    core: bool = False


class Case(Strict):
    title: Titles
    text: Markdown


class Card(Strict):
    title: Titles
    text: Texts


class Exercise(Strict):
    code: Annotated[str, StringConstraints(min_length=1, max_length=8)]
    title: Titles
    minutes: Annotated[int, Field(ge=1, le=240)]
    instructions: Markdown
    cards: list[Card] = []


class BodyPart(Strict):
    """One block of a lesson: exactly one of the fields is there."""

    heading: Titles | None = None
    text: Markdown | None = None
    fact: Slug | None = None
    case: Case | None = None
    reflect: Texts | None = None
    exercise: Exercise | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("exactly one of heading, text, fact, case, reflect, exercise")
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set))


class Step(Strict):
    """A step of the facilitator's plan."""

    minutes: Minutes
    tag: Tag
    title: Titles
    facilitator: Markdown
    participants: Texts
    materials: Lines | None = None
    debrief: list[Texts] = []
    notes: Markdown | None = None


class Lesson(Strict):
    """<module>/lesson-n.yaml; `serves` are the numbers of the module's objectives, counted from 1"""

    code: Code
    slug: Slug
    minutes: Minutes
    serves: Annotated[list[Number], Field(min_length=1)]
    title: Titles
    summary: Texts
    objectives: Annotated[list[Texts], Field(min_length=1)]
    key_messages: Annotated[list[KeyMessage], Field(min_length=1)]
    body: Annotated[list[BodyPart], Field(min_length=1)]
    plan: Annotated[list[Step], Field(min_length=1)]
    review: Reviews = Reviews()


class Choice(Strict):
    text: Lines
    correct: bool = False


class Pair(Strict):
    left: Lines
    right: Lines


class Item(Strict):
    """One question of <module>/items.yaml; `objective` is the number of the module's objective that it checks"""

    key: ItemKey
    lesson: Code
    objective: Number
    type: Literal["single", "multiple", "true_false", "ordering", "matching"]
    anchor: bool = False
    question: Texts
    explanation: Texts
    source: Source
    review: Reviews = Reviews()
    choices: list[Choice] = []
    pairs: list[Pair] = []

    @model_validator(mode="after")
    def well_formed(self) -> Self:
        unused = self.choices if self.type == "matching" else self.pairs
        if unused:
            raise ValueError("matching has pairs, every other type has choices")
        for fault in faults_of_choices(self.type, self.shapes()):
            raise ValueError(str(fault.message))
        return self

    def shapes(self) -> list[ChoiceShape]:
        pairs = [ChoiceShape(match=pair.right.model_dump()) for pair in self.pairs]
        return pairs or [ChoiceShape(choice.correct) for choice in self.choices]


class Dated(Strict):
    """Where something comes from, and the day on which it was true."""

    code: Slug
    source: Source
    as_of: date
    next_review: date | None = None
    status: Literal["sourced", "needs_review"]
    review: Reviews = Reviews()


class FactEntry(Dated):
    """One entry of library/facts.yaml"""

    statement: Texts


class InstrumentEntry(Dated):
    """One entry of library/instruments.yaml"""

    kind: Literal["treaty", "constitution", "law", "resolution", "programme"]
    name: Titles
    short_name: Names
    adopted_on: date | None = None
    status_in_kyrgyzstan: Texts


class WordForms(Strict):
    """Words or phrases by language, as they are met in a text."""

    en: list[Line] = []
    ru: list[Line] = []
    ky: list[Line] = []

    def in_language(self, language: str) -> list[str]:
        return getattr(self, language)


class Term(Strict):
    """One entry of library/glossary.yaml; `not_in` are phrases that hold the word and mean something else"""

    key: Slug
    term: Titles
    definition: Texts
    forms: WordForms = WordForms()
    not_in: WordForms = WordForms()
    review: Reviews = Reviews()
