"""Many verdicts at once: each is the one that the page of that certificate gives."""

from datetime import date

import pytest

from lms.certificates.actions import erase_holder, lift_suspension, revoke_certificate, suspend_certificate
from lms.certificates.models import Certificate
from lms.certificates.queries import verdict_of, verdicts_of
from lms.cohorts.models import Standing
from lms.common.codes import encode_id
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)
SAID = {"en": "By mistake.", "ru": "Ошибка.", "ky": "Ката."}
STEPS = {"en": "Walk.", "ru": "Шаг.", "ky": "Кадам."}


def _certificates() -> list[Certificate]:
    """One of each state that a row can bring about, among them a trainer who rests in one of two modules."""
    staff = {"internal_reason": "R", "by": make_staff(), "at": AT}
    revoked, lifted, erased, altered = (make.make_certificate() for _one in range(4))
    revoke_certificate(certificate=revoked, public_wording=SAID, **staff)
    suspend_certificate(certificate=lifted, public_wording=SAID, **staff)
    lift_suspension(certificate=lifted, **staff)
    suspend_certificate(certificate=lifted, public_wording={}, **staff)
    erase_holder(certificate=erased, by=None, at=AT)
    Certificate.objects.filter(pk=altered.pk).update(status_index=4711)
    enrolment = make.make_graduate(make_cohort(module_codes=("M1", "M2")))
    make.make_trainer_certificate(enrolment)
    make.make_trainer_certificate(enrolment, "M2")
    first = Standing.objects.filter(person=enrolment.person, module_code="M1", level="certified")
    first.update(state="dormant", steps_back=STEPS)
    return list(Certificate.objects.order_by("pk"))


def test_each_is_the_verdict_of_its_page_and_the_queries_do_not_grow(django_assert_max_num_queries):
    ids = [one.public_id for one in _certificates()]
    unknown = [encode_id(bytes(16)), "", "x" * 300, "\x00"]
    with django_assert_max_num_queries(3):
        found = verdicts_of([*ids, *unknown, *ids], DAY)
    assert found == {public_id: verdict_of(public_id, DAY) for public_id in ids}
    states = {verdict.state for verdict in found.values()}
    assert states >= {"genuine", "revoked", "suspended", "erased", "altered", "superseded", "may_train_some"}
    assert {verdict.state: verdict.wording for verdict in found.values() if verdict.wording} == {"revoked": SAID}
