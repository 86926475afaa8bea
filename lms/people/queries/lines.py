"""On whom a person depends: whoever could have acted as she, or made her to act for herself."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

from lms.people.models import AuditEntry, Invitation, MailState, Role, RoleKind, User

# With these she signs, and makes words for others; whoever gave one stands in the line.
_GIVEN = (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR)
# In the audit trail: a link to her password was shown to somebody, one was used, and somebody said where they go.
_LINK_SHOWN, _LINK_USED, _NAMED = "make_password_key", "use_password_link", "give_user_name"
# They say who could be her: kept as long as her account (actions.retention).
WAYS_IN = (_LINK_SHOWN, _LINK_USED, _NAMED)
# Asked about as she is now, not as she was when she did something.
_NOW = datetime.max.replace(tzinfo=UTC)

# Somebody, and since when somebody else depends on her.
type Since = tuple[UUID, datetime]


def signing_line(person: UUID, since: datetime = _NOW) -> set[UUID]:
    """She, who gave her the roles with which she signs, who gave those people theirs, and on to the installation.

    Whoever was shown the link to a password could have signed with it: she stands in the line like a giver.  So does
    whoever gave her a user name, or invited her by mail, and said where such links go: whatever she changed since, that
    one could have.  And whoever renewed her card while she had a role, or told her the word that woke it: the two
    together sign in as she, and no later link takes the card from them.

    `since`: when she did what it is about.  Whoever held her account then stays in the line when she has it back; so
    does whoever held a giver's when the role was given.
    """
    line: dict[UUID, datetime] = {}
    newest = {person: since}
    while newest:
        line |= newest
        found: dict[UUID, datetime] = {}
        for other, at in (*_givers(newest), *_ways_in(newest)):
            found[other] = min(at, found.get(other, at))
        newest = {other: at for other, at in found.items() if other not in line or at < line[other]}
    return set(line)


def is_apart(printer_id: UUID | None, person_id: UUID) -> bool:
    """Does she not depend on whoever printed a card: is the printer nowhere in her line?

    Asked one way only.  Where the printer depends on her, the word is hers to tell, or a small team would have nobody;
    the line of whoever is woken then holds both.
    """
    return printer_id is None or printer_id not in signing_line(person_id)


def are_independent(one: UUID, other: UUID, *, since: datetime = _NOW) -> bool:
    """Do their roles go back to different people whom the installation itself invited?

    Asked both ways, unlike `is_apart`: of two signatures neither may be another's to make.  `since`: when the other
    one made hers.
    """
    return not signing_line(one) & signing_line(other, since)


def could_be(user: UUID, person: UUID) -> bool:
    """Could she sign in as the other one: was a link shown to her or to somebody who depends on her, did they say where
    links go, or did she renew the card or tell the word?

    Less than the whole line: who gave a role knows no way in.
    """
    if Role.objects.filter(person=person, in_hands_of=user).exists():
        return True
    return any(user in signing_line(other, at) for other, at in _ways_in({person: _NOW}))


def _ways_in(people: Mapping[UUID, datetime]) -> list[Since]:
    """Who was shown a link to the password of one of them, or wrote the address to which such links go.

    Not whoever runs the installation: she can do anything.  A link that goes by mail is shown to nobody else.
    """
    held = [(entry.actor_id, entry.at) for entry in _standing_entries(people) if entry.actor_id]
    held += _inviters_by_mail(people)
    makers = User.objects.filter(pk__in={maker for maker, _at in held}, is_superuser=False)
    rows = {pk: merged_into or pk for pk, merged_into in makers.values_list("pk", "merged_into")}
    return [(rows[maker], at) for maker, at in held if maker in rows]


def _inviters_by_mail(people: Iterable[UUID]) -> Iterable[Since]:
    """Whoever invites somebody chooses the address: it could be a mailbox of her own, whatever became of it since."""
    sent = Invitation.objects.filter(person__in=people, invited_by__isnull=False).exclude(mail_state=MailState.NONE)
    return sent.values_list("invited_by", "person__created_at")


def _standing_entries(people: Mapping[UUID, datetime]) -> Iterator[AuditEntry]:
    """Every user name that was given; of the links the last one that was used, and every one that was made since.

    Using a link ends the others and the password of before, and with it whoever was signed in.  That a newer one was
    made ends nothing; nor does one that went by mail or that she made herself, which whoever holds her account could.
    In the order in which they were written, which is under the lock of her row; `at` is when each was asked for.
    """
    entries = AuditEntry.objects.filter(verb__in=WAYS_IN, subject_type=User._meta.label_lower)
    links: dict[str, list[AuditEntry]] = {}
    for entry in entries.filter(subject_id__in=[str(pk) for pk in people]).order_by("pk"):
        shown = links.setdefault(entry.subject_id, [])
        if entry.verb == _NAMED:
            yield entry
        elif entry.verb == _LINK_SHOWN and entry.subject_id != str(entry.actor_id):
            shown.append(entry)
        elif entry.verb == _LINK_USED and entry.at <= people[UUID(entry.subject_id)]:
            used = [one for one in shown if one.details.get("link") == entry.details["link"]]
            links[entry.subject_id] = used or shown
    for shown in links.values():
        yield from shown


def _givers(people: Iterable[UUID]) -> Iterable[Since]:
    """Of their roles, ended ones too; and of their cards, whatever roles they had."""
    roles = Role.objects.filter(person__in=people)
    given = roles.filter(kind__in=_GIVEN, granted_by__is_superuser=False).values_list("granted_by", "granted_at")
    held = roles.filter(in_hands_of__is_superuser=False).values_list("in_hands_of", "granted_at")
    return given.union(held)
