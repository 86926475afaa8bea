"""The journal done again after a restore: the erased stay erased, what was revoked stays revoked."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from lms.certificates.actions import CertificateSettled, revoke_certificate, withdraw_key
from lms.certificates.checks import wording_of
from lms.certificates.models import Certificate, SigningKey
from lms.common.journal import Entry
from lms.people.models import User
from lms.privacy.actions.erasing import ERASE_PERSON, erase_person

log = logging.getLogger("yntymak.privacy")

# What stands in the history of a certificate for colleagues to read.
REASON = "Revoked before the restore of a backup; done again from the journal."


def replay_journal(*, entries: Iterable[Entry], at: datetime) -> Counter[str]:
    """Does each decision once more, oldest first, and counts what became of them.

    done: what was decided holds.  absent: made after the backup, so there is nothing to do.  failed: look at the log;
    the others are done all the same.  A repeat is harmless.
    """
    decided: dict[tuple[str, str], Entry] = {}
    for entry in sorted(entries, key=lambda entry: (entry.at, entry.id)):
        decided.setdefault((entry.kind, entry.subject), entry)
    return Counter(_replay(entry, at) for entry in decided.values())


def _replay(entry: Entry, at: datetime) -> str:
    try:
        with transaction.atomic():
            return "done" if REPLAYS[entry.kind](entry, at) else "absent"
    except Exception:
        log.exception("an entry of the journal failed", extra={"fields": {"entry": str(entry.id), "kind": entry.kind}})
        return "failed"


def _revoke(entry: Entry, at: datetime) -> bool:
    certificate = Certificate.objects.filter(pk=entry.subject).first()
    if certificate is None:
        return False
    wording = wording_of(entry.ids.get("wording", ""))
    try:
        revoke_certificate(
            certificate=certificate, public_wording=wording, internal_reason=REASON, by=None, at=entry.at
        )
    except CertificateSettled:
        # Replaced by another in the meantime, which has entries of its own.
        log.warning("a certificate that was revoked is replaced", extra={"fields": {"entry": str(entry.id)}})
    return True


def _withdraw(entry: Entry, at: datetime) -> bool:
    key = SigningKey.objects.filter(pk=entry.subject).first()
    if key is None:
        return False
    withdraw_key(key=key, by=None, at=entry.at)
    return True


def _erase(entry: Entry, at: datetime) -> bool:
    person = User.objects.filter(pk=entry.subject).first()
    if person is None:
        return False
    erase_person(person=person, by=None, at=entry.at, wish=None)
    return True


# Each gives back whether the subject is there.
REPLAYS: dict[str, Callable[[Entry, datetime], bool]] = {
    ERASE_PERSON: _erase,
    "revoke_certificate": _revoke,
    "withdraw_key": _withdraw,
}
