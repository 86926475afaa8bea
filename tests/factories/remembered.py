"""Rows that are slow to make, made once in a process and then written again into the empty tables of each later test.

Pages of Wagtail are placed in their tree, checked and kept as revisions by 650 queries.  Written again they are one
statement a table, which Django wrote the first time.
"""

import copy
import functools
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.sql import InsertQuery

from lms.regions.models import Region

# SQL and its values.
type Statement = tuple[str, Sequence[Any]]

_kept: dict[Hashable, list[Statement]] = {}


@dataclass(frozen=True)
class _Scene:
    """What was returned, the tables that it stands in, and what writes it again."""

    result: Any
    tables: set[str]
    statements: list[Statement]


_scenes: dict[Hashable, _Scene] = {}
# What has rows before any test has made one; and the ground on which a scene may stand, by which it is told apart.
FRAMEWORK = (ContentType, Permission)
GROUND = Region


def made_once[**P, T](make: Callable[P, T]) -> Callable[P, T]:
    """For a factory: what it writes, into whichever tables, and returns, is made once where nothing else is there yet.

    It is written again for whoever asks the same of tables that are empty, and everybody gets copies of what was
    returned.  Asked for with rows (but for a region), or among other rows, it is made.
    """

    @functools.wraps(make)
    def made_or_written(*args: P.args, **kwargs: P.kwargs) -> T:
        given = [value.code if isinstance(value, GROUND) else value for value in (*args, *kwargs.values())]
        if not all(map(_is_plain, given)):
            return make(*args, **kwargs)
        ground = tuple(GROUND.objects.order_by("path").values_list("pk", "code"))
        # A test that empties all tables leaves new content types, to which pages and revisions point.
        types = ContentType.objects.get_for_model(GROUND).pk
        key = (make.__qualname__, tuple(given), tuple(kwargs), ground, types)
        if key not in _scenes:
            return _make_and_keep(key, lambda: make(*args, **kwargs))
        if _filled(_scenes[key].tables):
            return make(*args, **kwargs)
        return _write_again(_scenes[key])

    return made_or_written


def _is_plain(value: object) -> bool:
    """Will another test ask for the same?"""
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value is None or (isinstance(value, str | int | date) and not isinstance(value, datetime))


def _make_and_keep[T](key: Hashable, make: Callable[[], T]) -> T:
    models = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model not in (*FRAMEWORK, GROUND) and model._meta.managed and not model._meta.proxy
    }
    ground = GROUND.objects.count()
    if _filled(models):
        return make()
    with transaction.atomic():
        result = make()
    if GROUND.objects.count() != ground:
        # It made ground of its own, or more ground beside what was there: that is not told apart.
        if ground:
            return result
        models[GROUND._meta.db_table] = GROUND
    tables = _filled(models)
    statements = [statement for table in tables for statement in _insert_all(models[table])]
    _scenes[key] = _Scene(copy.deepcopy(result), tables, statements)
    cache.clear()
    return result


def _write_again(scene: _Scene) -> Any:
    """They are the people of an earlier test, whose tries are not theirs: the cache is empty, as after making them."""
    _write(scene.statements)
    cache.clear()
    return copy.deepcopy(scene.result)


def _filled(tables: Iterable[str]) -> set[str]:
    """Which of the tables have a row."""
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {table for (table,) in cursor.fetchall()}


def _write(statements: Iterable[Statement]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(*statement)


def make_or_load(name: Hashable, make: Callable[[], object], models: Sequence[type[Model]]) -> None:
    """What `make` writes into the tables of `models`, and only there.

    It is written again where it was made before under the same `name`, and kept where it was not.  Where one of the
    tables has rows already, it is made among them.
    """
    if any(model._base_manager.exists() for model in models):
        make()
        return
    # A test that empties all tables leaves new content types, to which pages and revisions point.
    name = (name, ContentType.objects.get_for_model(models[0]).pk)
    if name in _kept:
        _write(_kept[name])
    else:
        with transaction.atomic():
            make()
            _kept[name] = [statement for model in models for statement in _insert_all(model)]


def _insert_all(model: type[Model]) -> Iterator[Statement]:
    """What writes the rows that the table has now; of a model that extends another, its own columns."""
    rows = list(model._base_manager.order_by("pk"))
    if rows:
        query = InsertQuery(model)
        query.insert_values(model._meta.local_concrete_fields, rows, raw=True)
        yield from query.get_compiler(connection=connection).as_sql()
