"""Reads that are written once.

Django writes the SQL of a queryset anew whenever it is asked: for the reads of a desk that takes four times as long as
to ask the database and to make objects of the rows.  A prepared read is written once a process, from a queryset with
expressions in the place of values; each call binds its own.

    @prepared(person=UUIDField(), day=DateField())
    def _roles(person, day):
        return Role.objects.active(day).filter(person=person).values_list("kind", "organisation")

    _roles(person=user.pk, day=today)

A list is `Many(UUIDField())`; it is written once for each length, so it has to be short, and is asked for as
`cohort__id__in`: in `cohort__in` Django wants to look at the values.  A person who asks is `Reader()`
(lms.people.permissions), and the gates that are filters take her stand-in like herself.  What the function builds may
depend on nothing but its arguments: the time, too, is one of them, or the database's (`Now()`).  For what every page
asks; anything else is an ordinary queryset.

Where what is made of the rows is kept finished, `_roles.bare(…)` brings them as the driver gives them, and
`_roles.made(rows, …)` is asked only when it saw none like them.

A process keeps so many statements of a read, and only short ones: somebody who is given role after role is a new kind
of person each time, and must not fill the memory.
"""

import copy
import re
import threading
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from functools import update_wrapper
from operator import itemgetter
from typing import Any, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

# How many statements of one read are kept, and how many values may stand in one that is.
KEPT, SHORT = 256, 100
# How a day or a moment begins where the database's driver takes it as text.
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

type Values = Mapping[str, Any]
# Takes one value out of what a call brought.
type Take = Callable[[Values], Any]
# A row as the database's driver gives it, and the values that it takes.
type Bare = tuple[Any, ...]


class Bound(Expression):
    """Stands for a value until a call brings it."""

    def __init__(self, take: Take, field: Field) -> None:
        super().__init__(output_field=field)
        self.take = take

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)

    def value(self, values: Values) -> Any:
        """As the database's driver takes it."""
        return self.output_field.get_db_prep_value(self.take(values), connection)


class Kind(Protocol):
    """What an argument may be, beside the value of a field."""

    def shape(self, value: Any) -> Hashable:
        """What the statement depends on: it is written once for each."""

    def stand_in(self, value: Any, take: Take) -> Any:
        """What the queryset is built with; `take` brings the argument of a later call, which has the same shape."""


class Many:
    """A short list of values of one field."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def shape(self, value: Any) -> Hashable:
        return len(value)

    def stand_in(self, value: Any, take: Take) -> list[Bound]:
        return [Bound(_nth(take, place), self.field) for place in range(len(value))]


class _One:
    """A value of a field."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def shape(self, value: Any) -> Hashable:
        return None

    def stand_in(self, value: Any, take: Take) -> Bound:
        return Bound(take, self.field)


def _nth(take: Take, place: int) -> Take:
    return lambda values: take(values)[place]


class FrozenTime(Exception):
    """A prepared read would ask for ever about the moment in which it was written."""


def _fetch(database: Any, sql: str, bound: Bare) -> list[Bare]:
    """All rows.  A connection that was left open is tried by this read, and not by a question of its own before it."""
    try_it = database.health_check_enabled and not (database.health_check_done or database.in_atomic_block)
    if try_it:
        database.health_check_done = True
    try:
        return _execute(database, sql, bound)
    except (InterfaceError, OperationalError):
        if not try_it or database.is_usable():
            raise
    database.close()
    return _execute(database, sql, bound)


def _execute(database: Any, sql: str, bound: Bare) -> list[Bare]:
    with _cursor(database) as cursor:
        cursor.execute(sql, bound)
        return cursor.fetchall()


def _cursor(database: Any) -> CursorWrapper:
    """On PostgreSQL one whose statements the server plans once a connection: planning takes it longer than answering.

    Django's own writes the values into the statement, which is another one each time (prepare_threshold).
    """
    if database.vendor != "postgresql":
        return database.cursor()
    # Imported here: only this database's driver has it.
    from django.db.backends.postgresql import base

    database.ensure_connection()
    bindings: Any = base.ServerBindingCursor
    cursor = bindings(database.connection)
    return database.make_debug_cursor(cursor) if database.queries_logged else database.make_cursor(cursor)


