"""On whom a person depends: whoever could have acted as she, or made her to act for herself."""

from collections.abc import Iterable
from uuid import UUID

from lms.people.models import AuditEntry, Role, RoleKind, User

# With these she signs, and makes words for others; whoever gave one stands in the line.
_GIVEN = (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR)


def signing_line(person: UUID) -> set[UUID]:
    """She, who gave her the roles with which she signs, who gave those people theirs, and on to the installation.

    Whoever was shown the link to a password could have signed with it: she stands in the line like a giver.  So does
    whoever gave her a user name, and said where such links go: whatever she changed since, that one could have.  And
    whoever renewed her card while she had a role, or told her the word that woke it: the two together sign in as she,
    and no later link takes the card from them.
    """
    line, newest = {person}, {person}
    while newest:
        newest = {*_givers(newest), *shown_links_of(newest), *_namers(newest)} - line
        line |= newest
    return line


def is_apart(printer_id: UUID | None, person_id: UUID) -> bool:
    """Does she not depend on whoever printed a card: is the printer nowhere in her line?

    Asked one way only.  Where the printer depends on her, the word is hers to tell, or a small team would have nobody;
    the line of whoever is woken then holds both.
    """
    return printer_id is None or printer_id not in signing_line(person_id)


def are_independent(one: UUID, other: UUID) -> bool:
    """Do their roles go back to different people whom the installation itself invited?

    Asked both ways, unlike `is_apart`: of two signatures neither may be another's to make.
    """
    return not signing_line(one) & signing_line(other)


def shown_links_of(people: Iterable[UUID]) -> set[UUID]:
    """Who was shown the newest link to the password of one of them, and could have set it herself.

    Not whoever runs the installation: she can do anything.  A link that goes by mail is shown to nobody.
    """
    made = AuditEntry.objects.filter(verb="make_password_key", subject_type=User._meta.label_lower)
    made = made.filter(subject_id__in=[str(pk) for pk in people]).order_by("at", "pk")
    rows = made.values_list("subject_id", "actor_id")
    newest = {subject: actor for subject, actor in rows if actor and subject != str(actor)}
    return set(User.objects.filter(pk__in=newest.values(), is_superuser=False).values_list("pk", flat=True))


def _namers(people: Iterable[UUID]) -> set[UUID]:
    """Who gave one of them, who had a card alone, a user name with an address of her own choice."""
    named = AuditEntry.objects.filter(verb="give_user_name", subject_type=User._meta.label_lower)
    actors = named.filter(subject_id__in=[str(pk) for pk in people]).values_list("actor_id", flat=True)
    return set(User.objects.filter(pk__in=set(actors), is_superuser=False).values_list("pk", flat=True))


def _givers(people: Iterable[UUID]) -> set[UUID]:
    """Of their roles, ended ones too; and of their cards, whatever roles they had."""
    roles = Role.objects.filter(person__in=people)
    given = roles.filter(kind__in=_GIVEN, granted_by__is_superuser=False).values_list("granted_by")
    held = roles.filter(in_hands_of__is_superuser=False).values_list("in_hands_of")
    return {giver for (giver,) in given.union(held)}
