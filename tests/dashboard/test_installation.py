"""What an installation lacks is said item by item; worker and schedule are tried in tests/jobs/test_worker.py."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from lms.certificates.tasks import check_log, look_at_log
from lms.common.backups.files import backup_name
from lms.jobs.models import Job, JobState
from lms.people.actions import invite_staff
from lms.people.models import Organisation, Role, RoleKind, User
from tests.factories.certificates import make_certificate
from tests.factories.curricula import make_fact
from tests.factories.notices import choose
from tests.factories.people import make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


def report(*arguments: str) -> tuple[dict[str, tuple[str, str]], bool]:
    """{item: (level, what to do)}, and whether it is ready."""
    out, refusal = StringIO(), ""
    try:
        call_command("check_installation", "--without-jobs", *arguments, stdout=out, no_color=True)
    except CommandError as error:
        refusal = str(error)
    lines = [line for line in out.getvalue().splitlines() if not line.startswith("Ready")]
    found = {line[9:33].strip(): (line[:8].strip(), line[34:].strip()) for line in lines}
    lacks = any(level == "LACKING" for level, _said in found.values())
    assert refusal.startswith("Not ready for production: ") == lacks
    return found, not lacks


@pytest.fixture
def production(settings, regions):
    """Everything that an installation needs, as far as a test can have it."""
    settings.PUBLIC_BASE_URL = "https://lms.example"
    settings.ALLOWED_HOSTS = ["lms.example"]
    settings.SECRET_KEY, settings.PEPPER, settings.OPERATOR_TOKEN = "k" * 50, "p" * 32, "t" * 32
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.DEFAULT_FROM_EMAIL = "yntymak@lms.example"
    settings.TRUSTED_PROXIES = 1
    organisation = make_organisation("ours")
    for kind in (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR):
        make_role(make_staff(kind), kind, organisation)
    return settings


def level(found: dict[str, tuple[str, str]], item: str) -> str:
    return found[item][0]


def test_a_bare_machine_lacks_what_people_rely_on():
    found, ready = report()
    assert not ready
    lacking = {item for item, (level, _said) in found.items() if level == "LACKING"}
    assert found["native review, ky"] == ("look", "No text is loaded yet: manage.py load_starter.")
    assert {"https", "secrets", "e-mail", "organisation", "regions", "modules"} <= lacking
    assert all(said for level, said in found.values() if level != "ok")


def test_what_is_well_says_so(production):
    found, _ready = report()
    for item in ("settings", "secrets", "https", "allowed hosts", "trusted proxies", "fonts of papers", "translations",
                 "database", "migrations", "cache", "broker", "disk", "storage", "demonstration", "regions",
                 "organisation ours"):  # fmt: skip
        assert (item, level(found, item)) == (item, "ok")


@pytest.mark.parametrize(
    ("name", "value", "item"),
    [
        ("DEMONSTRATION", True, "settings"),
        ("DEBUG", True, "settings"),
        ("SECRET_KEY", "short", "secrets"),
        ("PEPPER", "short", "secrets"),
        ("FIELD_KEYS", [], "secrets"),
        ("PUBLIC_BASE_URL", "http://lms.example", "https"),
        ("CSRF_COOKIE_SECURE", False, "https"),
        ("ALLOWED_HOSTS", ["*"], "allowed hosts"),
        ("ALLOWED_HOSTS", ["other.example"], "allowed hosts"),
        ("DEFAULT_FROM_EMAIL", "yntymak@localhost", "e-mail"),
        ("MAILERS", {"default": {"BACKEND": "lms.common.mail.PlainFiles"}}, "e-mail"),
        ("NODE_MODULES", "/nonexistent", "fonts of papers"),
        ("LOCALE_PATHS", ["/nonexistent"], "translations"),
    ],
)
def test_each_wrong_setting_is_lacking(production, name, value, item):
    setattr(production, name, value)
    found, ready = report()
    assert (level(found, item), ready) == ("LACKING", False)
    assert "short" not in found[item][1].replace("is short", "")


def test_what_can_wait_is_said_and_lacks_nothing(production):
    production.TRUSTED_PROXIES, production.OPERATOR_TOKEN = 0, ""
    found, _ready = report()
    assert [level(found, item) for item in ("trusted proxies", "secrets", "test mail")] == ["look"] * 3


def test_an_organisation_is_told_what_its_coordinator_waits_for(regions):
    """From a sole administrator to a coordinator confirmed by a second one who does not depend on the first."""
    now, organisation = timezone.now(), make_organisation("ours")
    first, second = make_staff(), make_staff()
    make_role(first, RoleKind.ADMINISTRATOR, organisation)
    seen = [report()[0]["organisation ours"]]
    for kind in (RoleKind.ADMINISTRATOR, RoleKind.COORDINATOR):
        values = {"username": kind, "display_name": kind, "language": "ky", "kind": kind}
        invite_staff(**values, organisation=organisation, by=first, at=now)
    seen.append(report()[0]["organisation ours"])
    make_role(second, RoleKind.ADMINISTRATOR, organisation)
    seen.append(report()[0]["organisation ours"])
    assert [level for level, _said in seen] == ["LACKING"] * 3
    assert "manage.py invite_administrator ours NAME" in seen[0][1]
    assert "waits for a second administrator: manage.py invite_administrator" in seen[1][1]
    assert "waits for a second administrator, who confirms" in seen[2][1]
    Role.objects.update(unconfirmed_since=None)
    assert report()[0]["organisation ours"][0] == "ok"


def test_two_signers_of_whom_one_depends_on_the_other_are_not_enough(regions):
    organisation = make_organisation("ours")
    first, hers = make_staff(), make_staff()
    make_role(first, RoleKind.ADMINISTRATOR, organisation)
    Role.objects.filter(pk=make_role(hers, RoleKind.COORDINATOR, organisation).pk).update(granted_by=first)
    said = report()[0]["organisation ours"]
    assert (said[0], "two signatures" in said[1]) == ("LACKING", True)


def test_whoever_signs_the_certificates_is_asked_for(production):
    assert level(report()[0], "signatory ours") == "look"
    Organisation.objects.update(signatory_name="Н. Ү.")
    assert "signatory ours" not in report()[0]


def test_with_several_organisations_somebody_must_read_what_visitors_tell(production):
    assert level(report()[0], "what visitors tell") == "ok"
    make_organisation("theirs")
    assert level(report()[0], "what visitors tell") == "LACKING"
    User.objects.create_superuser("root")
    assert level(report()[0], "what visitors tell") == "ok"


def test_a_storage_or_cache_that_fails_is_lacking(production, tmp_path):
    (tmp_path / "file").write_text("no folder")
    production.STORAGES = production.STORAGES | {
        "private": {"BACKEND": "lms.common.storages.PrivateFolder", "OPTIONS": {"location": tmp_path / "file"}}
    }
    production.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    found, _ready = report()
    assert [level(found, item) for item in ("storage", "cache")] == ["LACKING", "LACKING"]


def test_the_issue_log_is_checked_in_the_nights_or_somebody_should_look(production):
    assert report()[0]["issue log"] == ("ok", "empty")
    make_certificate()
    assert level(report()[0], "issue log") == "look"
    look_at_log()
    check_log(str(Job.objects.open().get().pk))
    assert level(report()[0], "issue log") == "ok"
    Job.objects.update(ended_at=timezone.now() - timedelta(days=4))
    assert level(report()[0], "issue log") == "look"
    Job.objects.update(result={"lines": 1, "faults": 2})
    found, ready = report()
    assert (level(found, "issue log"), "2 lines" in found["issue log"][1], ready) == ("LACKING", True, False)
    Job.objects.update(state=JobState.FAILED, result={})
    found, ready = report()
    assert (level(found, "issue log"), "fell over" in found["issue log"][1], ready) == ("LACKING", True, False)


def test_journal_that_cannot_be_written_is_lacking(production, tmp_path):
    production.JOURNAL_FILE = tmp_path / "journal.jsonl"
    assert level(report()[0], "journal") == "ok"
    production.JOURNAL_FILE.write_text("torn")
    assert report()[0]["journal"] == ("look", "1 of its lines cannot be read, the first is line 1.")
    production.JOURNAL_FILE = tmp_path / "gone" / "journal.jsonl"
    assert level(report()[0], "journal") == "LACKING"


def test_backups_are_missed(production, tmp_path):
    assert level(report()[0], "backups") == "look"
    production.BACKUP_FOLDER = str(tmp_path)
    assert "BACKUP_RECIPIENT" in report()[0]["backups"][1]
    production.BACKUP_RECIPIENT = ["age1…"]
    assert "There is none" in report()[0]["backups"][1]
    (tmp_path / backup_name(timezone.now() - timedelta(days=2))).touch()
    assert "The last is of" in report()[0]["backups"][1]
    (tmp_path / backup_name(timezone.now())).touch()
    assert level(report()[0], "backups") == "ok"


@pytest.mark.parametrize(
    ("gateways", "expected"),
    [
        ({}, ("LACKING", "1 people wait for them in vain")),
        ({"phone": "lms.notices.backends.OutboxGateway"}, ("LACKING", "only written into a file")),
        ({"phone": "nowhere.Gateway"}, ("LACKING", "names no class")),
        ({"phone": "lms.notices.backends.MailGateway"}, ("ok", "for 1 people")),
    ],
)
def test_messages_that_people_wait_for_need_a_gateway(production, gateways, expected):
    person, gone = make_person(), make_person()
    choose(person, "phone", address="+996555123456")
    choose(gone, "phone", address="+996555123457")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    production.NOTICE_GATEWAYS = gateways
    found, _ready = report()
    level, said = found["messages, phone"]
    assert (level, expected[1] in said) == (expected[0], True)
    assert found["messages, telegram"] == ("ok", "not offered")


def test_a_demonstration_is_no_installation(production):
    person = make_staff("shown")
    person.is_demonstration = True
    person.save()
    found, ready = report()
    assert (level(found, "demonstration"), ready) == ("LACKING", False)


def test_each_organisation_needs_a_coordinator_and_two_who_sign(production):
    other = make_organisation("theirs")
    make_role(make_staff("first"), RoleKind.ADMINISTRATOR, other)
    assert level(report()[0], "organisation theirs") == "LACKING"
    coordinator = make_role(make_staff("second"), RoleKind.COORDINATOR, other)
    assert level(report()[0], "organisation theirs") == "ok"
    coordinator.valid_from = coordinator.valid_until = timezone.localdate() - timedelta(days=1)
    coordinator.save()
    assert level(report()[0], "organisation theirs") == "LACKING"
    assert level(report()[0], "organisation ours") == "ok"


def test_texts_that_nobody_has_confirmed_are_counted(production):
    make_fact("confirmed", status="sourced", review_ky="reviewed")
    assert level(report()[0], "legal texts") == "ok"
    make_fact("open", status="needs_review")
    found, _ready = report()
    assert found["legal texts"][1].startswith("1 to be confirmed, 0 past")
    assert level(found, "native review, ky") == "look"


def test_a_test_mail_is_sent_where_it_is_asked_for(production):
    found, _ready = report("--mail-to", "operator@example.org")
    assert level(found, "test mail") == "ok"
    assert [sent.to for sent in mail.outbox] == [["operator@example.org"]]


@contextmanager
def mail_server(**refusals: str) -> Iterator[int]:
    """The port of one that answers each command with what is given for it, else agrees."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line.split()[0].decode().lower()
                said = "250-here\r\n250 AUTH PLAIN" if word == "ehlo" else "250 well"
                self.wfile.write(refusals.get(word, said).encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        # A client that was refused may hang on to its line.
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize(
    ("refusals", "options", "to_look_at"),
    [
        ({"auth": "535 no"}, {"username": "u", "password": "p"}, "EMAIL_HOST_USER and EMAIL_HOST_PASSWORD"),
        ({"mail": "550 no"}, {}, "DEFAULT_FROM_EMAIL"),
        ({"rcpt": "550 no"}, {}, "the address behind --mail-to"),
        ({}, {"use_tls": True}, "EMAIL_USE_TLS"),
        ({"ehlo": "421 no", "helo": "421 no"}, {}, "EMAIL_PORT and EMAIL_USE_TLS"),
        (None, {}, "EMAIL_HOST and EMAIL_PORT"),
    ],
)
def test_a_test_mail_that_did_not_leave_says_which_setting_to_look_at(production, refusals, options, to_look_at):
    with mail_server(**refusals or {}) as port:
        # Nobody answers on port 1.
        where = {"host": "127.0.0.1", "port": 1 if refusals is None else port, "timeout": 5}
        backend = "django.core.mail.backends.smtp.EmailBackend"
        production.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": where | options}}
        found, ready = report("--mail-to", "operator@example.org")
    assert (level(found, "test mail"), ready) == ("LACKING", False)
    said = found["test mail"][1]
    assert f": look at {to_look_at}" in said
    assert "hoever runs this site" not in said
    assert "operator@" not in said
