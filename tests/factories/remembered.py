"""Rows that are slow to make, made once in a process and then written again into the empty tables of each later test.

Pages of Wagtail are placed in their tree, checked and kept as revisions by 650 queries.  Written again they are one
statement a table, which Django wrote the first time.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.sql import InsertQuery

# SQL and its values.
type Statement = tuple[str, Sequence[Any]]

_kept: dict[Hashable, list[Statement]] = {}


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
    with transaction.atomic():
        if name in _kept:
            with connection.cursor() as cursor:
                for statement in _kept[name]:
                    cursor.execute(*statement)
        else:
            make()
            _kept[name] = [statement for model in models for statement in _insert_all(model)]


def _insert_all(model: type[Model]) -> Iterator[Statement]:
    """What writes the rows that the table has now; of a model that extends another, its own columns."""
    rows = list(model._base_manager.order_by("pk"))
    if rows:
        query = InsertQuery(model)
        query.insert_values(model._meta.local_concrete_fields, rows, raw=True)
        yield from query.get_compiler(connection=connection).as_sql()
