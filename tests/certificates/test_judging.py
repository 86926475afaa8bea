"""Judging our own credentials: good ones pass, each bad one has its reason, and nobody is asked."""

import copy
import datetime
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lms.certificates.actions import (
    change_name_form,
    credential_file,
    ensure_installation_key,
    erase_holder,
    private_bytes,
    revoke_certificate,
    sign_again,
    suspend_certificate,
    withdraw_key,
)
from lms.certificates.importers import ask_host
from lms.certificates.models import Certificate, InstallationKey, SigningKey
from lms.certificates.rendering import REASONS, baked_png, baked_svg
from lms.certificates.signing import Outcome, add_proof, method_of
from tests.certificates.badges import AT, PLAIN, changed, judge, leaves, reason, signed
from tests.certificates.elsewhere import theirs
from tests.factories import certificates as make
from tests.factories.people import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_network")]
SITE = "http://testserver"


@pytest.fixture
def certificate() -> Certificate:
    return make.make_certificate()


@pytest.fixture
def own(certificate) -> dict[str, Any]:
    return json.loads(credential_file(certificate=certificate))


def test_our_own_is_good_in_each_of_its_forms(certificate, own):
    text = credential_file(certificate=certificate)
    for content in (
        text.encode(),
        b"\xef\xbb\xbf" + text.encode(),
        baked_png(certificate, text),
        baked_svg(certificate, text),
    ):
        said = judge(content)
        assert (said.outcome, said.code, said.issuer) == (Outcome.GOOD, "", "did:web:testserver")
    assert said.title == own["credentialSubject"]["achievement"]["name"]


def test_what_was_decided_is_known_at_once(certificate, own):
    how = {"public_wording": {}, "internal_reason": "a", "by": make_staff(), "at": AT}
    suspend_certificate(certificate=certificate, **how)
    assert reason(own) == "suspended"
    revoke_certificate(certificate=certificate, **how)
    assert reason(own) == "revoked"


def test_file_of_a_replaced_certificate_says_so(certificate, own):
    Certificate.objects.update(state="superseded")
    assert reason(own) == "superseded"


def test_older_file_of_the_same_certificate_stays_genuine(certificate, own):
    change_name_form(certificate=certificate, form="none", by=None, at=AT)
    assert reason(own) == ""
    erase_holder(certificate=certificate, by=None, at=AT)
    assert reason(own) == ""


def test_file_of_a_withdrawn_key_is_refused_and_the_next_one_good(certificate, own):
    withdraw_key(key=certificate.key, by=make_staff(), at=AT)
    assert reason(own) == "withdrawn_key"
    sign_again(certificate=certificate, by=None, at=AT)
    after = credential_file(certificate=Certificate.objects.get())
    assert reason(after.encode()) == ""


def test_trainers_file_ends_with_its_last_day():
    certificate = make.make_trainer_certificate()
    content = credential_file(certificate=certificate).encode()
    end = datetime.datetime.fromisoformat(json.loads(content)["validUntil"])
    assert reason(content, at=end) == ""
    assert reason(content, at=end + timedelta(seconds=1)) == "expired"
    assert reason(content, at=AT - timedelta(days=9)) == "not_yet_valid"


def test_what_our_key_signed_and_nobody_issued_is_not_issued_here(certificate, own):
    forged = {key: value for key, value in own.items() if key != "proof"}
    forged["credentialSubject"]["id"] = "urn:uuid:7c8a2a0e-3c47-4ab2-8f3c-0f6a5ab1f0f1"
    assert reason(signed_by(forged, certificate.key)) == "not_issued_here"


def signed_by(document: dict[str, Any], key: SigningKey | InstallationKey) -> dict[str, Any]:
    method = method_of(SITE, bytes(key.public_key))
    return add_proof(document, method=method, private_key=private_bytes(key=key), at=AT)


def test_key_of_another_organisation_or_of_the_site_signs_no_certificate(certificate, own):
    unsigned = {key: value for key, value in own.items() if key != "proof"}
    foreign = make.make_certificate().key
    assert reason(signed_by(unsigned, foreign)) == "foreign_key"
    assert reason(signed_by(unsigned, ensure_installation_key(at=AT))) == "unknown_key"


def test_name_of_a_key_that_is_no_text_is_unknown(own):
    for name in ("\ud800", "a\0b", "' OR 1=1 --"):
        assert reason(changed(own, ("proof", "verificationMethod"), f"did:web:testserver#{name}")) == "unknown_key"


def test_certificate_of_after_the_keys_end_is_refused(certificate, own):
    SigningKey.objects.update(not_before=AT - timedelta(days=500), not_after=AT - timedelta(days=300))
    assert reason(own) == "unknown_key"


def test_status_that_leads_elsewhere_is_not_relied_on(certificate, own):
    unsigned = {key: value for key, value in own.items() if key != "proof"}
    for name, value in (
        ("statusListCredential", "https://example.org/trust/status/1"),
        ("statusListCredential", f"{SITE}/trust/status/4711"),
        ("statusPurpose", "message"),
        ("statusListIndex", "many"),
    ):
        entry = unsigned["credentialStatus"] | {name: value}
        assert reason(signed_by(unsigned | {"credentialStatus": entry}, certificate.key)) == "unknown_status"


def test_every_changed_value_of_ours_is_refused(own):
    """The mutation corpus: each value in turn, each with a reason that fits what it is."""
    fits = {
        "@context": {"unknown_context"},
        "type": {"not_a_badge", "unsigned_term", "bad_signature", "unsupported_proof"},
        "issuer": {"unknown_key", "bad_signature", "host_not_allowed", "foreign_key"},
        "validFrom": {"bad_signature", "bad_dates"},
        "proof": {"unsupported_proof", "bad_proof", "bad_signature", "unknown_key", "foreign_key"},
    }
    for path in leaves(own):
        found = reason(changed(own, path), ask=ask_host)
        named = {key for key in path if key in fits}
        assert found in set().union(*(fits[key] for key in named)) if named else found == "bad_signature", path
    for path in [("credentialStatus",), ("evidence",), ("credentialSubject", "identifier"), ("validFrom",), ("proof",)]:
        shorter = copy.deepcopy(own)
        place = shorter
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]
        assert reason(shorter) != ""


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────
def run(path: Path) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_credential", str(path), stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_command_says_one_reason_and_has_a_code_for_machines(certificate, own, tmp_path):
    file = tmp_path / "badge.png"
    file.write_bytes(baked_png(certificate, json.dumps(own)))
    code, said = run(file)
    assert (code, said.splitlines()[0]) == (0, "Genuine, and it holds now.")
    file.write_text(json.dumps(changed(own, ("name",))))
    assert run(file)[0] == 1
    assert "It was changed after it was signed. (bad_signature)" in run(file)[1]
    file.write_text(json.dumps(theirs()))
    code, said = run(file)
    assert (code, "host_not_allowed" in said, "Issuer: did:web:example.org" in said) == (2, True, True)
    with pytest.raises(CommandError) as error:
        run(tmp_path / "missing")
    assert error.value.returncode == 2


def test_command_writes_a_strangers_text_on_one_line(tmp_path):
    named = PLAIN | {"issuer": {**PLAIN["issuer"], "name": "Good\nGenuine, and it holds now.\t"}}
    file = tmp_path / "a.json"
    file.write_text(json.dumps(signed(named)))
    assert len(run(file)[1].splitlines()) == 4


def test_every_reason_has_a_sentence():
    assert all(str(sentence).endswith(".") for _look, sentence in REASONS.values())
