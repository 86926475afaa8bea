"""Erased: nothing says who she was, and everything that was counted is still true."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.test import Client

from lms.assessments.models import Answer, Attempt, Observation, Submission
from lms.attendance.models import AttendanceEvent, Mark
from lms.certificates.models import Certificate
from lms.certificates.queries import verdict_of
from lms.certificates.queries.verdict import VerdictState
from lms.cohorts.actions import LeadsCohorts
from lms.cohorts.models import CohortState, CohortTrainer, Enrolment, EnrolmentState, Fact, FoldedFact, Standing
from lms.cohorts.queries import facts_said
from lms.common.journal import JournalUnwritable, read_entries
from lms.people.actions import CardRefused, LastAdministrator, LastOperator, set_legal_name, sign_in_with_card
from lms.people.models import AuditEntry, Card, Consent, Role, RoleKind, User
from lms.privacy.actions import Wish, erase_person
from lms.privacy.actions.merging import merge_people
from tests.factories.certificates import make_certificate
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.merging import make_twice
from tests.factories.people import AT, make_organisation, make_person, make_role, make_staff
from tests.factories.privacy import WORDS, make_known
from tests.privacy.searching import words_kept

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=2)


@pytest.fixture
def erase(django_capture_on_commit_callbacks):
    def act(person: User, *, by: User | None = None, wish: Wish | None = Wish()) -> User:  # noqa: B008
        with django_capture_on_commit_callbacks(execute=True):
            return erase_person(person=person, by=by or person, at=LATER, wish=wish)

    return act


def test_nothing_that_is_kept_says_who_she_was(erase):
    known = make_known()
    # The PIN's and the names' tables are sealed; her plain words must be found before, or finding none means nothing.
    assert {"Зарина", "zarina.s", "zarina-old@example.org", "of a shy woman"} <= set(words_kept(WORDS))
    erase(known.person)
    assert words_kept(WORDS) == []


def test_her_certificates_verify_without_a_name(erase):
    known = make_known()
    hers = list(Certificate.objects.filter(person=known.person))
    files = [storages["private"].path(one.pdf_name) for one in hers]
    erase(known.person)
    participant = Certificate.objects.get(pk=known.certificate.pk)
    trainer = Certificate.objects.get(kind="trainer", pk__in=[one.pk for one in hers])
    states = {verdict_of(one.public_id, AT.date()).state for one in (participant, trainer)}
    assert states == {VerdictState.SUSPENDED, VerdictState.MAY_NOT_TRAIN}
    assert verdict_of(trainer.public_id, AT.date()).shown_name == ""
    assert b"\xd0\x97\xd0\xb0\xd1\x80" not in Client().get(f"/v/{participant.public_id}").content
    assert not any(storages["private"].exists(name) for name in files)


def test_a_graduate_s_certificate_stays_genuine(erase):
    certificate = make_certificate()
    erase(certificate.person)
    verdict = verdict_of(certificate.public_id, AT.date())
    assert (verdict.state, verdict.shown_name) == (VerdictState.ERASED, "")
    assert verdict.record["modules"] == certificate.claims["modules"]


def test_what_she_did_stays_under_her_number(erase):
    known = make_known()
    tables = (AttendanceEvent, Mark, Attempt, Answer, Observation, Enrolment, Role, Consent)
    before = [table.objects.count() for table in tables[:-1]]
    given = Consent.objects.filter(person=known.person, given=True).count()
    erase(known.person)
    assert [table.objects.count() for table in tables[:-1]] == before
    assert given
    assert Consent.objects.filter(person=known.person, given=False).count() == given
    assert Submission.objects.filter(person=known.person, state="accepted").exists()
    # The evidence of a finished cohort is hers still; the state of what goes on says that she left.
    assert known.person.enrolments.get(cohort=known.cohort).state == "withdrawn"


def test_facts_become_counts_and_the_counts_stay_true(erase, regions):
    cohort = make_cohort(region=regions["KG-B"])
    facts = {"sex": "female", "age_band": "26_35", "category": "deputy", "disability": "yes"}
    hers = make_enrolment(cohort, make_person())
    Enrolment.objects.filter(pk=hers.pk).update(**facts, region=regions["leilek"])
    Enrolment.objects.filter(pk=make_enrolment(cohort).pk).update(sex="female", region=regions["KG-N"])
    make_enrolment(cohort)
    cohort.state = CohortState.CLOSED
    cohort.save()
    before = {fact: facts_said([cohort], fact) for fact in Fact}
    erase(hers.person)
    assert {fact: facts_said([cohort], fact) for fact in Fact} == before
    assert before[Fact.SEX] == {"female": 2}
    assert before[Fact.REGION] == {regions["leilek"].code: 1, regions["KG-N"].code: 1}
    hers.refresh_from_db()
    assert (hers.sex, hers.age_band, hers.region, hers.category, hers.disability) == (
        "unsaid", "unsaid", None, "unsaid", "unsaid",
    )  # fmt: skip
    assert hers.state == "enrolled"


def test_she_leaves_what_goes_on_and_trains_no_more(erase):
    known = make_known()
    person = known.person
    closed = CohortTrainer.objects.get(person=person, cohort__state="closed", part="co")
    erase(person)
    states = set(Standing.objects.filter(person=person).values_list("state", flat=True))
    assert states <= {"withdrawn", "replaced"}
    assert set(Enrolment.objects.filter(person=person).values_list("state", flat=True)) == {"withdrawn"}
    assert not CohortTrainer.objects.filter(person=person, cohort__state__in=["open", "running", "draft"]).exists()
    assert CohortTrainer.objects.filter(pk=closed.pk).exists()
    assert not Role.objects.not_ended(LATER.date()).filter(person=person).exists()


def test_no_way_in_is_left(erase):
    known = make_known()
    client = Client()
    client.force_login(known.person)
    code = Card.objects.get(person=known.person, replaced_at=None).code
    erase(known.person)
    assert client.get("/en/me/").status_code == 302
    assert not Client().login(username="zarina.s", password="a long enough password")
    with pytest.raises(CardRefused):
        sign_in_with_card(code=code, pin="000000", at=LATER)
    person = User.objects.get(pk=known.person.pk)
    assert (person.username, person.email, person.is_active, person.erased_at) == (None, None, False, LATER)
    assert not person.has_usable_password()


def test_the_act_is_written_down_without_a_name_inside_and_outside_the_database(erase):
    known = make_known()
    erase(known.person, by=known.coordinator, wish=Wish(reason="died", channel="paper"))
    entry = AuditEntry.objects.get(verb="erase_person")
    assert (entry.actor_id, entry.subject_id) == (known.coordinator.pk, str(known.person.pk))
    assert entry.details == {"reason": "died", "channel": "paper"}
    written = [one for one in read_entries() if one.kind == "erase_person"]
    assert [(one.subject, one.at, one.ids) for one in written] == [(str(known.person.pk), LATER, {})]


def test_a_repeat_is_harmless(erase):
    known = make_known()
    erase(known.person)
    counted = list(FoldedFact.objects.values_list("fact", "value", "count").order_by("pk"))
    statement = bytes(Certificate.objects.get(pk=known.certificate.pk).statement)
    erase_person(person=known.person, by=None, at=LATER + timedelta(days=1), wish=Wish())
    assert list(FoldedFact.objects.values_list("fact", "value", "count").order_by("pk")) == counted
    assert bytes(Certificate.objects.get(pk=known.certificate.pk).statement) == statement
    assert User.objects.get(pk=known.person.pk).erased_at == LATER
    assert len([one for one in read_entries() if one.kind == "erase_person"]) == 1


def test_rows_that_were_merged_into_hers_go_too(erase):
    person, twin = make_person("Айгүл"), make_person("Айгүл Т.")
    User.objects.filter(pk=twin.pk).update(merged_into=person, is_active=False)
    erase(person)
    twin.refresh_from_db()
    assert (twin.display_name, twin.erased_at) == ("Аты өчүрүлгөн", LATER)
    assert {one.subject for one in read_entries()} == {str(person.pk), str(twin.pk)}


def test_of_two_rows_that_became_one_no_name_is_left(erase, regions):
    twice = make_twice(make_organisation(), regions["KG-B"])
    # A name of this test alone: the folder of files is the process's.
    User.objects.filter(pk__in=[twice.kept.pk, twice.merged.pk]).update(display_name="Зубайда К.")
    for row in (twice.kept, twice.merged):
        set_legal_name(person=row, name="Зубайда Калыкова", by=row, at=AT)
    codes = list(Card.objects.filter(person__in=[twice.kept, twice.merged]).values_list("code", flat=True))
    Enrolment.objects.filter(pk=twice.gives_way.pk).update(sex="female")
    merge_people(kept=twice.kept, merged=twice.merged, by=twice.coordinator, at=AT)
    before = facts_said([twice.shared], Fact.SEX, EnrolmentState.values)
    assert before["female"]
    assert words_kept(("Зубайда", *codes)) == ["Зубайда", *codes]
    erase(twice.kept)
    assert words_kept(("Зубайда", "Калыкова", *codes)) == []
    assert facts_said([twice.shared], Fact.SEX, EnrolmentState.values) == before


@pytest.mark.parametrize("state", [CohortState.DRAFT, CohortState.OPEN, CohortState.RUNNING])
def test_a_cohort_that_goes_on_keeps_its_lead(erase, state):
    cohort = make_cohort(state=state)
    lead = cohort.trainers.get().person
    with pytest.raises(LeadsCohorts) as refused:
        erase(lead)
    assert cohort.code in str(refused.value)
    lead.refresh_from_db()
    assert lead.erased_at is None
    assert list(read_entries()) == []


def test_the_lead_of_ended_cohorts_may_go(erase):
    cohort = make_cohort(state=CohortState.CLOSED)
    erase(cohort.trainers.get().person)
    assert cohort.trainers.get().person.display_name == "Name erased"


def test_the_last_administrator_and_the_last_operator_stay(erase):
    organisation, admin = make_organisation(), make_staff()
    make_role(admin, RoleKind.ADMINISTRATOR, organisation)
    with pytest.raises(LastAdministrator):
        erase(admin)
    make_role(make_staff(), RoleKind.ADMINISTRATOR, organisation)
    assert erase(admin).erased_at
    root = User.objects.create_superuser("root")
    with pytest.raises(LastOperator):
        erase(root)
    User.objects.create_superuser("second")
    assert not erase(root).is_superuser


def test_what_was_erased_before_a_restore_is_erased_again_whoever_leads(erase):
    cohort = make_cohort()
    lead = cohort.trainers.get().person
    erase(lead, wish=None)
    lead.refresh_from_db()
    assert lead.erased_at == LATER
    # The line stands in the journal already.
    assert list(read_entries()) == []


def test_where_the_journal_cannot_be_written_nobody_is_erased(erase, tmp_path, settings):
    person = make_person()
    settings.JOURNAL_FILE = tmp_path / "no" / "such" / "folder.jsonl"
    with pytest.raises(JournalUnwritable):
        erase(person)
    person.refresh_from_db()
    assert person.erased_at is None
