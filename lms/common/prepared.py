"""Reads that are written once.

Django writes the SQL of a queryset anew whenever it is asked: for the reads of a desk that takes four times as long as
to ask the database and to make objects of the rows.  A prepared read is written once a process, from a queryset with
expressions in the place of values; each call binds its own.

    @prepared(person=UUIDField(), day=DateField())
    def _roles(person, day):
        return Role.objects.active(day).filter(person=person).values_list("kind", "organisation")

    _roles(person=user.pk, day=today)

A list is `Many(UUIDField())`; it is written once for each length, so it has to be short, and is asked for as
`cohort__id__in`: in `cohort__in` Django wants to look at the values.  What the function builds may depend on nothing
but its arguments.  For what every page asks; anything else is an ordinary queryset.
"""

import copy
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler


class Many:
    """The kind of an argument that is a list of values of one field."""

    def __init__(self, field: Field) -> None:
        self.field = field


class _Bound(Expression):
    """Stands for a value, or for one of a list, until a call brings it."""

    def __init__(self, name: str, field: Field, place: int | None = None) -> None:
        super().__init__(output_field=field)
        self.name, self.place = name, place

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)

    def value(self, values: Mapping[str, Any]) -> Any:
        """As the database's driver takes it."""
        found = values[self.name] if self.place is None else values[self.name][self.place]
        return self.output_field.get_db_prep_value(found, connection)


class _Written:
    """One statement, and what makes rows or objects of its answer."""

    def __init__(self, queryset: QuerySet) -> None:
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(connection=connection)
        try:
            self.sql, self.parameters = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.parameters = "", ()

    def ask(self, values: Mapping[str, Any]) -> list[Any]:
        """The answer for these values; what can match nothing is not asked."""
        if not self.sql:
            return []
        bound = tuple(one.value(values) if isinstance(one, _Bound) else one for one in self.parameters)
        compiler = copy.copy(self.compiler)
        # Each thread has a connection of its own.
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_options: (self.sql, bound)
        asked: Any = _Asked(self.queryset, _Answering(self.queryset.query, compiler))
        rows: Any = self.queryset._iterable_class(asked)
        return list(rows)


class _With:
    """Something of Django's with one thing of ours in its place."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


class _Answering(_With):
    """A query that is written already."""

    def __init__(self, query: Any, compiler: SQLCompiler) -> None:
        super().__init__(query)
        self._compiler = compiler

    def get_compiler(self, *_args: Any, **_options: Any) -> SQLCompiler:
        return self._compiler


class _Asked(_With):
    """The queryset of such a query, for the iterables that Django makes rows and objects with."""

    def __init__(self, queryset: QuerySet, query: _Answering) -> None:
        super().__init__(queryset)
        self.query = query


def prepared[Row](
    **kinds: Field | Many,
) -> Callable[[Callable[..., QuerySet[Any, Row]]], Callable[..., list[Row]]]:
    """Makes a function that builds a queryset into one that answers with its rows; `kinds` are its arguments'."""

    def prepare(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
        written: dict[tuple[Any, ...], _Written] = {}

        @wraps(build)
        def ask(**values: Any) -> list[Row]:
            lengths = (len(values[name]) for name, kind in kinds.items() if isinstance(kind, Many))
            key = (connection.vendor, *lengths)
            if key not in written:
                written[key] = _Written(build(**{name: _place(name, kind, values) for name, kind in kinds.items()}))
            return written[key].ask(values)

        return ask

    return prepare


def _place(name: str, kind: Field | Many, values: Mapping[str, Any]) -> _Bound | list[_Bound]:
    if isinstance(kind, Many):
        return [_Bound(name, kind.field, place) for place in range(len(values[name]))]
    return _Bound(name, kind)
