"""Where nobody looks: caches, log lines, a fresh backup.  After an erasure none of them says who she was."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.certificates.models import Certificate
from lms.certificates.queries import verdict_of
from lms.certificates.queries.verdict import VerdictState
from lms.certificates.rendering import public_address
from lms.certificates.signing import PinnedKey, verify_statement
from lms.common.backups.archives import make_key_pair
from lms.common.codes import decode_id
from lms.common.logs import JsonFormatter
from lms.privacy.actions import Wish, apply_retention, erase_person, export_person, make_backup
from tests.factories.certificates import make_certificate
from tests.factories.people import AT
from tests.factories.privacy import LEGAL_NAME, WORDS, Known, make_known
from tests.installations import can_dump
from tests.privacy.searching import words_cached, words_in_backup, words_kept

PUBLIC, PRIVATE = make_key_pair()
LATER = AT + timedelta(days=2)


class Lines(logging.Handler):
    """Log lines as the site writes them."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler.lines
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(PRIVATE)
    return path


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not can_dump(), reason="pg_dump is not installed")
def test_no_cache_log_line_or_fresh_backup_says_who_she_was(lines, key, tmp_path, settings):
    for alias in ("default", "texts"):
        caches[alias].clear()
    settings.DATA_DIR, settings.BACKUP_RECIPIENT = tmp_path, [PUBLIC]
    known = make_known()
    _look_at_her(known)
    # They must be found before, or finding none means nothing.
    assert {"Зарина", "zarina.s", "of a shy woman"} <= set(words_kept(WORDS))
    assert "Зарина" in words_cached(WORDS)
    (tmp_path / "before").mkdir()
    path = make_backup(folder=tmp_path, at=AT)
    assert {"Зарина", "zarina.s"} <= set(words_in_backup(WORDS, path, key, tmp_path / "before"))

    erase_person(person=known.person, by=known.person, at=LATER, wish=Wish())
    _look_at_her_cohort(known)
    # Which always logs what it did.
    apply_retention(at=LATER)
    assert words_kept(WORDS) == []
    assert words_cached(WORDS) == []
    (tmp_path / "after").mkdir()
    path = make_backup(folder=tmp_path, at=LATER)
    assert words_in_backup(WORDS, path, key, tmp_path / "after") == []
    assert lines
    assert [line for line in lines if any(word.casefold() in line.casefold() for word in WORDS)] == []


def _look_at_her(known: Known) -> None:
    """As herself, as her coordinator, and as a stranger who types her name."""
    herself = Client()
    herself.force_login(known.person)
    said = herself.session
    said["said"] = "Hello, Зарина"
    said.save()
    for name in ("certificates:mine", "people:profile"):
        assert herself.get(reverse(name)).status_code == 200
    assert export_person(person=known.person, by=known.coordinator, at=AT)
    Client().post(f"/v/{known.certificate.public_id}", {"name": LEGAL_NAME})
    _look_at_her_cohort(known)


def _look_at_her_cohort(known: Known) -> None:
    coordinator = Client()
    coordinator.force_login(known.coordinator)
    for name in ("certificates:cohort", "cohorts:roster"):
        assert coordinator.get(reverse(name, args=[known.cohort.pk])).status_code == 200
    assert Client().get(f"/v/{known.certificate.public_id}").status_code == 200


@pytest.mark.django_db
def test_what_was_printed_proves_itself_and_what_was_hers_to_pass_on_is_gone(django_capture_on_commit_callbacks):
    certificate = make_certificate()
    # Read from the row before, as it stands on the paper.
    printed, address = bytes(certificate.statement), public_address(certificate)
    holder = certificate.person
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person=holder, by=holder, at=LATER, wish=Wish())
    erased = Certificate.objects.select_related("holder", "key").get(pk=certificate.pk)
    # Offline: the statement on her wall is signed by a key that is still published and not withdrawn.
    kept = erased.key
    kid, day = bytes.fromhex(kept.kid), kept.not_after.date()
    pinned = PinnedKey(kid, certificate.organisation.code, bytes(kept.public_key), day)
    claims = verify_statement(printed, public_id=decode_id(erased.public_id), keys={kid: pinned})
    assert (claims.status_index, claims.modules[0][0]) == (erased.status_index, "M1")
    # Online: the address on it answers, and says why there is no name.
    assert verdict_of(erased.public_id, timezone.localdate(AT)).state == VerdictState.ERASED
    page = Client().get(f"{address.partition('#')[0]}?lang=en")
    assert page.status_code == 200
    assert "Its holder withdrew her details" in page.text
    assert "M1" in page.text
    assert (erased.holder.sealed_credential, erased.holder.salt, erased.pdf_name) == (None, None, "")
