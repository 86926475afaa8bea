"""From a folder to a Pack that is checked as a whole, or to all its faults at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from curricula.checks import content, schema
from curricula.importers.faults import BrokenPack, PackFault
from curricula.importers.yaml_lines import YamlFile, read_yaml


@dataclass(frozen=True)
class ModulePack:
    """A module with all that belongs to it."""

    module: schema.Module
    lessons: list[schema.Lesson]
    items: list[schema.Item]


@dataclass(frozen=True)
class Pack:
    """A curriculum in three languages, ready to be loaded."""

    home: schema.Home | None
    curriculum: schema.Curriculum
    modules: list[ModulePack]
    facts: list[schema.FactEntry]
    instruments: list[schema.InstrumentEntry]
    glossary: list[schema.Term]


def read_pack(folder: Path) -> Pack:
    """Reads and checks a pack.  Raises BrokenPack with every fault that was found."""
    reader = _Reader(folder)
    pack = reader.pack()
    if reader.faults:
        raise BrokenPack(reader.faults)
    assert pack is not None
    return pack


class _Reader:
    """Goes on after a fault, so that an author sees all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[PackFault] = []

    def pack(self) -> Pack | None:
        home = self._read("home.yaml", schema.Home)[0] if (self.folder / "home.yaml").exists() else None
        curriculum, _file = self._read("curriculum.yaml", schema.Curriculum)
        facts = self._read_library("library/facts.yaml", list[schema.FactEntry])
        instruments = self._read_library("library/instruments.yaml", list[schema.InstrumentEntry])
        glossary = self._glossary()
        if curriculum is None or facts is None or instruments is None:
            return None
        by_code = {fact.code: fact for fact in facts}
        modules = [self._module(name, by_code) for name in curriculum.modules]
        return Pack(home, curriculum, [module for module in modules if module], facts, instruments, glossary)

    def _module(self, name: str, facts: dict[str, schema.FactEntry]) -> ModulePack | None:
        module, file = self._read(f"{name}/module.yaml", schema.Module)
        if module is None or file is None:
            return None
        read = [self._read(f"{name}/{lesson}", schema.Lesson) for lesson in module.lessons]
        lessons = [lesson for lesson, _file in read if lesson]
        for lesson, lesson_file in read:
            if lesson and lesson_file:
                self._note(lesson_file, content.check_lesson(lesson, facts))
                self._note(lesson_file, content.check_serves(lesson, module))
        items = self._items(f"{name}/{module.items}", module, lessons, complete=len(lessons) == len(read))
        if len(lessons) == len(read):
            self._note(file, content.check_module(module, lessons))
            self._note(file, content.check_unique([lesson.code for lesson in lessons], "lessons"))
            if items is not None:
                self._note(file, content.check_objectives(module, lessons, items))
        return ModulePack(module, lessons, items or [])

    def _items(
        self, name: str, module: schema.Module, lessons: list[schema.Lesson], *, complete: bool
    ) -> list[schema.Item] | None:
        items, file = self._read(name, list[schema.Item])
        if items and file:
            self._note(file, content.check_unique([item.key for item in items], "key"))
            self._note(file, content.check_sources(items))
            if complete:
                self._note(file, content.check_items(items, module, lessons))
        return items

    def _glossary(self) -> list[schema.Term]:
        """A pack may come without one."""
        name = "library/glossary.yaml"
        terms, file = self._read(name, list[schema.Term]) if (self.folder / name).exists() else (None, None)
        if terms and file:
            self._note(file, content.check_unique([term.key for term in terms], "key"))
            self._note(file, content.check_forms(terms))
        return terms or []

    def _read_library[Entries: (list[schema.FactEntry], list[schema.InstrumentEntry])](
        self, name: str, form: type[Entries]
    ) -> Entries | None:
        entries, file = self._read(name, form)
        if entries and file:
            self._note(file, content.check_unique([entry.code for entry in entries], "code"))
        return entries

    def _read[Form](self, name: str, form: type[Form]) -> tuple[Form | None, YamlFile | None]:
        """The file in its form with the texts checked; (None, None) after noting why not."""
        try:
            file = read_yaml(self.folder, name)
        except BrokenPack as broken:
            self.faults += broken.faults
            return None, None
        try:
            value = TypeAdapter(form).validate_python(file.data)
        except ValidationError as error:
            self.faults += _faults_of_form(file, error)
            return None, None
        self._note(file, content.check_translations(value))
        self._note(file, content.check_lists(value))
        return value, file

    def _note(self, file: YamlFile, findings: Iterable[content.Finding]) -> None:
        self.faults += [file.fault(finding.place, finding.message) for finding in findings]


def _faults_of_form(file: YamlFile, error: ValidationError) -> Iterator[PackFault]:
    for fault in error.errors(include_url=False, include_context=False):
        yield file.fault(fault["loc"], fault["msg"].removeprefix("Value error, "))
