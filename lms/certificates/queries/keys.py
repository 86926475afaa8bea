"""An organisation's signing keys as its administrators see them, and what would become of a withdrawn one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from lms.certificates.models import (
    CURRENT_STATES,
    Certificate,
    KeyExport,
    KeyState,
    ProposalKind,
    SigningKey,
)
from lms.jobs.models import ENDED_STATES, Job
from lms.people.models import Organisation, Proposal, ProposalState, RoleKind, TwoSignaturesQuerySet, User
from lms.people.permissions import active_roles
from lms.people.queries import proposals_for

# The names of the Celery tasks (lms.certificates.tasks).
SIGN_AGAIN, COPY_KEY = "certificates.sign_again", "certificates.copy_key"
# Statement, record and badge file of one certificate: about 40 ms of a worker's processor, and the database's part.
SECONDS_EACH = 0.05


@dataclass(frozen=True)
class KeyRow:
    """A key, and how many certificates bear its signature now; of a withdrawn one they wait to be signed again."""

    key: SigningKey
    certificates: int
    # To withdraw it, that waits for a second signature.
    proposal: Proposal | None
    # When a copy of it left the site, the last time.
    copied_at: datetime | None

    @property
    def is_withdrawn(self) -> bool:
        return self.key.state == KeyState.COMPROMISED


@dataclass(frozen=True)
class KeyHouse:
    """The keys of one organisation, the newest first."""

    organisation: Organisation
    keys: Sequence[KeyRow]


@dataclass(frozen=True)
class Rehearsal:
    """What withdrawing a key would do; nothing is done."""

    certificates: int
    # Of them those that hold today; the others are revoked or replaced, and say so as before.
    current: int
    # Whose holders were erased: signed again without a name.
    erased: int

    @property
    def minutes(self) -> int:
        """How long it takes to sign them again, rounded up."""
        return max(1, -(-int(self.certificates * SECONDS_EACH) // 60))


def signing_keys_for(user: User) -> QuerySet[SigningKey]:
    """Of the organisations that she administers, the newest first."""
    keys = SigningKey.objects.filter(organisation__in=_houses(user)).select_related("organisation")
    return keys.order_by("organisation__code", "-not_before", "kid")


def key_houses_for(user: User, at: datetime) -> list[KeyHouse]:
    """Of each organisation, one without a key too: five queries."""
    proposals = key_proposals_for(user).filter(kind=ProposalKind.WITHDRAW_KEY)
    waiting = {one.subject_id: one for one in proposals if one.state_at(at) == ProposalState.WAITING}
    signed = Certificate.objects.filter(organisation__in=_houses(user)).values_list("key").annotate(Count("pk"))
    copied = KeyExport.objects.filter(key__organisation__in=_houses(user)).values_list("key").annotate(Max("made_at"))
    under, copies, rows = dict(signed.order_by()), dict(copied.order_by()), defaultdict[UUID, list[KeyRow]](list)
    for key in signing_keys_for(user):
        row = KeyRow(key, under.get(key.pk, 0), waiting.get(key.pk), copies.get(key.pk))
        rows[key.organisation_id].append(row)
    organisations = Organisation.objects.filter(pk__in=_houses(user)).order_by("code")
    return [KeyHouse(one, rows[one.pk]) for one in organisations]


def key_proposals_for(user: User) -> TwoSignaturesQuerySet[Proposal]:
    """About the keys of the organisations that she administers, whatever has become of them."""
    return proposals_for(user, ProposalKind.values)


def rehearse_withdrawal(key: SigningKey) -> Rehearsal:
    """Counts what `withdraw_key` and signing again would touch."""
    found = Certificate.objects.filter(key=key).aggregate(
        certificates=Count("pk"),
        current=Count("pk", filter=Q(state__in=CURRENT_STATES)),
        erased=Count("pk", filter=Q(holder__erased_at__isnull=False)),
    )
    return Rehearsal(**found)


def key_copy_of(proposal: Proposal) -> KeyExport | None:
    """What was made of a proposal to copy a key; None while the worker has not come to it, or where it could not."""
    return KeyExport.objects.filter(proposal=proposal).first()


def is_copied_now(proposal: Proposal) -> bool:
    """Does a job that makes the copy run or wait, for another try too?"""
    jobs = Job.objects.filter(task=COPY_KEY, payload__proposal=str(proposal.pk))
    return jobs.exclude(state__in=ENDED_STATES).exists()


def is_signed_again_now(key: SigningKey) -> bool:
    """Does a job that signs its certificates again run or wait?"""
    jobs = Job.objects.filter(task=SIGN_AGAIN, payload__kid=key.kid)
    return jobs.exclude(state__in=ENDED_STATES).exists()


def _houses(user: User) -> set[UUID]:
    return {role.organisation_id for role in active_roles(user) if role.kind == RoleKind.ADMINISTRATOR}
