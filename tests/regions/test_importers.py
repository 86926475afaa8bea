from datetime import date

import pytest
from django.core.management import call_command

from lms.regions.importers import REGIONS_FILE, RegionFileRefused, load_regions, read_rows
from lms.regions.models import Region, RegionKind, RegionName

pytestmark = pytest.mark.django_db


def test_load_regions_makes_the_whole_country():
    loaded = load_regions()
    assert (loaded.added, loaded.changed, loaded.unchanged) == (66, 0, 0)
    country = Region.objects.get(code="417")
    assert country.get_children_count() == 9
    assert country.get_descendant_count() == 65
    kinds = {kind: Region.objects.filter(kind=kind).count() for kind in RegionKind}
    assert kinds == {
        RegionKind.COUNTRY: 1,
        RegionKind.OBLAST: 7,
        RegionKind.REPUBLICAN_CITY: 2,
        RegionKind.RAION: 40,
        RegionKind.CITY_DISTRICT: 4,
        RegionKind.OBLAST_CITY: 12,
    }


def test_load_regions_puts_a_raion_under_its_oblast():
    load_regions()
    leilek = Region.objects.get(code="41705236000000")
    assert (leilek.get_parent().iso, leilek.name_ky, leilek.name_ru) == ("KG-B", "Лейлек району", "Лейлекский район")


def test_osh_city_and_osh_oblast_are_two_regions():
    load_regions()
    assert set(Region.objects.filter(name_en__startswith="Osh").values_list("iso", "kind")) == {
        ("KG-O", RegionKind.OBLAST),
        ("KG-GO", RegionKind.REPUBLICAN_CITY),
    }


def test_load_regions_twice_changes_nothing():
    load_regions()
    before = list(Region.objects.order_by("pk").values()), list(RegionName.objects.order_by("pk").values())
    loaded = load_regions()
    assert (loaded.added, loaded.changed, loaded.unchanged) == (0, 0, 66)
    assert (list(Region.objects.order_by("pk").values()), list(RegionName.objects.order_by("pk").values())) == before


def test_load_regions_mends_a_changed_name_and_keeps_other_regions():
    load_regions()
    Region.objects.filter(iso="KG-B").update(name_en="Batken")
    own = Region.objects.get(iso="KG-B").add_child(code="41705999000000", kind=RegionKind.RAION, name_en="Ours")
    loaded = load_regions()
    assert (loaded.added, loaded.changed) == (0, 1)
    assert Region.objects.get(iso="KG-B").name_en == "Batken Region"
    assert Region.objects.filter(pk=own.pk).exists()


def test_load_regions_keeps_the_former_name_with_its_dates():
    load_regions()
    manas = Region.objects.get(code="41703410000000")
    names = manas.names.order_by("valid_until").values_list("name_en", "valid_from", "valid_until")
    assert set(names) == {
        ("Jalal-Abad City", None, date(2025, 9, 17)),
        ("Manas City", date(2025, 9, 17), None),
    }


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        ("kind", "village", "kind"),
        ("code", "4.1705E+13", "code"),
        ("parent", "41799000000000", "parent"),
        ("named_since", "17.09.2025", "named_since"),
    ],
)
def test_a_wrong_row_names_line_and_field_and_loads_nothing(tmp_path, column, value, field):
    lines = REGIONS_FILE.read_text(encoding="utf-8").splitlines()
    cells = lines[3].split(",")
    cells[lines[0].split(",").index(column)] = value
    broken = tmp_path / "regions.csv"
    broken.write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:]]), encoding="utf-8")
    with pytest.raises(RegionFileRefused) as refusal:
        load_regions(broken)
    assert {key: refusal.value.params[key] for key in ("file", "line", "field")} == {
        "file": "regions.csv",
        "line": 4,
        "field": field,
    }
    assert Region.objects.count() == 0


def test_codes_are_texts_of_fourteen_digits():
    assert {len(row.code) for row in read_rows(REGIONS_FILE)} == {3, 14}


def test_the_command_says_what_it_did(capsys):
    call_command("load_regions")
    assert capsys.readouterr().out == "Regions: 66 added, 0 changed, 0 as they were.\n"
