"""What a verdict shows beyond the statement in the QR, titles and names, is signed as well."""

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from lms.certificates.actions import sign_again, sign_titles, withdraw_key
from lms.certificates.models import Certificate
from lms.certificates.queries import VerdictState, verdict_of
from lms.people.models import AuditEntry
from tests.factories import certificates as make
from tests.factories.people import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def page(client, certificate: Certificate, language: str = "en") -> str:
    return client.get(f"/v/{certificate.public_id}?lang={language}").content.decode()


def state_of(certificate: Certificate) -> VerdictState:
    return verdict_of(certificate.public_id, AT.date()).state


def _other_title(claims):
    claims["modules"][0]["titles"]["en"] = "Module of somebody else"


def _other_name(claims):
    claims["issuer"]["names"]["en"] = "Ministry"


def _other_signatory(claims):
    claims["issuer"]["signatory_name"] = "N. N."


@pytest.mark.parametrize("change", [_other_title, _other_name, _other_signatory])
def test_titles_and_names_are_signed_as_well(client, change):
    certificate = make.make_certificate()
    change(certificate.claims)
    certificate.save()
    html = page(client, certificate)
    assert state_of(certificate) == VerdictState.ALTERED
    assert [word for word in ("somebody else", "Ministry", "Айгүл") if word in html] == []


def test_titles_signed_for_another_address_are_altered():
    certificate, other = make.make_certificate(), make.make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(record_signature=bytes(other.record_signature))
    assert state_of(certificate) == VerdictState.ALTERED


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_where_titles_were_never_signed_codes_stand_instead(client, language):
    """A row of before; and nobody writes other titles by taking the signature away."""
    certificate = make.make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(record_signature=b"")
    html = page(client, certificate, language)
    assert state_of(certificate) == VerdictState.GENUINE
    assert [word for word in ("<li>M1</li>", certificate.organisation.code, "Айгүл Т.") if word not in html] == []
    assert certificate.organisation.name_en not in html
    assert "Module M1" not in html


def test_a_command_signs_the_titles_of_what_was_issued_before(client, capsys):
    """Once, and only what the issue log bears witness to."""
    certificate, other = make.make_certificate(), make.make_certificate()
    statement = bytes(certificate.statement)
    Certificate.objects.filter(pk=certificate.pk).update(record_signature=b"")
    for count in (1, 0):
        call_command("sign_titles")
        assert capsys.readouterr().out == f"Signed the titles of {count} certificates.\n"
    assert "Module M1 en" in page(client, certificate)
    certificate.refresh_from_db()
    assert bytes(certificate.statement) == statement
    assert AuditEntry.objects.get(verb="sign_titles").subject_id == str(certificate.pk)
    _other_title(other.claims)
    Certificate.objects.filter(pk=other.pk).update(record_signature=b"", claims=other.claims)
    with pytest.raises(CommandError):
        call_command("sign_titles")
    assert "somebody else" not in page(client, other)


def test_a_withdrawn_key_signs_no_titles(at):
    certificate = make.make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(record_signature=b"")
    withdraw_key(key=certificate.key, by=None, at=at)
    assert not sign_titles(certificate=certificate, by=None, at=at).record_signature
    call_command("sign_titles")
    assert not Certificate.objects.get().record_signature


def test_signing_again_signs_the_titles_as_well(client, at):
    certificate = make.make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(record_signature=b"")
    withdraw_key(key=certificate.key, by=None, at=at)
    sign_again(certificate=certificate, by=None, at=at)
    assert "Module M1 en" in page(client, certificate)
