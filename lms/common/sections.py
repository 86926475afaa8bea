"""What is kept about one person, table by table, for her own eyes: each app names what it keeps (`kept_about`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise


@dataclass(frozen=True)
class Coded:
    """One of a few words: the same code in every language, and what it means in hers."""

    code: str
    text: str


@dataclass(frozen=True)
class Section:
    """The rows of one kind.  `labels` says what each column is called, in the order in which they are read.

    In the rows stand texts, numbers, yes and no, dates, `Coded` words and lists of texts or `Coded`.
    """

    code: str
    title: str | Promise
    labels: Mapping[str, str | Promise]
    rows: Sequence[Mapping[str, Any]]


def coded(row: Model, field: str) -> Coded | None:
    """The value of a field with choices."""
    value = getattr(row, field)
    said: Any = getattr(row, f"get_{field}_display")
    return Coded(str(value), str(said())) if value not in ("", None) else None
