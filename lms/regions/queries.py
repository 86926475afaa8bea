"""What is read about regions."""

import re
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from lms.common.alphabet import alphabetical
from lms.common.languages import pick, texts_of
from lms.regions.models import Region, RegionKind


def find_regions(codes: Iterable[str]) -> dict[str, Region]:
    """The regions behind codes in any spelling, each under the code as it was written; unknown ones are left out.

    SOATE of 14 digits or the first 8 of them, ISO 3166-2; a name may stand behind the digits.  One query, however many
    codes.
    """
    full = {code: _full_code(code) for code in codes}
    rows = Region.objects.filter(Q(code__in=full.values()) | Q(iso__in=full.values(), iso__gt=""))
    known = {code: region for region in rows for code in (region.code, region.iso)}
    return {code: known[meant] for code, meant in full.items() if meant and meant in known}


def _full_code(written: str) -> str:
    before_name = re.match(r"([0-9 ]+) [^0-9 ]", written)
    code = "".join((before_name[1] if before_name else written).split()).upper()
    return f"{code}000000" if re.fullmatch(r"[0-9]{8}", code) else code


def codes_with_names(language: str) -> list[str]:
    """ "41705236 Leilek": every region below the country as `find_regions` reads it, oblast by oblast.  One query."""
    return [
        f"{code.removesuffix('000000')} {name}"
        for _oblast, choices in region_choices(language)
        for code, name in choices
    ]


def region_choices(language: str, within: Iterable[Region] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
    """Grouped choices for a form, (oblast or city, [(code, name), …]), sorted in the language: one query.

    Each group begins with the oblast itself.  `within` leaves only these regions and what lies below them.
    """
    paths = tuple(region.path for region in within)
    regions = [region for region in Region.objects.order_by("path") if not paths or region.path.startswith(paths)]
    groups: dict[str, list[Region]] = {}
    for region in regions:
        if region.kind != RegionKind.COUNTRY:
            groups.setdefault(region.path[: 2 * Region.steplen], []).append(region)
    sorted_groups = [_group(members, language) for members in groups.values()]
    return sorted(sorted_groups, key=lambda group: alphabetical(group[0]))


def _group(members: list[Region], language: str) -> tuple[str, list[tuple[str, str]]]:
    head, *below = [(region.code, pick(texts_of(region, "name"), language)) for region in members]
    return head[1], [head, *sorted(below, key=lambda choice: alphabetical(choice[1]))]


def name_on(region: Region, day: date, language: str | None = None) -> str:
    """The name that the region bore on `day`: certificates and reports of that time keep it."""
    for name in region.names.all():
        if name.valid_on(day):
            return pick(texts_of(name, "name"), language)
    return pick(texts_of(region, "name"), language)
