import threading

import pytest

from lms.people import actions
from lms.people.models import AuditEntry, Consent, ConsentPurpose, LegalName, PersonKey
from lms.people.queries import own_legal_name
from tests.factories.people import AT, make_person, make_staff
from tests.parallel import at_once, real_database, waiting_before

pytestmark = pytest.mark.django_db

NAME = "Айгүл Өмүрзакова"


def test_a_legal_name_is_kept_encrypted_and_comes_back(at):
    person = make_person("Айгүл")
    kept = actions.set_legal_name(person=person, name=f"  {NAME.replace(' ', '   ')} ", by=person, at=at)
    assert NAME.encode() not in bytes(kept.sealed)
    assert own_legal_name(person) == NAME


def test_an_equal_name_has_an_equal_index_and_another_secret(at):
    one, two = make_person(), make_person()
    kept = [actions.set_legal_name(person=person, name=NAME, by=person, at=at) for person in (one, two)]
    assert kept[0].index == kept[1].index
    assert bytes(kept[0].sealed) != bytes(kept[1].sealed)


def test_reveal_legal_name_is_noted_with_its_reason_and_without_the_name(at):
    person, coordinator = make_person(), make_staff()
    actions.set_legal_name(person=person, name=NAME, by=person, at=at)
    assert actions.reveal_legal_name(person=person, by=coordinator, at=at, why="certificate") == NAME
    entry = AuditEntry.objects.get(verb="reveal_legal_name")
    assert (entry.actor_id, entry.subject_id, entry.details) == (
        coordinator.pk,
        str(person.pk),
        {"why": "certificate"},
    )


def test_reveal_legal_name_refuses_where_there_is_none(at):
    with pytest.raises(actions.NoLegalName):
        actions.reveal_legal_name(person=make_person(), by=make_staff(), at=at, why="certificate")


def test_a_destroyed_key_takes_the_name_with_it(at):
    from cryptography.fernet import InvalidToken

    from lms.common.crypto import new_person_key, unseal

    person = make_person()
    kept = actions.set_legal_name(person=person, name=NAME, by=person, at=at)
    PersonKey.objects.filter(person=person).update(wrapped=new_person_key())
    with pytest.raises(InvalidToken):
        unseal(PersonKey.objects.get(person=person).wrapped, kept.sealed)


def test_give_certificate_name_is_a_consent_as_well(at, settings):
    settings.CONSENT_TEXT_VERSION = "2026-12"
    person = make_person()
    actions.give_certificate_name(person=person, name=NAME, language="ky", by=person, at=at)
    consent = Consent.objects.get(person=person)
    assert (consent.purpose, consent.given, consent.text_version, consent.language, consent.at) == (
        ConsentPurpose.CERTIFICATE,
        True,
        "2026-12",
        "ky",
        at,
    )


def test_withdrawing_the_certificate_s_consent_removes_the_name_and_keeps_the_answers(at):
    person = make_person()
    actions.give_certificate_name(person=person, name=NAME, language="ky", by=person, at=at)
    actions.withdraw_consent(person=person, purpose=ConsentPurpose.CERTIFICATE, language="ky", by=person, at=at)
    assert own_legal_name(person) == ""
    assert list(Consent.objects.filter(person=person).order_by("pk").values_list("given", flat=True)) == [True, False]


def test_withdrawing_another_consent_keeps_the_name(at):
    person = make_person()
    actions.give_certificate_name(person=person, name=NAME, language="ky", by=person, at=at)
    actions.withdraw_consent(person=person, purpose=ConsentPurpose.PHOTO, language="ky", by=person, at=at)
    assert LegalName.objects.filter(person=person).exists()


@pytest.mark.django_db(transaction=True)
def test_a_name_that_is_being_certified_is_corrected_before_or_not_at_all(tmp_path):
    """She has looked that no certificate bears it, and one is issued before she writes."""
    person = make_person()
    actions.set_legal_name(person=person, name="Old Name", by=person, at=AT)
    looked, issued = threading.Event(), threading.Event()
    given = {"person": person, "name": "Another Name", "language": "en", "by": person, "at": AT}

    def correct() -> None:
        with waiting_before('INSERT INTO "people_consent"', looked, issued):
            actions.give_certificate_name(**given)

    def issue() -> str:
        assert looked.wait(10)
        names = actions.use_legal_names(people=[person], by=person, at=AT)
        issued.set()
        return names[person.pk]

    with real_database(tmp_path):
        _corrected, printed = at_once(correct, issue)
        assert at_once(lambda: own_legal_name(person)) == [printed]
