"""Erased while somebody else writes about her: whoever is first, no name is left."""

from datetime import timedelta

import pytest

from lms.certificates.actions import change_name_form, issue_certificate
from lms.common.errors import ActionError
from lms.people.actions import set_legal_name
from lms.people.models import NameForm, User
from lms.privacy.actions import Wish, erase_person
from tests.factories.certificates import make_certificate, make_coordinator, make_graduate
from tests.factories.people import AT
from tests.parallel import at_once, real_database
from tests.privacy.searching import words_kept

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Зарина", "Сыдыкова")
LATER = AT + timedelta(days=1)


def erase(person: User):
    return lambda: erase_person(person=person, by=person, at=LATER, wish=Wish())


def refused_or_done(result: object) -> bool:
    """An exception that a worker would try again is neither."""
    return isinstance(result, ActionError | User.DoesNotExist) or not isinstance(result, Exception)


def after(*calls) -> list[object]:
    """What came of each, and what is left of her name."""
    results = at_once(*calls)
    assert all(refused_or_done(result) for result in results), results
    [left] = at_once(lambda: words_kept(NAMES))
    return left


def test_while_her_certificate_is_issued(tmp_path):
    enrolment = make_graduate(name="Зарина Сыдыкова")
    User.objects.filter(pk=enrolment.person_id).update(display_name="Зарина")
    by = make_coordinator(enrolment.cohort)
    with real_database(tmp_path):
        left = after(
            erase(enrolment.person),
            lambda: issue_certificate(enrolment=enrolment, by=by, at=LATER),
            lambda: issue_certificate(enrolment=enrolment, by=by, at=LATER),
        )
    assert left == []


def test_while_she_chooses_how_much_strangers_see(tmp_path):
    certificate = make_certificate(make_graduate(name="Зарина Сыдыкова"))
    person = certificate.person
    with real_database(tmp_path):
        left = after(
            erase(person),
            lambda: change_name_form(certificate=certificate, form=NameForm.FULL, by=person, at=LATER),
            lambda: change_name_form(certificate=certificate, form=NameForm.NONE, by=person, at=LATER),
        )
    assert left == []


def test_twice_at_once_is_once(tmp_path):
    certificate = make_certificate(make_graduate(name="Зарина Сыдыкова"))
    person = certificate.person
    with real_database(tmp_path):
        left = after(*[erase(person)] * 4)
    assert left == []


def test_while_the_coordinator_writes_her_name(tmp_path):
    enrolment = make_graduate(name="Зарина Сыдыкова")
    person, by = enrolment.person, make_coordinator(enrolment.cohort)
    with real_database(tmp_path):
        left = after(erase(person), lambda: set_legal_name(person=person, name="Зарина Сыдыкова", by=by, at=LATER))
    assert left == []
