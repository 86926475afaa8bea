"""What people tell us: sent by anybody, settled by an administrator, forgotten after a year."""

from datetime import datetime

from django.db import transaction

from lms.common.crypto import wrap
from lms.people.actions.audit import record_audit
from lms.people.models import FEEDBACK_KEPT, Feedback, Organisation, User


@transaction.atomic
def send_feedback(
    *, text: str, contact: str, page: str, language: str, organisation: Organisation | None, at: datetime
) -> Feedback:
    """Keeps it encrypted.  Who sent it is not noted: whoever wants an answer names a contact."""
    feedback = Feedback.objects.create(
        organisation=organisation,
        sealed_text=wrap(text.encode()),
        sealed_contact=wrap(contact.encode()) if contact else None,
        page=page,
        language=language,
        sent_at=at,
    )
    record_audit(
        verb="send_feedback",
        subject=feedback,
        by=None,
        at=at,
        organisation_id=organisation.pk if organisation else None,
    )
    return feedback


@transaction.atomic
def settle_feedback(*, feedback: Feedback, by: User, at: datetime) -> Feedback:
    """Answered, mended or noted: it leaves the list of what waits.  A repeat is harmless."""
    locked = Feedback.objects.select_for_update(of=("self",), no_key=True).get(pk=feedback.pk)
    if locked.settled_at:
        return locked
    locked.settled_at, locked.settled_by = at, by
    locked.save(update_fields=["settled_at", "settled_by"])
    record_audit(verb="settle_feedback", subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
    return locked


@transaction.atomic
def forget_feedback(*, at: datetime) -> int:
    """Destroys what is older than a year, settled or not; says how many that were."""
    return Feedback.objects.filter(sent_at__lt=at - FEEDBACK_KEPT).delete()[0]
