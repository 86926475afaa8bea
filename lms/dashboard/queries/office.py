"""What stands on the desk of whoever administers an organisation, or runs the installation."""

from dataclasses import dataclass, field
from datetime import datetime

from lms.common.dates import local_day
from lms.dashboard.queries.beginnings import Beginning, beginnings_for
from lms.people.models import Role, RoleKind, User
from lms.people.permissions import has_role
from lms.people.queries import (
    LINK_TOLD,
    PasswordLink,
    administrators_sent,
    feedback_for,
    password_links_for,
    sleepers_for,
)


@dataclass(frozen=True)
class Office:
    """Of her organisations' people, and of what people told us."""

    password_links: list[PasswordLink] = field(default_factory=list)
    # Who was sent to administer her organisations beside her.
    administrators: list[Role] = field(default_factory=list)
    # Whose roles there sleep because her card was renewed.
    sleepers: list[User] = field(default_factory=list)
    # How much of what people told us waits for her word.
    told: int = 0
    # What comes next where nothing was held yet.
    beginnings: list[Beginning] = field(default_factory=list)


def office_for(user: User, at: datetime) -> Office:
    """Empty for everybody else."""
    administers = has_role(user, RoleKind.ADMINISTRATOR)
    if not administers and not user.is_superuser:
        return Office()
    since = at - LINK_TOLD
    return Office(
        password_links=password_links_for(user, since) if administers else [],
        administrators=administrators_sent(user, since) if administers else [],
        sleepers=sleepers_for(user) if administers else [],
        told=feedback_for(user).filter(settled_at__isnull=True).count(),
        beginnings=beginnings_for(user, local_day(at)),
    )
