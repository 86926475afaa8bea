"""The demonstration's organisations and accounts."""

from dataclasses import dataclass, field
from datetime import datetime

from lms.people.actions import create_participant, create_staff, grant_role, record_consent, set_legal_name
from lms.people.models import ConsentPurpose, Organisation, RoleKind, User
from lms.regions.models import Region
from lms.regions.queries import find_regions

PASSWORD = "yntymak-demonstration"  # noqa: S105 - printed at every start; production refuses to run beside it
OURS, OTHERS = "demo-coalition", "demo-partners"
HELD_IN = {"ended": "KG-Y", "running": "41702420000000", "coming": "KG-N"}

# User name, display name, role, organisation.  The trainers get their standing from two signatures, not from a role.
# Two administrators: what takes two of them can be tried.
STAFF = [
    ("admin", "Admin", RoleKind.ADMINISTRATOR, OURS),
    ("admin2", "Second admin", RoleKind.ADMINISTRATOR, OURS),
    ("editor", "Editor", RoleKind.EDITOR, OURS),
    ("coordinator", "Coordinator", RoleKind.COORDINATOR, OURS),
    ("coordinator2", "Coordinator of the partners", RoleKind.COORDINATOR, OTHERS),
    ("trainer", "Жылдыз", RoleKind.TRAINER, OURS),
    ("observer", "Observer", RoleKind.OBSERVER, OURS),
    ("observer2", "Second observer", RoleKind.OBSERVER, OURS),
    ("monitor", "Monitoring officer", RoleKind.MONITOR, OURS),
]

# Display name, name on paper, language.
PARTICIPANTS = [
    ("Айгүл", "Айгүл Токтогулова", "ky"),
    ("Бермет", "Бермет Асанкулова", "ky"),
    ("Гүлнара", "Гүлнара Өмүрбек кызы", "ky"),
    ("Наталья", "Наталья Сергеевна Иванова", "ru"),
    ("Чолпон", "Чолпон Жээнбекова", "ky"),
    ("Динара", "Динара Рахматуллаевна Юсупова", "ru"),
    ("Эльмира", "Эльмира Сыдыкова", "ky"),
    ("Марат", "Марат Үсөнов", "ky"),
    ("Үмүт", "Үмүт Сапарбекова", "ky"),
    ("Светлана", "Светлана Петровна Ким", "ru"),
    ("Жибек", "Жибек Осмонова", "ky"),
    ("Нурлан", "Нурлан Абдраимов", "ky"),
]


@dataclass
class Cast:
    """Who plays in the demonstration."""

    ours: Organisation
    others: Organisation
    regions: dict[str, Region]
    staff: dict[str, User] = field(default_factory=dict)
    participants: list[User] = field(default_factory=list)


def make_cast(at: datetime) -> Cast:
    """Organisations, staff with their roles, participants with names and consents."""
    regions = find_regions(HELD_IN.values())
    cast = Cast(ours=_organisation(OURS), others=_organisation(OTHERS), regions=regions)
    organisations = {OURS: cast.ours, OTHERS: cast.others}
    for username, display_name, kind, organisation in STAFF:
        person = create_staff(
            username=username,
            display_name=display_name,
            language="ky" if kind == RoleKind.TRAINER else "en",
            password=PASSWORD,
            is_demonstration=True,
            by=None,
            at=at,
        )
        grant_role(
            person=person,
            kind=kind,
            organisation=organisations[organisation],
            region=None,
            by=None,
            at=at,
        )
        person.last_login = at  # as those who have led cohorts
        person.save(update_fields=["last_login"])
        cast.staff[username] = person
    cast.participants = [_participant(*row, at=at) for row in PARTICIPANTS]
    return cast


def _organisation(code: str) -> Organisation:
    names = {
        OURS: ("Demonstration coalition", "Демонстрационная коалиция", "Үлгү коалиция"),
        OTHERS: ("Demonstration partners", "Демонстрационные партнёры", "Үлгү өнөктөштөр"),
    }[code]
    positions = ("Chair of the coalition", "Председатель коалиции", "Коалициянын төрайымы")
    languages = ("en", "ru", "ky")
    return Organisation.objects.create(
        code=code,
        signatory_name="Н. Н. Үлгүева",
        contact="+996 312 00 00 00, training@example.org",
        **{f"name_{language}": name for language, name in zip(languages, names, strict=True)},
        **{f"signatory_{language}": position for language, position in zip(languages, positions, strict=True)},
    )


def _participant(display_name: str, legal_name: str, language: str, *, at: datetime) -> User:
    person = create_participant(display_name=display_name, language=language, is_demonstration=True, by=None, at=at)
    for purpose in (ConsentPurpose.LEARNING_RECORD, ConsentPurpose.CERTIFICATE):
        record_consent(person=person, purpose=purpose, given=True, language=language, by=person, at=at)
    set_legal_name(person=person, name=legal_name, by=person, at=at)
    return person
