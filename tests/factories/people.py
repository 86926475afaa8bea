"""People, organisations, roles and regions for tests."""

from datetime import UTC, date, datetime
from uuid import uuid4

from django.test import Client

from lms.common.open_text import is_name_alone
from lms.people import actions
from lms.people.models import Organisation, Role, User
from lms.regions.models import Region, RegionKind
from tests.factories.remembered import make_or_load

# Tuesday, 24 November 2026, 09:00 in Bishkek.
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
# The codes of the small country's regions.
COUNTRY = {
    "KG": "417",
    "KG-B": "41705000000000",
    "KG-N": "41704000000000",
    "leilek": "41705236000000",
    "at-bashy": "41704220000000",
}


def some_letters() -> str:
    """Eight, for what must differ and may hold no number."""
    return uuid4().hex[:8].translate(str.maketrans("0123456789", "ghijklmnop"))


def make_organisation(code: str | None = None, **fields) -> Organisation:
    """An organisation named after its code in three languages."""
    code = code or f"org-{uuid4().hex[:8]}"
    names = {"name_en": f"{code} (en)", "name_ru": f"{code} (ru)", "name_ky": f"{code} (ky)"}
    return Organisation.objects.create(code=code, **{**names, **fields})


def make_person(display_name: str = "Айгүл", language: str = "ky") -> User:
    """A participant with a card whose PIN was never printed."""
    name = taken_today(display_name)
    person = actions.create_participant(display_name=name, language=language, by=None, at=AT)
    return person if name == display_name else call_as_before(person, display_name)


def make_staff(username: str | None = None, display_name: str | None = None, language: str = "en") -> User:
    """Somebody who signs in with a user name and PASSWORD."""
    username = username or f"staff-{some_letters()}"
    wanted = display_name or username
    name = taken_today(wanted)
    person = actions.create_staff(
        username=username, display_name=name, language=language, password=PASSWORD, by=None, at=AT
    )
    return person if name == wanted else call_as_before(person, wanted)


def taken_today(name: str) -> str:
    """The name, or another one where no action takes it any more."""
    return name if is_name_alone(name) else "Айгүл"


def call_as_before(person: User, name: str) -> User:
    """A row that was written before names had a rule: every page meets it."""
    person.display_name = name
    person.save(update_fields=["display_name"])
    return person


def browser(person: User) -> Client:
    """A browser in which she is signed in, as she is in the database now."""
    client = Client()
    client.force_login(User.objects.get(pk=person.pk), backend="lms.people.backends.RoleBackend")
    return client


def make_role(
    person: User,
    kind: str,
    organisation: Organisation,
    region: Region | None = None,
    valid_from: date = date(2026, 1, 1),
    valid_until: date | None = None,
) -> Role:
    """A role."""
    return actions.grant_role(
        person=person,
        kind=kind,
        organisation=organisation,
        region=region,
        valid_from=valid_from,
        valid_until=valid_until,
        by=None,
        at=AT,
    )


def make_region(
    code: str, name: str | None = None, parent: Region | None = None, kind: str = RegionKind.OBLAST, iso: str = ""
) -> Region:
    """A region under its parent, or a root; asked for twice it is the same."""
    found = Region.objects.filter(code=code).first()
    if found:
        return found
    name = name or code
    fields = {"code": code, "iso": iso, "kind": kind, "name_en": name, "name_ru": name, "name_ky": name}
    if parent is None:
        return Region.add_root(**fields)
    parent.refresh_from_db()
    return parent.add_child(**fields)


def make_country() -> dict[str, Region]:
    """A small country: two oblasts, each with a raion; by ISO code, and the raions by name."""
    make_or_load("country", _make_regions, (Region,))
    found = {region.code: region for region in Region.objects.filter(code__in=COUNTRY.values())}
    return {name: found[code] for name, code in COUNTRY.items()}


def _make_regions() -> None:
    country = make_region(COUNTRY["KG"], "Kyrgyzstan", kind=RegionKind.COUNTRY)
    batken = make_region(COUNTRY["KG-B"], "Batken", country, iso="KG-B")
    naryn = make_region(COUNTRY["KG-N"], "Naryn", country, iso="KG-N")
    make_region(COUNTRY["leilek"], "Leilek", batken, RegionKind.RAION)
    make_region(COUNTRY["at-bashy"], "At-Bashy", naryn, RegionKind.RAION)
