"""One line of the report."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    # Somebody should look; people may come meanwhile.
    LOOK = "look"
    LACKING = "LACKING"


@dataclass(frozen=True)
class Finding:
    """An item, how it is, and for what is not well one line on what to do."""

    item: str
    level: Level
    said: str = ""


def well(item: str, said: str = "") -> Finding:
    return Finding(item, Level.OK, said)


def look(item: str, said: str) -> Finding:
    return Finding(item, Level.LOOK, said)


def lacking(item: str, said: str) -> Finding:
    return Finding(item, Level.LACKING, said)
