"""What stands on the desk of whoever administers an organisation, runs the installation, or has only begun to plan."""

from dataclasses import dataclass, field
from datetime import datetime

from lms.certificates.queries import is_log_unread, key_copies_to_fetch, key_proposals_for, last_log_check
from lms.common.dates import local_day
from lms.dashboard.queries.beginnings import Beginning, beginnings_for
from lms.people.models import Proposal, Role, RoleKind, User
from lms.people.permissions import active_roles, has_role
from lms.people.queries import (
    LINK_TOLD,
    SIGNATORY_TOLD,
    ChangedSignatory,
    PasswordLink,
    WaitingRole,
    administrators_sent,
    feedback_for,
    may_confirm,
    password_links_for,
    signatory_changes_for,
    sleepers_for,
    stranded_roles_for,
    waiting_roles_for,
)


@dataclass(frozen=True)
class Office:
    """Of her organisations' people, and of what people told us."""

    password_links: list[PasswordLink] = field(default_factory=list)
    # Who was sent to administer her organisations beside her.
    administrators: list[Role] = field(default_factory=list)
    # Whose roles there sleep because her card was renewed.
    sleepers: list[User] = field(default_factory=list)
    # How many people's roles sleep, so that only whoever runs the installation may wake them.
    stranded: int = 0
    # How much of what people told us waits for her word.
    told: int = 0
    # Roles of colleagues that wait for her signature.
    unconfirmed: list[WaitingRole] = field(default_factory=list)
    # How many proposals about keys wait for her signature.
    to_confirm: int = 0
    # Her proposals to copy a key whose file she has not fetched yet.
    copies: list[Proposal] = field(default_factory=list)
    # That others changed who signs the certificates of her organisations.
    signatories: list[ChangedSignatory] = field(default_factory=list)
    # How many lines or certificates are not as they should be, by the last check of the issue log.
    log_faults: int = 0
    # Was the issue log not read in the last night, or did the check fall over?
    log_unread: bool = False
    # What comes next where nothing was held yet.
    beginnings: list[Beginning] = field(default_factory=list)
    # May nobody train yet in any of the organisations that she coordinates?
    nobody_trains: bool = False


def office_for(user: User, at: datetime, *, has_opened: bool) -> Office:
    """Empty for everybody else.  `has_opened`: a cohort on her desk is under way, so somebody may train."""
    administers = has_role(user, RoleKind.ADMINISTRATOR)
    plans = has_role(user, RoleKind.COORDINATOR) and not has_opened
    if not (administers or user.is_superuser or plans):
        return Office()
    beginnings = beginnings_for(user, local_day(at), plans=plans)
    hers = {role.organisation_id for role in active_roles(user) if role.kind == RoleKind.COORDINATOR}
    nobody_trains = plans and hers <= {beginning.untrained for beginning in beginnings}
    if not administers and not user.is_superuser:
        return Office(beginnings=beginnings, nobody_trains=nobody_trains)
    since = at - LINK_TOLD
    waiting = key_proposals_for(user).waiting(at) if administers else []
    check = last_log_check()
    return Office(
        password_links=password_links_for(user, since) if administers else [],
        administrators=administrators_sent(user, since) if administers else [],
        sleepers=sleepers_for(user) if administers else [],
        stranded=len({role.person_id for role in stranded_roles_for(user)}),
        told=feedback_for(user).filter(settled_at__isnull=True).count(),
        unconfirmed=[one for one in waiting_roles_for(user, at) if one.is_hers] if administers else [],
        to_confirm=sum(may_confirm(user, one, at) for one in waiting),
        copies=key_copies_to_fetch(user, at) if administers else [],
        signatories=signatory_changes_for(user, at - SIGNATORY_TOLD) if administers else [],
        log_faults=check.faults if check else 0,
        log_unread=is_log_unread(check, at),
        beginnings=beginnings,
        nobody_trains=nobody_trains,
    )