class _Written:
    """One statement, and what makes rows or objects of its answer."""

    def __init__(self, queryset: QuerySet) -> None:
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(connection=connection)
        try:
            self.sql, self.parameters = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.parameters = "", ()
        moments = list(filter(_is_moment, self.parameters))
        if moments:
            raise FrozenTime(f"{moments} in {self.sql}")
        self.here = threading.local()

    def ask(self, values: Values) -> list[Any]:
        """The answer for these values; what can match nothing is not asked."""
        if not self.sql:
            return []
        compiler = self._compiler()
        compiler.as_sql = lambda *_args, **_options: (self.sql, self._bound(values))
        return self._with(compiler)

    def bare(self, values: Values) -> list[Bare]:
        """Its rows as the driver gives them."""
        if not self.sql:
            return []
        return _fetch(connections[DEFAULT_DB_ALIAS], self.sql, self._bound(values))

    def made(self, rows: list[Bare]) -> list[Any]:
        """What `ask` would have made of what `bare` brought."""
        compiler = copy.copy(self._compiler())
        compiler.execute_sql = lambda *_args, **_options: [rows]
        return self._with(compiler)

    def _bound(self, values: Values) -> Bare:
        return tuple(one.value(values) if isinstance(one, Bound) else one for one in self.parameters)

    def _with(self, compiler: Any) -> list[Any]:
        asked: Any = _Asked(self.queryset, _Answering(self.queryset.query, compiler))
        rows: Any = self.queryset._iterable_class(asked)
        return list(rows)

    def _compiler(self) -> Any:
        """This thread's, with its own connection and what that makes of the columns."""
        open_here = connections[DEFAULT_DB_ALIAS]
        compiler = getattr(self.here, "compiler", None)
        if compiler is None or compiler.connection is not open_here:
            compiler = self.here.compiler = copy.copy(self.compiler)
            compiler.connection = open_here
            converters = compiler.get_converters([column for column, *_sql in compiler.select[: compiler.col_count]])
            compiler.get_converters = lambda _columns: converters
        return compiler


def _is_moment(parameter: Any) -> bool:
    return isinstance(parameter, date) or (isinstance(parameter, str) and bool(_DAY.match(parameter)))


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


def _keep(written: dict[tuple[Hashable, ...], _Written], shape: tuple[Hashable, ...], one: _Written) -> None:
    """So many shapes are nobody's everyday: then it begins anew, in one step, whatever other threads read."""
    if len(written) >= KEPT:
        written.clear()
    written[shape] = one


class Prepared[Row]:
    """A read that is written once a process: called with its values, it answers with its rows."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], kinds: Mapping[str, Field | Kind]) -> None:
        self._build = build
        self._kinds = {name: _One(kind) if isinstance(kind, Field) else kind for name, kind in kinds.items()}
        self._kept: dict[tuple[Hashable, ...], _Written] = {}
        update_wrapper(self, build)

    def __call__(self, **values: Any) -> list[Row]:
        return self._written(values).ask(values)

    def bare(self, **values: Any) -> list[Bare]:
        """Its rows as the database's driver gives them, for what everybody asks and few need to look into.

        They are equal as long as nothing changes, and may be the key under which something finished is kept.  The
        database plans the statement once: its values stand where their types are plain.
        """
        return self._written(values).bare(values)

    def made(self, rows: list[Bare], **values: Any) -> list[Row]:
        """What the call would have answered when `bare` brought these rows; of its values, it takes the lists."""
        return self._written(values).made(rows)

    def _written(self, values: Values) -> _Written:
        shape = (connection.vendor, *(kind.shape(values.get(name)) for name, kind in self._kinds.items()))
        one = self._kept.get(shape)
        if one is None:
            stand_ins = {name: kind.stand_in(values.get(name), itemgetter(name)) for name, kind in self._kinds.items()}
            one = _Written(self._build(**stand_ins))
            if len(one.parameters) <= SHORT:
                _keep(self._kept, shape, one)
        return one


def prepared[Row](
    **kinds: Field | Kind,
) -> Callable[[Callable[..., QuerySet[Any, Row]]], Prepared[Row]]:
    """Makes a function that builds a queryset into one that answers with its rows; `kinds` are its arguments'."""
    return lambda build: Prepared(build, kinds)
