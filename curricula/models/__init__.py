"""What is taught.  Pages have a copy per language; everything that is one thing with three names is one row."""

from curricula.models.items import ROWS_TELL, Choice, Question, QuestionKind, Quiz, QuizItem
from curricula.models.library import Fact, FactStatus, GlossaryTerm, Instrument, InstrumentKind
from curricula.models.pages import CurriculumPage, HomePage, LessonPage, ModulePage, PlanStep, SpiralTag
from curricula.models.starter import StarterRecord

__all__ = [
    "ROWS_TELL",
    "Choice",
    "CurriculumPage",
    "Fact",
    "FactStatus",
    "GlossaryTerm",
    "HomePage",
    "Instrument",
    "InstrumentKind",
    "LessonPage",
    "ModulePage",
    "PlanStep",
    "Question",
    "QuestionKind",
    "Quiz",
    "QuizItem",
    "SpiralTag",
    "StarterRecord",
]
