"""Copies of keys that were made, and whether they were fetched."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from lms.certificates.models import EXPORT_HOLDS, KeyExport
from lms.certificates.queries.keys import key_proposals_for
from lms.people.models import Proposal, User


def key_copies_to_fetch(user: User, at: datetime) -> list[Proposal]:
    """Her proposals whose file waits for her, the newest first."""
    waiting = KeyExport.objects.filter(made_at__gt=at - EXPORT_HOLDS, taken_at__isnull=True).exclude(sealed_file=b"")
    return list(key_proposals_for(user).filter(proposed_by=user, pk__in=waiting.values("proposal")))


def key_copies_of(proposals: Iterable[Proposal]) -> dict[UUID | None, KeyExport]:
    """By proposal: what was made of it, without the file."""
    made = KeyExport.objects.filter(proposal__in=[one.pk for one in proposals])
    return {one.proposal_id: one for one in made.defer("sealed_file")}
