"""How a broken pack tells what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PackFault:
    """`line` counts from 1; `field` is the way to the value, as in `body.3.case.title.ky`."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"


class BrokenPack(Exception):
    """Nothing was loaded; `faults` names each file, line and field."""

    def __init__(self, faults: Sequence[PackFault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
