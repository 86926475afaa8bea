"""Serves exactly the third-party files that settings.VENDOR_FILES lists, from where npm put them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class _VendorStorage(FileSystemStorage):
    """node_modules seen through the names of settings.VENDOR_FILES."""

    def __init__(self) -> None:
        super().__init__(location=settings.NODE_MODULES, base_url=settings.STATIC_URL)

    def path(self, name: str) -> str:
        return str(Path(settings.NODE_MODULES) / settings.VENDOR_FILES[name])


class VendorFinder(BaseFinder):
    """A static files finder over the listed files of node_modules."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.storage = _VendorStorage()
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: object) -> list:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> Any:
        known = settings.VENDOR_FILES.get(path)
        location = Path(settings.NODE_MODULES) / known if known else None
        if location is None or not location.exists():
            return []  # as Django's own finders: None among the findings would be one of them
        return [str(location)] if find_all else str(location)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in settings.VENDOR_FILES:
            if Path(self.storage.path(name)).exists():
                yield name, self.storage
