"""What is taught.  Pages have a copy per language; everything that is one thing with three names is one row."""

from curricula.models.items import Choice, Question, QuestionKind, Quiz, QuizItem
from curricula.models.library import Fact, FactStatus, Instrument, InstrumentKind
from curricula.models.pages import CurriculumPage, HomePage, LessonPage, ModulePage, PlanStep, SpiralTag

__all__ = [
    "Choice",
    "CurriculumPage",
    "Fact",
    "FactStatus",
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
]
