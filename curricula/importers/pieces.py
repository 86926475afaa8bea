"""One thing to load, and what is remembered about it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID, uuid5

# Raised when the same pack must come out differently: every record is then read as changed.
FORMAT = 1
NAMESPACE = UUID("5b3c1c0e-6f0f-4c3e-9c58-0d6a4f1f7a11")


@dataclass(frozen=True)
class Piece:
    """A text by kind, code and language (empty: all languages in one row), and its plain content."""

    kind: str
    code: str
    language: str
    content: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.code, self.language

    @property
    def digest(self) -> str:
        text = json.dumps([FORMAT, self.content], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.kind} {self.code} ({self.language})" if self.language else f"{self.kind} {self.code}"


class Shelf(Protocol):
    """Where pieces of one kind are kept."""

    def find(self, piece: Piece) -> Any | None:
        """The object that the piece speaks of, if it is there."""

    def write(self, piece: Piece, found: Any | None) -> int | None:
        """Makes or changes the object and its revision; gives the revision's id, None if there is no place for it."""


def steady_id(*parts: object) -> UUID:
    """The same id for the same place in every language and at every load."""
    return uuid5(NAMESPACE, "/".join(str(part) for part in parts))


def blocks(code: str, field: str, values: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """A StreamField's plain data, each block under a steady id so that translations find it again."""
    return [
        {"type": kind, "value": value, "id": str(steady_id(code, field, number))}
        for number, (kind, value) in enumerate(values)
    ]
