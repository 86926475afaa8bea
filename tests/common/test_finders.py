"""Exactly the listed files leave node_modules."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders as django_finders
from django.test import Client

from lms.common.finders import VendorFinder


@pytest.fixture
def modules(tmp_path: Path, settings) -> Path:
    """A node_modules with one listed, one unlisted and one missing file."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "listed.js").write_text("1")
    (tmp_path / "lib" / "unlisted.js").write_text("2")
    settings.NODE_MODULES = tmp_path
    settings.VENDOR_FILES = {"vendor/listed.js": "lib/listed.js", "vendor/missing.js": "lib/missing.js"}
    return tmp_path


def test_listed_file_is_found_under_its_name(modules: Path) -> None:
    finder = VendorFinder()
    assert finder.find("vendor/listed.js") == str(modules / "lib" / "listed.js")
    assert finder.find("vendor/listed.js", find_all=True) == [str(modules / "lib" / "listed.js")]


@pytest.mark.parametrize(
    "name", ["vendor/unlisted.js", "lib/listed.js", "vendor/../lib/unlisted.js", "vendor/missing.js"]
)
def test_nothing_else_is_found(modules: Path, name: str) -> None:
    assert VendorFinder().find(name) == []
    assert VendorFinder().find(name, find_all=True) == []


def test_listing_leaves_out_what_is_not_installed(modules: Path) -> None:
    listed = {name: storage.open(name).read() for name, storage in VendorFinder().list(None)}
    assert listed == {"vendor/listed.js": b"1"}


def test_every_listed_file_of_the_site_is_installed(settings) -> None:
    missing = [name for name in settings.VENDOR_FILES if not django_finders.find(name)]
    assert missing == []


@pytest.mark.django_db
def test_site_serves_a_vendor_file_and_nothing_beside_it() -> None:
    assert Client().get("/static/vendor/htmx.min.js").status_code == 200
    assert Client().get("/static/vendor/../../package.json").status_code == 404
    assert Client().get("/static/nowhere.css").status_code == 404
