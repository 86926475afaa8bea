"""The audit trail in words: every verb that the code writes has one, in three languages."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import apps
from django.utils import translation
from pytest_django import DjangoDbBlocker

from lms.people.actions import withdraw_consent
from lms.people.exports import record_about
from lms.people.models import SUBJECT_WORDS, VERB_WORDS, AuditEntry, ConsentPurpose
from tests.access.world import World, make_world
from tests.factories.people import make_person
from tests.house import built_once

ROOT = Path(__file__).resolve().parents[2]
TAKES = "verb"


@cache
def modules() -> dict[Path, ast.Module]:
    paths = [path for folder in ("lms", "curricula") for path in sorted((ROOT / folder).rglob("*.py"))]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths if "migrations" not in path.parts}


def named(path: Path) -> ModuleType:
    return import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))


def takers(module: ast.Module) -> dict[str, ast.arguments]:
    """The functions that are handed a verb to write down."""
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    return {one.name: one.args for one in functions if TAKES in [arg.arg for arg in _all(one.args)]}


def _all(args: ast.arguments) -> list[ast.arg]:
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


def handed(call: ast.Call, args: ast.arguments) -> ast.expr | None:
    """What this call gives as the verb, if it does not leave it to the default."""
    for keyword in call.keywords:
        if keyword.arg == TAKES:
            return keyword.value
    names = [arg.arg for arg in args.args]
    return call.args[names.index(TAKES)] if TAKES in names and len(call.args) > names.index(TAKES) else None


def said(value: ast.expr, path: Path) -> Iterator[str]:
    """The words that an expression may stand for; a verb that was handed in is found where it was."""
    if isinstance(value, ast.IfExp):
        yield from (*said(value.body, path), *said(value.orelse, path))
    elif isinstance(value, ast.Name) and value.id != TAKES:
        yield str(getattr(named(path), value.id))
    elif not isinstance(value, ast.Name):
        yield ast.literal_eval(value)


def verbs_written() -> set[str]:
    """Each verb that some call hands to a function which writes it down, or that such a function has as its default."""
    trees = modules()
    shared = {name: args for tree in trees.values() for name, args in takers(tree).items() if name[0] != "_"}
    found: set[str] = set()
    for path, tree in trees.items():
        own = takers(tree)
        known = {**shared, **own}
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
        given = [handed(call, known[call.func.id]) for call in calls if call.func.id in known]
        defaults = (one for args in own.values() for one in (*args.defaults, *args.kw_defaults))
        given += [one for one in defaults if isinstance(one, ast.Constant)]
        found.update(word for value in given if value for word in said(value, path) if isinstance(word, str))
    return found


def test_the_test_finds_verbs_wherever_they_are_said():
    """By position, by a default, in one of two, and as a constant of another module."""
    assert verbs_written() >= {"open_paper", "mark_attendance", "withdraw_consent", "erase_person", "undo_mark"}


def test_every_verb_that_is_written_has_words_and_no_word_is_left_over():
    assert verbs_written() == VERB_WORDS.keys()


def test_what_is_acted_on_has_words():
    for label in SUBJECT_WORDS:
        assert apps.get_model(label)._meta.label_lower == label


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_the_words_are_translated(language):
    with translation.override("en"):
        english = [str(word) for word in (*VERB_WORDS.values(), *SUBJECT_WORDS.values())]
    with translation.override(language):
        words = [str(word) for word in (*VERB_WORDS.values(), *SUBJECT_WORDS.values())]
    assert [word for word, meant in zip(words, english, strict=True) if word == meant or "_" in word] == []
    assert len(set(words)) >= len(set(english)) - 2


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    yield from built_once(django_db_blocker, make_world)


@pytest.mark.django_db
def test_whatever_a_lived_in_house_noted_has_words(world):
    subjects = set(AuditEntry.objects.values_list("subject_type", flat=True))
    assert subjects - SUBJECT_WORDS.keys() == set()


@pytest.mark.django_db
def test_her_copy_says_in_words_what_was_done(at):
    person = make_person("Айгүл", "ky")
    withdraw_consent(person=person, purpose=ConsentPurpose.PHOTO, language="ky", by=person, at=at)
    with translation.override("ky"):
        last = record_about(person).rows[-1]
    assert (last["verb"].code, last["about"].code) == ("withdraw_consent", "people.user")
    assert (last["verb"].text, last["about"].text) == ("макулдук кайтарып алынды же берилген жок", "адам")
