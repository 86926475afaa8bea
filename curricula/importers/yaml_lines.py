"""YAML that remembers on which line each value stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from curricula.importers.faults import BrokenPack, PackFault

type Place = Sequence[str | int]
# Ten times faster where PyYAML was built with its C library.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class YamlFile:
    """A file of the pack: its plain data, and the nodes that it was made from."""

    name: str
    data: Any
    root: yaml.Node

    def fault(self, place: Place, message: str) -> PackFault:
        field = ".".join(str(part) for part in place)
        return PackFault(self.name, self._line_of(place), field, message)

    def _line_of(self, place: Place) -> int:
        """The line of the value at `place`, or of the nearest thing around it that is there."""
        node, line = self.root, self.root.start_mark.line
        for part in place:
            found = _child(node, part)
            if found is None:
                break
            node, line = found
        return line + 1


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        # The line of the key: a block of text begins one line below it.
        return next(((value, key.start_mark.line) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line
    return None


def read_yaml(folder: Path, name: str) -> YamlFile:
    """Reads folder/name.  Raises BrokenPack if it is not there, is no YAML, or says a key twice."""
    try:
        loader = LOADER((folder / name).read_text(encoding="utf-8"))
        root = loader.get_single_node()
        data = loader.construct_document(root) if root else None
    except FileNotFoundError as error:
        raise BrokenPack([PackFault(name, 1, "", "the file is missing")]) from error
    except UnicodeDecodeError as error:
        raise BrokenPack([PackFault(name, 1, "", "the file is not UTF-8")]) from error
    except yaml.YAMLError as error:
        raise BrokenPack([_syntax_fault(name, error)]) from error
    if root is None:
        raise BrokenPack([PackFault(name, 1, "", "the file is empty")])
    if repeated := [PackFault(name, line, key, "is there twice") for key, line in _repeated_keys(root)]:
        raise BrokenPack(repeated)
    return YamlFile(name, data, root)


def _syntax_fault(name: str, error: yaml.YAMLError) -> PackFault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "not readable"
    return PackFault(name, mark.line + 1 if mark else 1, "", f"this is not YAML: {problem}")


def _repeated_keys(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Keys that a mapping says twice: YAML would silently take the last one."""
    children = node.value if isinstance(node, yaml.SequenceNode) else []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, _value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
        children = [value for _key, value in node.value]
    for child in children:
        yield from _repeated_keys(child)
