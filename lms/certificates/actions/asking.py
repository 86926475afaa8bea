"""The holder of a certificate that was revoked or suspended asks why, and a coordinator notes that she was told."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions.writing import note_verb
from lms.certificates.models import WITHHELD_STATES, Certificate, HolderQuestion
from lms.common.errors import ActionError
from lms.people.models import User


class NothingToAsk(ActionError):
    code = "nothing_to_ask"
    message = _("This certificate is neither revoked nor suspended now.")


class NobodyAsks(ActionError):
    code = "nobody_asks"
    message = _("Nobody asks about this certificate now.")


class AskedAgain(ActionError):
    """Whoever says that she was told has not seen this question: it would be closed unread."""

    code = "asked_again"
    message = _("She has asked again since you opened that page. Look below, and note it once she was told.")


@transaction.atomic
def ask_about_certificate(*, certificate: Certificate, by: User, at: datetime) -> HolderQuestion:
    """She asks why it was revoked or suspended; the coordinator finds it on her desk and at the cohort's certificates.

    No words of hers are kept: there may stand what the coordinator's colleagues should not read.  A repeat is harmless;
    after an answer it asks anew.  Raises NothingToAsk.
    """
    locked = Certificate.objects.select_for_update(of=("self",), no_key=True).get(pk=certificate.pk)
    if locked.state not in WITHHELD_STATES:
        raise NothingToAsk
    question, is_new = HolderQuestion.objects.get_or_create(
        certificate=locked, about=locked.state_since, defaults={"at": at}
    )
    if question.answered_at:
        question.at, question.answered_at, is_new = at, None, True
        question.save(update_fields=["at", "answered_at"])
    if is_new:
        note_verb(verb="ask_about_certificate", certificates=[locked], by=by, at=at)
    return question


@transaction.atomic
def note_answer(*, certificate: Certificate, asked: datetime | None, by: User, at: datetime) -> HolderQuestion:
    """A coordinator told her why, face to face or by telephone: her question is open no more.

    `asked`: when, as the page told the coordinator.  What was said is not kept, as the question has no words.  A repeat
    is harmless.  Raises NobodyAsks, AskedAgain.
    """
    locked = Certificate.objects.select_for_update(of=("self",), no_key=True).get(pk=certificate.pk)
    question = HolderQuestion.objects.filter(certificate=locked, about=locked.state_since).first()
    if question is None:
        raise NobodyAsks
    if question.at != asked:
        raise AskedAgain
    if not question.answered_at:
        question.answered_at = at
        question.save(update_fields=["answered_at"])
        note_verb(verb="note_answer", certificates=[locked], by=by, at=at)
    return question
