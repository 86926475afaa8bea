"""A copy of a signing key for another installation: two people, one fetch, and the way in there."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from lms.certificates import actions, tasks
from lms.certificates.actions import ensure_signing_key, private_bytes
from lms.certificates.models import EXPORT_HOLDS, KeyExport, KeyState, SigningKey
from lms.common.backups.archives import WrongKey, make_key_pair, open_archive, write_archive
from lms.common.codes import encode_id
from lms.common.journal import read_entries
from lms.jobs.models import Job, JobState
from lms.notices.models import Notice
from lms.notices.rendering import words_for
from lms.people import actions as people
from lms.people.models import PROPOSAL_HOLDS, AuditEntry, Proposal, RoleKind, User
from lms.privacy.actions import replay_journal
from lms.privacy.actions.retention import apply_retention
from tests.factories.people import PASSWORD, browser, make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db
PUBLIC, PRIVATE = make_key_pair()
# Of zeros: well written, and nothing can be encrypted to it.
NO_KEY = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z"
SAID = {"recipient": PUBLIC, "reason": "We move to a site of our own."}


class Office:
    """An organisation with a key and two administrators whom the installation sent."""

    def __init__(self) -> None:
        self.organisation, self.now = make_organisation("alga"), timezone.now()
        self.first, self.second = make_staff("first"), make_staff("second")
        for person in (self.first, self.second):
            make_role(person, RoleKind.ADMINISTRATOR, self.organisation)
        self.key = ensure_signing_key(organisation=self.organisation, by=None, at=self.now)

    def propose(self) -> Proposal:
        return actions.propose_key_export(key=self.key, **SAID, by=self.first, at=self.now)

    def copy(self) -> Proposal:
        proposal = self.propose()
        actions.confirm_key_export(proposal=proposal, by=self.second, at=self.now)
        proposal.refresh_from_db()
        actions.make_key_export(proposal=proposal, at=self.now)
        return proposal

    def take(self, proposal: Proposal, by: User | None = None, **later: int) -> bytes:
        at = self.now + timedelta(**later)
        return actions.take_key_export(proposal=proposal, by=by or self.first, at=at)


@pytest.fixture
def office(settings, tmp_path) -> Office:
    settings.DATA_DIR, settings.JOURNAL_FILE = tmp_path / "data", tmp_path / "journal.jsonl"
    settings.DATA_DIR.mkdir()
    cache.clear()
    return Office()


@pytest.fixture
def identity(tmp_path) -> Path:
    """The private age key, as it lies on the other site."""
    path = tmp_path / "key.txt"
    path.write_text(PRIVATE)
    return path


def kept(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "signing-key.age"
    path.write_bytes(content)
    return path


def forged(tmp_path: Path, **facts: object) -> Path:
    file = io.BytesIO()
    write_archive(file, [], facts, [PUBLIC])
    return kept(tmp_path, file.getvalue())


# ── Two people, one fetch ────────────────────────────────────────────────────────────────────────────────────────────


def test_two_browsers_take_a_copy_and_one_of_them_fetches_it_once(office, identity, tmp_path, settings):
    one, other = browser(office.first), browser(office.second)
    url = reverse("certificates:copy_key", args=[office.key.kid])
    assert url in one.get(reverse("certificates:keys")).text
    assert "sign certificates as alga (en) on any machine" in one.get(url).text
    for wrong in ("age1nothing", NO_KEY, PRIVATE):
        refused = one.post(url, {**SAID, "recipient": wrong, "secret": PASSWORD})
        assert (refused.status_code, "This is no public key of age" in refused.text) == (422, True)
    assert one.post(url, {**SAID, "secret": "wrong"}).status_code == 422
    assert not Proposal.objects.exists()
    one.post(url, {**SAID, "secret": PASSWORD})
    proposal = Proposal.objects.get()
    page, file = (reverse(f"certificates:{name}", args=[proposal.pk]) for name in ("key_proposal", "fetch_copy"))
    assert 'value="confirm"' not in one.get(page).text
    assert "waits for your signature" in other.get(reverse("dashboard:desk")).text
    assert PUBLIC in other.get(page).text
    going = other.post(page, {"answer": "confirm", "secret": PASSWORD})
    job = Job.objects.get(task="certificates.copy_key")
    assert going["Location"] == reverse("jobs:progress", args=[job.pk])
    assert "is being made" in one.get(page).text
    assert "no file is there yet" in one.get(reverse("certificates:keys")).text
    tasks.make_key_copy(str(job.pk))
    assert file not in other.get(page).text
    assert "the file is not fetched yet" in other.get(reverse("certificates:keys")).text
    assert file in one.get(page).text
    told = [page in browser.get(reverse("dashboard:desk")).text for browser in (one, other)]
    assert told == [True, False]
    assert one.get(file).status_code == 405
    assert "Somebody else made this proposal" in other.post(file, follow=True).text
    answer = one.post(file)
    assert answer["Content-Disposition"] == f'attachment; filename="signing-key-{office.key.kid}.age"'
    assert "no-store" in answer["Cache-Control"]
    with open_archive(kept(tmp_path, answer.content), identity, settings.DATA_DIR) as archive:
        assert archive.manifest["organisation"] == "alga"
        assert archive.manifest["key"]["d"] == encode_id(private_bytes(key=office.key))
    assert page not in one.get(reverse("dashboard:desk")).text
    again = one.post(file, follow=True)
    assert ("There is nothing to fetch here" in again.text, "The site has it no more" in again.text) == (True, True)
    keys = one.get(reverse("certificates:keys")).text
    assert ("copied for another site on" in keys, "the file was fetched on" in keys) == (True, True)
    office.key.refresh_from_db()
    assert office.key.state == KeyState.ACTIVE


def test_what_was_done_stands_in_trail_and_journal_and_the_key_nowhere_in_plain(office, settings):
    proposal = office.copy()
    sealed, private = bytes(KeyExport.objects.get().sealed_file), private_bytes(key=office.key)
    assert private not in sealed
    assert encode_id(private).encode() not in sealed
    assert list(settings.DATA_DIR.iterdir()) == []
    assert office.take(proposal) == sealed
    trail = AuditEntry.objects.exclude(organisation_id=None).exclude(verb__in=["grant_role", "make_key"]).order_by("pk")
    assert [(one.verb, one.actor_id) for one in trail] == [
        ("make_proposal", office.first.pk),
        ("confirm_proposal", office.second.pk),
        ("export_key", office.second.pk),
        ("take_key_export", office.first.pk),
    ]
    [entry] = read_entries()
    assert (entry.kind, entry.subject, entry.ids) == ("export_key", office.key.kid, {})
    assert encode_id(private) not in json.dumps(list(AuditEntry.objects.values("details")))


def test_whoever_proposed_does_not_confirm_and_nobody_is_asked_in_vain(office):
    proposal = office.propose()
    with pytest.raises(people.OwnProposal):
        actions.confirm_key_export(proposal=proposal, by=office.first, at=office.now)
    people.withdraw_proposal(proposal=proposal, by=office.first, at=office.now)
    people.end_role(role=office.second.roles.get(), by=office.first, at=office.now)
    with pytest.raises(actions.NobodyConfirms):
        office.propose()


def test_only_whoever_proposed_it_fetches_it_and_only_for_three_days(office):
    proposal = office.copy()
    with pytest.raises(people.NotYourProposal):
        office.take(proposal, office.second)
    with pytest.raises(actions.CopyGone):
        office.take(proposal, days=EXPORT_HOLDS.days)
    KeyExport.objects.update(made_at=office.now - EXPORT_HOLDS)
    assert "the file was not fetched by" in browser(office.second).get(reverse("certificates:keys")).text
    KeyExport.objects.update(made_at=office.now)
    assert apply_retention(at=office.now + timedelta(days=2))["key_copies"] == 0
    assert apply_retention(at=office.now + EXPORT_HOLDS)["key_copies"] == 1
    assert bytes(KeyExport.objects.get().sealed_file) == b""
    with pytest.raises(actions.CopyGone):
        office.take(proposal)


def test_a_repeat_of_the_worker_makes_no_second_copy(office):
    proposal = office.copy()
    first = office.take(proposal)
    actions.make_key_export(proposal=proposal, at=office.now + timedelta(minutes=1))
    assert (KeyExport.objects.count(), bool(first)) == (1, True)
    with pytest.raises(actions.CopyGone):
        office.take(proposal)


def test_the_worker_makes_nothing_that_two_people_did_not_sign(office):
    withdrawal = actions.propose_key_withdrawal(key=office.key, reason="x", by=office.first, at=office.now)
    Proposal.objects.filter(pk=withdrawal.pk).update(confirmed_by=office.second, confirmed_at=office.now)
    for proposal in (office.propose(), Proposal.objects.get(pk=withdrawal.pk)):
        with pytest.raises(actions.NotSigned):
            actions.make_key_export(proposal=proposal, at=office.now)
    assert not KeyExport.objects.exists()


def test_a_key_that_signs_no_more_is_not_copied(office):
    proposal = office.propose()
    actions.withdraw_key(key=office.key, by=None, at=office.now)
    with pytest.raises(actions.KeyNotInUse):
        actions.confirm_key_export(proposal=proposal, by=office.second, at=office.now)
    Proposal.objects.update(confirmed_by=office.second, confirmed_at=office.now)
    job = Job.objects.create(
        task="certificates.copy_key",
        payload={"proposal": str(proposal.pk)},
        run_after=office.now,
        created_at=office.now,
    )
    tasks.make_key_copy(str(job.pk))
    job.refresh_from_db()
    assert (job.result, KeyExport.objects.exists()) == ({"refused": "key_not_in_use"}, False)
    page = browser(office.first).get(reverse("certificates:key_proposal", args=[proposal.pk])).text
    assert "No copy was made, because the key signs no more." in page
    with pytest.raises(actions.KeyNotInUse):
        office.propose()
    assert browser(office.first).get(reverse("certificates:copy_key", args=[office.key.kid])).status_code == 404


def test_a_copy_that_cannot_be_made_is_told_and_can_be_proposed_anew(office):
    """Confirmed before such a key was refused; or the disk was full each time."""
    proposal = office.propose()
    Proposal.objects.update(parameters={"recipient": NO_KEY})
    page = reverse("certificates:key_proposal", args=[proposal.pk])
    browser(office.second).post(page, {"answer": "confirm", "secret": PASSWORD})
    Job.objects.update(max_tries=2)
    job, hers = Job.objects.get(task="certificates.copy_key"), browser(office.first)
    seen = []
    for _try in range(2):
        seen.append("is being made" in hers.get(page).text)
        tasks.make_key_copy(str(job.pk))
    job.refresh_from_db()
    assert (seen, job.state, KeyExport.objects.exists()) == ([True, True], JobState.FAILED, False)
    told = hers.get(page).text
    assert ("The copy could not be made" in told, "is being made" in told) == (True, False)
    again = hers.post(
        reverse("certificates:copy_key", args=[office.key.kid]), {**SAID, "secret": PASSWORD}, follow=True
    )
    assert "Nothing has left the site: a second administrator must confirm it." in again.text


def test_a_copy_that_nobody_confirmed_is_proposed_again_with_the_same_public_key(office):
    proposal = office.propose()
    Proposal.objects.update(proposed_at=office.now - PROPOSAL_HOLDS)
    form = reverse("certificates:copy_key", args=[office.key.kid]) + f"?again={proposal.pk}"
    client = browser(office.second)
    assert form in client.get(reverse("certificates:key_proposal", args=[proposal.pk])).text
    again = client.get(form).text
    assert (PUBLIC in again, SAID["reason"] in again) == (True, True)


def test_pages_are_for_administrators_of_the_organisation(office):
    proposal = office.copy()
    elsewhere, coordinator = make_staff(), make_staff()
    make_role(elsewhere, RoleKind.ADMINISTRATOR, make_organisation())
    make_role(coordinator, RoleKind.COORDINATOR, office.organisation)
    urls = [
        reverse("certificates:copy_key", args=[office.key.kid]),
        reverse("certificates:fetch_copy", args=[proposal.pk]),
    ]
    for person in (elsewhere, coordinator):
        assert [browser(person).post(url, {**SAID, "secret": PASSWORD}).status_code for url in urls] == [404, 404]
    assert KeyExport.objects.get().taken_at is None
    people.end_role(role=office.first.roles.get(), by=office.second, at=office.now)
    assert browser(office.first).post(urls[1]).status_code == 404


def test_both_are_told_without_a_word_of_a_key_unless_they_want_it(office):
    office.copy()
    actions.plan_outcomes(at=office.now)
    words = {
        notice.person: words_for([notice])[notice.pk] for notice in Notice.objects.filter(kind__endswith="answered")
    }
    assert words.keys() == {office.first, office.second}
    assert words[office.first].everything == (
        "The proposal to copy a signing key of alga (en) for another site: confirmed. Whoever proposed it fetches the"
        " file under “Keys of the certificates”, or from her desk, once, within three days."
    )
    assert "key" not in words[office.first].title + words[office.first].time_and_place
    asked = Notice.objects.get(kind="key_signature_asked")
    assert "copy a signing key" in words_for([asked])[asked.pk].everything


def test_a_restored_site_knows_that_there_is_a_copy_and_gives_out_none(office):
    proposal = office.copy()
    assert replay_journal(entries=read_entries(), at=office.now) == {"done": 1}
    with pytest.raises(actions.CopyGone):
        office.take(proposal)
    KeyExport.objects.all().delete()
    replay_journal(entries=read_entries(), at=office.now)
    assert (KeyExport.objects.get().key, KeyExport.objects.get().proposal) == (office.key, None)
    assert "copied for another site on" in browser(office.first).get(reverse("certificates:keys")).text


# ── The way in on the other site ─────────────────────────────────────────────────────────────────────────────────────


def move(office: Office, tmp_path: Path, settings) -> tuple[Path, bytes]:
    """The file, on a site with other secrets that has not issued anything; and the private key of before."""
    private, path = private_bytes(key=office.key), kept(tmp_path, office.take(office.copy()))
    KeyExport.objects.all().delete()
    SigningKey.objects.all().delete()
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    return path, private


def test_the_other_site_signs_with_it_under_its_own_secrets(office, identity, tmp_path, settings):
    path, private = move(office, tmp_path, settings)
    for _twice in range(2):
        call_command("import_signing_key", path, key=identity, verbosity=0)
    key = SigningKey.objects.get()
    assert (key.kid, key.organisation, key.state) == (office.key.kid, office.organisation, KeyState.ACTIVE)
    assert (key.not_before, key.not_after) == (office.key.not_before, office.key.not_after)
    assert private_bytes(key=key) == private
    assert ensure_signing_key(organisation=office.organisation, by=None, at=office.now) == key
    assert AuditEntry.objects.filter(verb="import_key", actor_id=None).count() == 1


def test_nobody_else_opens_it(office, tmp_path, settings):
    path, _private = move(office, tmp_path, settings)
    (tmp_path / "other.txt").write_text(make_key_pair()[1])
    with pytest.raises(WrongKey), open_archive(path, tmp_path / "other.txt", settings.DATA_DIR):
        pass
    with pytest.raises(CommandError, match="does not open"):
        call_command("import_signing_key", path, key=tmp_path / "other.txt", verbosity=0)
    assert not SigningKey.objects.exists()


@pytest.mark.parametrize(
    ("where", "said"),
    [("unknown", "create_organisation"), ("signs", "another key here already"), ("others", "another organisation's")],
)
def test_where_it_does_not_belong_it_is_not_taken_in(office, identity, tmp_path, settings, where, said):
    path, _private = move(office, tmp_path, settings)
    if where == "unknown":
        type(office.organisation).objects.update(code="other")
    elif where == "signs":
        ensure_signing_key(organisation=office.organisation, by=None, at=office.now)
    else:
        call_command("import_signing_key", path, key=identity, verbosity=0)
        SigningKey.objects.update(organisation=make_organisation("theirs"))
    before = list(SigningKey.objects.values("kid", "organisation"))
    with pytest.raises(CommandError, match=said):
        call_command("import_signing_key", path, key=identity, verbosity=0)
    assert list(SigningKey.objects.values("kid", "organisation")) == before


def test_a_file_that_is_not_of_one_key_is_refused(office, identity, tmp_path, settings):
    path, _private = move(office, tmp_path, settings)
    with open_archive(path, identity, settings.DATA_DIR) as archive:
        facts = {name: value for name, value in archive.manifest.items() if name != "parts"}
    other = encode_id(b"\1" * 32)
    changed = [
        {**facts, "format": 1},
        {**facts, "key": {**facts["key"], "d": other}},
        {**facts, "key": {**facts["key"], "x": other}},
        {**facts, "key": {**facts["key"], "kid": "0" * 16}},
        {**facts, "key": {**facts["key"], "kty": "oct"}},
        {**facts, "key": "none"},
        {**facts, "not_after": "2001-01-01T00:00:00+00:00"},
        {**facts, "not_after": "2099-01-01"},
        {name: value for name, value in facts.items() if name != "organisation"},
    ]
    for one in changed:
        with pytest.raises(CommandError, match="no copy of a signing key"):
            call_command("import_signing_key", forged(tmp_path, **one), key=identity, verbosity=0)
    assert not SigningKey.objects.exists()
    call_command("import_signing_key", forged(tmp_path, **facts), key=identity, verbosity=0)
    assert SigningKey.objects.get().kid == office.key.kid
