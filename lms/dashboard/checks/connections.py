"""What answers: database, cache, disk, storage, and what carries messages.

Whether a worker does is tried by the command, with a real job.
"""

import smtplib
from collections.abc import Iterator
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from lms.common.mail import MailNotSent, deliver_test_mail
from lms.dashboard.checks.findings import Finding, lacking, look, well
from lms.jobs.queries import DISK_FLOOR, readiness
from lms.notices.backends import OutboxGateway, gateway_for
from lms.notices.models import Channel
from lms.notices.queries import people_reached_by

# Which settings to look at when the mail server says no; where none of these fits, it did not answer at all.
SETTINGS_OF_MAIL: tuple[tuple[type[smtplib.SMTPException], str], ...] = (
    (smtplib.SMTPAuthenticationError, "EMAIL_HOST_USER and EMAIL_HOST_PASSWORD"),
    (smtplib.SMTPSenderRefused, "DEFAULT_FROM_EMAIL, and whether the server wants EMAIL_HOST_USER"),
    (smtplib.SMTPRecipientsRefused, "the address behind --mail-to, and whether the server wants EMAIL_HOST_USER"),
    (smtplib.SMTPNotSupportedError, "EMAIL_USE_TLS, and EMAIL_HOST_USER: the server does not offer what they ask for"),
    (smtplib.SMTPException, "EMAIL_PORT and EMAIL_USE_TLS"),
)
# Under this much free disk somebody should look, bytes.
DISK_WARNING = 2 * 1024**3


def migrations() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        yield lacking("database", "It does not answer: look at DATABASE_URL and at the server.")
        return
    yield well("database", connection.vendor)
    if waiting:
        yield lacking("migrations", f"{len(waiting)} wait: manage.py migrate.")
    else:
        yield well("migrations")


def shared_cache() -> Iterator[Finding]:
    """Memory of one process is enough where there is one web process, as on SQLite."""
    is_local = "locmem" in settings.CACHES["default"]["BACKEND"]
    if is_local and connection.vendor != "sqlite":
        yield lacking("cache", "Several web processes need one in common: set CACHE_URL=redis://….")
        return
    key = f"check-installation-{uuid4().hex}"
    try:
        cache.set(key, "1", 60)
        kept = cache.get(key)
        cache.delete(key)
    except Exception as error:
        yield lacking("cache", f"It does not answer ({type(error).__name__}): look at CACHE_URL and at the server.")
        return
    if kept == "1":
        yield well("cache", "of one web process" if is_local else "shared")
    else:
        yield lacking("cache", "It forgets at once: look at the memory of the cache server.")


def broker_and_disk() -> Iterator[Finding]:
    state = readiness(timezone.now())
    if state.broker:
        yield well("broker")
    else:
        yield lacking("broker", "It does not answer: look at CELERY_BROKER_URL and at the server.")
    free = f"{state.disk_free_bytes / 1024**3:.1f} GB free"
    if state.disk_free_bytes <= DISK_FLOOR:
        yield lacking("disk", f"{free} in {settings.DATA_DIR}: make room, or writing will fail.")
    elif state.disk_free_bytes < DISK_WARNING:
        yield look("disk", f"{free} in {settings.DATA_DIR}: make room.")
    else:
        yield well("disk", free)


def private_storage() -> Iterator[Finding]:
    """A file is put there, read and taken away: that one is gone when this has ended."""
    storage = storages["private"]
    try:
        name = storage.save(f"check-installation/{uuid4().hex}", ContentFile(b"1"))
        with storage.open(name) as file:
            kept = file.read()
        storage.delete(name)
    except Exception as error:
        yield lacking("storage", f"Files cannot be kept ({type(error).__name__}): look at STORAGE_URL or DATA_DIR.")
        return
    if kept == b"1":
        yield well("storage", "bucket" if "Bucket" in settings.STORAGES["private"]["BACKEND"] else "folder")
    else:
        yield lacking("storage", "A file came back changed: look at the storage server.")


def message_gateways() -> Iterator[Finding]:
    """SMS and Telegram: people who chose a way that is not installed get nothing, and each message to them fails."""
    for channel in (Channel.PHONE, Channel.TELEGRAM):
        item, name = f"messages, {channel}", f"NOTICE_GATEWAY_{channel.upper()}"
        people = people_reached_by(channel)
        try:
            gateway = gateway_for(channel)
        except ImportError:
            yield lacking(item, f"{name} names no class that can be loaded.")
            continue
        if isinstance(gateway, OutboxGateway):
            yield lacking(item, f"They are only written into a file: set {name} to a class that sends them.")
        elif gateway is None and people:
            yield lacking(item, f"{people} people wait for them in vain: set {name}, or ask them to choose again.")
        else:
            yield well(item, f"for {people} people" if gateway else "not offered")


def test_mail(address: str) -> Finding:
    """Whether one leaves for there; it is said to whoever can mend it."""
    try:
        deliver_test_mail(address)
    except MailNotSent as error:
        found = (names for kind, names in SETTINGS_OF_MAIL if isinstance(error.__cause__, kind))
        names = next(found, "EMAIL_HOST and EMAIL_PORT")
        return lacking("test mail", f"It did not leave ({error.params['reason']}): look at {names}.")
    return well(
        "test mail", "has left; look whether it arrives, and not as spam: else the mail server's log, SPF and DKIM"
    )


SERVICE_CHECKS = (migrations, shared_cache, broker_and_disk, private_storage, message_gateways)
