"""Packs: folders of YAML files that hold a curriculum in three languages."""

from curricula.importers.faults import BrokenPack, PackFault
from curricula.importers.loading import LoadReport, load_pack
from curricula.importers.reading import Pack, read_pack

__all__ = ["BrokenPack", "LoadReport", "Pack", "PackFault", "load_pack", "read_pack"]
