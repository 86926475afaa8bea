import pytest
from wagtail.models import ModelLogEntry

from curricula.actions import ItemKeyFixed, QuestionMalformed, publish_question
from curricula.models import Question, QuestionKind
from lms.people.models import User
from tests.factories.curricula import in_three, make_choices, make_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return User.objects.create_superuser(username="editor")


def draft(kind="single", item_key="M1-Q01"):
    texts = {**in_three("text", "Question"), **in_three("explanation", "Explanation"), **in_three("source", "UDHR")}
    question = Question(item_key=item_key, kind=kind, module_code="M1", **texts)
    question.choices = make_choices(kind)
    return question


def stored(question):
    return Question.objects.get(pk=question.pk)


def keys(question):
    return list(stored(question).choices.values_list("choice_key", flat=True))


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_publishing_a_new_question_makes_version_one(editor, kind):
    question = publish_question(question=draft(kind), by=editor)
    assert stored(question).version == 1
    assert question.latest_revision.content["version"] == 1
    assert question.latest_revision.user == editor
    assert ModelLogEntry.objects.get().action == "wagtail.create"


def test_publishing_a_change_raises_the_version_and_keeps_the_choice_keys(editor):
    question = publish_question(question=draft(), by=editor)
    before = keys(question)
    changed = stored(question)
    changed.text_ky = "Corrected"
    publish_question(question=changed, by=editor)
    assert stored(question).version == 2
    assert stored(question).latest_revision.content["version"] == 2
    assert keys(question) == before


def test_publishing_the_same_again_makes_no_revision(editor):
    question = publish_question(question=draft(), by=editor)
    publish_question(question=stored(question), by=editor)
    assert stored(question).version == 1
    assert question.revisions.count() == 1


def test_an_older_copy_in_memory_cannot_turn_the_version_back(editor):
    question = publish_question(question=draft(), by=editor)
    older, newer = stored(question), stored(question)
    newer.text_ky = "Second"
    publish_question(question=newer, by=editor)
    older.text_ky = "Third"
    publish_question(question=older, by=editor)
    assert stored(question).version == 3


def test_the_key_of_a_question_never_changes(editor):
    question = stored(publish_question(question=draft(), by=editor))
    question.item_key = "M1-Q99"
    with pytest.raises(ItemKeyFixed):
        publish_question(question=question, by=editor)
    assert stored(question).item_key == "M1-Q01"


def test_a_malformed_question_is_refused_and_nothing_is_saved(editor):
    question = make_question("single")
    changed = stored(question)
    choices = list(changed.choices.all())
    choices[1].is_correct = True
    changed.choices = choices
    with pytest.raises(QuestionMalformed, match="Only one choice may be right"):
        publish_question(question=changed, by=editor)
    assert stored(question).choices.filter(is_correct=True).count() == 1
    assert question.revisions.count() == 1
