"""Verbs of the item bank.

Wagtail's revisions and log record who changed what and when; people's audit trail stands beside this app, not below.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curricula.checks.questions import ChoiceShape, faults_of_choices
from curricula.models import Choice, Question
from lms.common.errors import ActionError
from lms.common.languages import texts_of

# What may differ between two states of a question without anybody having changed it.
NOT_CONTENT = ("version", "latest_revision")


class QuestionMalformed(ActionError):
    code = "question_malformed"
    message = _("The question cannot be used like this.")


class ItemKeyFixed(ActionError):
    code = "item_key_fixed"
    message = _("The key of a question never changes: answers refer to it.")


@transaction.atomic
def publish_question(*, question: Question, by: AbstractBaseUser | None) -> Question:
    """Saves a question with its choices as its next version, with a revision; one that says the same stays as it is.

    Wagtail itself stamps the time on the revision.  Raises QuestionMalformed (wrong number of right answers, a pair
    without its half) or ItemKeyFixed.
    """
    stored = Question.objects.select_for_update(no_key=True).filter(pk=question.pk).first() if question.pk else None
    _check(question, stored)
    if stored and _content(stored) == _content(question):
        return stored
    question.version = stored.version + 1 if stored else 1
    question.save()
    question.save_revision(user=by, log_action="wagtail.edit" if stored else "wagtail.create")
    return question


def _check(question: Question, stored: Question | None) -> None:
    if stored and stored.item_key != question.item_key:
        raise ItemKeyFixed
    for fault in faults_of_choices(question.kind, _shapes_of(question.choices.all())):
        raise QuestionMalformed(fault.message)


def _shapes_of(choices: Sequence[Choice]) -> list[ChoiceShape]:
    """What the rules ask of choices."""
    return [ChoiceShape(choice.is_correct, texts_of(choice, "match")) for choice in choices]


def _content(question: Question) -> dict[str, Any]:
    """What the question says: rows as they stand, without their numbers in the database."""
    data = question.serializable_data()
    choices = [{key: value for key, value in row.items() if key not in {"pk", "sort_order"}} for row in data["choices"]]
    return {**{key: value for key, value in data.items() if key not in NOT_CONTENT}, "choices": choices}
