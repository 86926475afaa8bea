"""Two rows of one person become one: nothing is lost, nothing counts twice, and no table is forgotten."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import Model

from lms.assessments.actions import JudgesHerself, TwoPlansWait
from lms.assessments.models import Attempt, Observation, Submission
from lms.assessments.queries import attempt_counts, gain_of
from lms.attendance.models import AttendanceEvent, Source
from lms.attendance.queries import attendance_by_module
from lms.certificates.actions import TwoCertificates
from lms.certificates.actions.lifecycle import full_name_of
from lms.certificates.models import Certificate
from lms.certificates.queries import issue_log_faults, verdict_of
from lms.cohorts.actions import StandsBesideHerself
from lms.cohorts.models import CohortTrainer, Enrolment, EnrolmentState, Facts, Standing
from lms.cohorts.queries import people_by_state, places_left, token_of
from lms.common.crypto import unwrap
from lms.notices.models import Notice
from lms.people.actions import (
    CardMerged,
    CardRefused,
    record_consent,
    renew_pins,
    set_legal_name,
    sign_in_with_card,
    withdraw_consent,
)
from lms.people.models import AuditEntry, Card, LegalName, PersonKey, RoleKind, User
from lms.people.queries import address_of, own_legal_name
from lms.privacy.actions.merging import (
    DROPPED,
    HANDED_OVER,
    LEFT,
    LEFT_IN_THE_EDITOR,
    DutiesGiveWay,
    NotHersAlone,
    OwnRow,
    RowGone,
    merge_people,
)
from lms.privacy.exports import everything_about
from tests.factories.assessments import make_attempt, make_observation, make_paper, make_submission
from tests.factories.certificates import make_certificate, make_graduate, mark
from tests.factories.cohorts import add_trainer, make_coaching, make_cohort, make_enrolment, make_standing
from tests.factories.merging import Twice, crowd, make_twice, rule_of_both
from tests.factories.people import make_organisation, make_person, make_role, make_staff

# What a mark of somebody says.
MARK = ("enrolment", "status", "is_disputed")
pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(regions) -> Twice:
    return make_twice(make_organisation("alga"), regions["KG-B"])


def merge(twice: Twice, at, **other: User) -> User:
    people = {"kept": twice.kept, "merged": twice.merged, "by": twice.coordinator, **other}
    return merge_people(**people, at=at)


# ── No table is forgotten ────────────────────────────────────────────────────────────────────────────────────────────


def _pointers() -> Iterator[tuple[str, type[Model], str]]:
    """Every column of the database that points at a person or an enrolment."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.related_model in (User, Enrolment):
                yield f"{model._meta.label}.{field.name}", model, field.name


def test_the_plan_names_every_column_that_points_at_a_person_or_enrolment():
    ours = {label for label, _model, _field in _pointers() if not label.startswith(LEFT_IN_THE_EDITOR)}
    assert ours == HANDED_OVER | DROPPED | set(LEFT)
    assert (HANDED_OVER & DROPPED, (HANDED_OVER | DROPPED) & set(LEFT)) == (set(), set())


def _at(model: type[Model], field: str, twice: Twice, gives_way: Enrolment) -> int:
    target = gives_way if model._meta.get_field(field).related_model is Enrolment else twice.merged
    return model._base_manager.filter(**{field: target.pk}).count()


def test_nothing_that_is_handed_over_or_dropped_is_left_behind(twice, at):
    crowd(twice)
    gives_way = twice.gives_way
    columns = [(label, model, field) for label, model, field in _pointers() if label in HANDED_OVER | DROPPED]
    # A column without a row would prove nothing.
    assert [label for label, model, field in columns if not _at(model, field, twice, gives_way)] == []
    merge(twice, at)
    assert [label for label, model, field in columns if _at(model, field, twice, gives_way)] == []


# ── What becomes of it ───────────────────────────────────────────────────────────────────────────────────────────────


def test_of_two_places_in_one_cohort_one_is_left(twice, at):
    crowd(twice)
    free = places_left(twice.shared)
    stays, gives_way = twice.stays, twice.gives_way
    assert merge(twice, at) == twice.kept
    stays.refresh_from_db()
    gives_way.refresh_from_db()
    assert (gives_way.state, gives_way.withdrawn_reason, gives_way.facts) == ("withdrawn", "merged", Facts())
    assert not gives_way.may_come_back
    assert stays.facts == Facts(sex="female", category="activist")
    assert places_left(twice.shared) == free + 1
    people = people_by_state(twice.shared)
    assert [len(people[state]) for state in (EnrolmentState.ENROLLED, EnrolmentState.WITHDRAWN)] == [1, 0]
    assert {read.lesson_code: (read.read_at - at).days for read in stays.progress.all()} == {"M1.1": 1, "M1.2": 2}
    before, later = Enrolment.objects.filter(person=twice.kept).exclude(cohort__in=[twice.shared, twice.other])
    assert (list(stays.carries.all()), list(later.carries.all())) == ([before], [stays])


def test_the_better_place_of_the_two_is_hers(twice, at):
    Enrolment.objects.filter(person=twice.kept).update(state="withdrawn", withdrawn_at=at, withdrawn_reason="mistake")
    merge(twice, at)
    assert (twice.stays.state, twice.stays.withdrawn_at, twice.stays.withdrawn_reason) == ("enrolled", None, "")


def test_of_two_marks_the_better_counts_and_all_evidence_stays(twice, at):
    crowd(twice)
    stays, gives_way = twice.stays, twice.gives_way
    first, second = twice.shared.sessions.all()
    events = set(AttendanceEvent.objects.values_list("pk", flat=True))
    merge(twice, at)
    assert list(first.marks.said().values_list(*MARK)) == [(stays.pk, "present", False)]
    assert list(second.marks.said().values_list(*MARK)) == [(stays.pk, "late", False)]
    assert set(AttendanceEvent.objects.values_list("pk", flat=True)) == events
    assert [event.status for event in gives_way.events.all()] == ["absent"]
    assert attendance_by_module(twice.shared)[stays.pk, "M1"].percent == 100


@pytest.mark.parametrize(("own", "hers", "counts"), [("present", "absent", "present"), ("late", "present", "present")])
def test_two_check_ins_in_one_session_are_one(twice, at, own, hers, counts):
    session = twice.shared.sessions.all()[0]
    for enrolment, status in ((twice.stays, own), (twice.gives_way, hers)):
        said = mark(enrolment, session, status)
        AttendanceEvent.objects.filter(pk=said.event_id).update(source=Source.SELF)
    stays = twice.stays
    merge(twice, at)
    assert list(session.marks.said().values_list(*MARK)) == [(stays.pk, counts, False)]
    assert sorted(AttendanceEvent.objects.values_list("source", flat=True)) == ["self", "self"]


def test_a_mark_that_was_taken_back_is_not_better_than_an_absence(twice, at):
    session, stays = twice.shared.sessions.all()[0], twice.stays
    mark(stays, session, "absent")
    mark(twice.gives_way, session, "unmarked")
    merge(twice, at)
    assert list(session.marks.said().values_list(*MARK)) == [(stays.pk, "absent", False)]


def test_of_two_attempts_the_better_counts_and_both_stay(twice, at):
    crowd(twice)
    stays, gives_way = twice.stays, twice.gives_way
    better, lesser = Attempt.objects.get(enrolment=gives_way), Attempt.objects.get(enrolment=stays)
    merge(twice, at)
    better.refresh_from_db()
    lesser.refresh_from_db()
    assert (better.enrolment, lesser.enrolment, lesser.slip_code) == (stays, gives_way, "")
    assert attempt_counts(twice.shared, at) == {better.paper_id: (1, 1, 0)}


def test_a_pair_of_tests_on_two_rows_is_one_gain(twice, at):
    for enrolment, moment in ((twice.stays, "pre"), (twice.gives_way, "post")):
        make_attempt(enrolment, make_paper(twice.shared, moment), handed_in=True)
    assert gain_of(twice.shared, "M1").n == 0
    merge(twice, at)
    assert gain_of(twice.shared, "M1").n == 1


def test_certificates_verify_as_before_and_bear_the_same_name(twice, at):
    certificate = crowd(twice)
    claims, statement = certificate.claims, bytes(certificate.statement)
    merge(twice, at)
    certificate = Certificate.objects.get(pk=certificate.pk)
    assert (certificate.person, certificate.claims, bytes(certificate.statement)) == (twice.kept, claims, statement)
    assert full_name_of(certificate=certificate) == "Айгүл Токтосунова"
    assert verdict_of(certificate.public_id, at.date()).state == "genuine"
    assert list(issue_log_faults()) == []
    assert own_legal_name(twice.kept) == "Айгүл Токтосунова"
    assert LegalName.objects.get().used_at == at


def test_of_two_full_names_that_of_the_row_that_stays_is_kept(twice, at):
    certificate = crowd(twice)
    set_legal_name(person=twice.kept, name="Айгүл Өмүрова", by=twice.kept, at=at)
    Certificate.objects.filter(pk=certificate.pk).update(state="revoked")
    merge(twice, at)
    assert own_legal_name(twice.kept) == "Айгүл Өмүрова"
    assert LegalName.objects.get().used_at == at  # A certificate bears a name of hers: she changes it no more.


def test_the_newest_answer_about_certificates_holds_whichever_row_gave_it(twice, at):
    set_legal_name(person=twice.kept, name="Айгүл Өмүрова", by=twice.kept, at=at)
    record_consent(person=twice.kept, purpose="certificate", given=True, language="ky", by=twice.kept, at=at)
    later = at + timedelta(days=1)
    withdraw_consent(person=twice.merged, purpose="certificate", language="ky", by=twice.merged, at=later)
    merge(twice, later)
    assert twice.kept.consents.count() == 2
    assert not LegalName.objects.exists()


def test_messages_come_once_and_by_the_way_that_she_chose(twice, at):
    crowd(twice)
    merge(twice, at)
    told = Notice.objects.filter(person=twice.kept).values_list("batch", "state").order_by("batch")
    assert list(told) == [("tests:both", "planned"), ("tests:hers", "planned")]
    assert Notice.objects.get(person=twice.merged).state == "cancelled"
    assert address_of(twice.kept, "email") == "b@example.org"


def test_her_own_rule_holds_and_the_other_rows_address_goes(twice, at):
    crowd(twice)
    rule_of_both(twice)
    merge(twice, at)
    assert twice.kept.contact_rule.channel == "site"
    assert address_of(twice.kept, "email") == ""


def test_her_calendar_goes_on_under_its_secret_address(twice, at):
    crowd(twice)
    address = twice.merged.calendar_addresses.get()
    token = token_of(address)
    merge(twice, at)
    address.refresh_from_db()
    assert (address.person, token_of(address)) == (twice.kept, token)


def test_of_two_standings_for_a_module_the_higher_holds_and_a_suspension_is_not_lifted(twice, at):
    low = make_standing(twice.kept, twice.organisation, "M9", "candidate")
    high = make_standing(twice.merged, twice.organisation, "M9", "certified")
    Standing.objects.filter(pk=low.pk).update(state="suspended")
    merge(twice, at)
    found = {standing.pk: standing for standing in Standing.objects.filter(person=twice.kept)}
    assert (found[low.pk].state, found[high.pk].state) == ("replaced", "suspended")


def test_one_part_in_a_cohort_that_both_train(twice, at):
    lead = CohortTrainer.objects.get(cohort=twice.led)
    lead.person = twice.merged
    lead.save()
    add_trainer(twice.led, twice.kept)
    merge(twice, at)
    assert list(twice.led.trainers.values_list("person", "part")) == [(twice.kept.pk, "lead")]


def test_teach_backs_of_both_rows_stay_occasions_of_their_own(twice, at):
    first, second = make_staff(), make_staff()
    make_observation(twice.kept, twice.shared, first)
    make_observation(twice.merged, twice.shared, first)
    make_observation(twice.merged, twice.shared, second)
    merge(twice, at)
    seen = Observation.objects.filter(person=twice.kept).values_list("occasion", "observer")
    assert sorted(seen, key=str) == sorted([(1, first.pk), (2, first.pk), (2, second.pk)], key=str)


# ── The tombstone ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tombstone_has_no_name_no_key_and_no_way_in(twice, at):
    crowd(twice)
    wrapped = unwrap(twice.merged.key.wrapped)
    epoch = twice.merged.session_epoch
    merge(twice, at)
    left = User.objects.get(pk=twice.merged.pk)
    assert (left.merged_into, left.is_active, left.display_name, left.username) == (twice.kept, False, "", None)
    assert left.session_epoch == epoch + 1
    assert wrapped not in [unwrap(key.wrapped) for key in PersonKey.objects.all()]


def test_her_other_card_says_so_to_whoever_knows_its_pin(twice, at):
    pins = renew_pins(people=[twice.kept, twice.merged], by=twice.coordinator, at=at)
    codes = {card.person_id: card.code for card in Card.objects.all()}
    merge(twice, at)
    assert sign_in_with_card(code=codes[twice.kept.pk], pin=pins[twice.kept.pk], at=at) == twice.kept
    with pytest.raises(CardMerged, match="Use your other card"):
        sign_in_with_card(code=codes[twice.merged.pk], pin=pins[twice.merged.pk], at=at)
    wrong = f"{(int(pins[twice.merged.pk]) + 1) % 1_000_000:06}"
    with pytest.raises(CardRefused):
        sign_in_with_card(code=codes[twice.merged.pk], pin=wrong, at=at)


def test_it_is_written_down_without_a_name_and_a_repeat_is_harmless(twice, at):
    crowd(twice)
    stays, gives_way = twice.stays, twice.gives_way
    merge(twice, at)
    merge(twice, at)
    noted = AuditEntry.objects.get(verb="merge_people")
    assert (noted.subject_id, noted.actor_id) == (str(twice.kept.pk), twice.coordinator.pk)
    assert noted.details == {
        "merged": str(twice.merged.pk),
        "enrolments": {str(gives_way.pk): str(stays.pk)},
        "marks": 2,
        "tests": 1,
        "certificates": 1,
    }


def test_her_copy_holds_what_stayed_with_the_row_that_gave_way(twice, at):
    crowd(twice)
    said = AttendanceEvent.objects.filter(enrolment__person__in=[twice.kept, twice.merged]).count()
    merge(twice, at)
    copy = {section.code: section.rows for section in everything_about(twice.kept)}
    assert (len(copy["attendance_events"]), len(copy["tests"])) == (said, 3)
    # Hers, that of the row that gave way, and that of one that had given way to it.
    assert len(copy["cards"]) == 3
    assert sum(bool(row["withdrawn_reason"]) for row in copy["enrolments"]) == 1


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def refuses(twice: Twice, at, error: type[Exception], **people: User) -> None:
    with pytest.raises(error):
        merge(twice, at, **people)
    assert not User.objects.filter(merged_into__isnull=False).exists()


def test_what_is_not_hers_alone_is_not_merged(twice, regions, at):
    elsewhere = make_staff()
    make_role(elsewhere, RoleKind.COORDINATOR, twice.organisation, regions["KG-N"])
    refuses(twice, at, NotHersAlone, by=elsewhere)
    refuses(twice, at, NotHersAlone, merged=make_person())
    guest = make_enrolment(make_cohort(region=twice.region), twice.merged)
    refuses(twice, at, NotHersAlone)
    make_role(twice.coordinator, RoleKind.COORDINATOR, guest.cohort.organisation)
    merge(twice, at)


def test_training_for_another_organisation_is_elsewhere_too(twice, at):
    add_trainer(make_cohort(region=twice.region), twice.merged)
    refuses(twice, at, NotHersAlone)


def test_nobody_merges_her_own_row_or_one_that_is_gone(twice, at):
    make_enrolment(twice.shared, twice.coordinator)
    refuses(twice, at, OwnRow, kept=twice.coordinator)
    refuses(twice, at, RowGone, merged=twice.kept)
    for change, error in (({"erased_at": at}, RowGone), ({"is_active": False}, NotHersAlone)):
        User.objects.filter(pk=twice.kept.pk).update(**change)
        refuses(twice, at, error)
        User.objects.filter(pk=twice.kept.pk).update(erased_at=None, is_active=True)


def test_who_has_duties_never_gives_way_but_may_stay(twice, at):
    staff = make_staff(display_name="Айгүл")
    make_enrolment(twice.other, staff)
    make_role(staff, RoleKind.TRAINER, twice.organisation)
    refuses(twice, at, DutiesGiveWay, merged=staff)
    assert merge(twice, at, kept=staff) == staff
    # The card that somebody printed opens nothing of an account with duties.
    assert not Card.objects.filter(person=staff).exists()


def test_nobody_becomes_her_own_trainer_coach_or_observer(twice, at):
    part = add_trainer(twice.shared, twice.kept)
    Enrolment.objects.filter(person=twice.kept).delete()
    make_enrolment(twice.other, twice.kept)
    refuses(twice, at, StandsBesideHerself)
    part.delete()
    standing = make_standing(twice.merged, twice.organisation)
    coaching = make_coaching(standing, twice.kept, at.date() + timedelta(9), starts_on=at.date())
    refuses(twice, at, StandsBesideHerself)
    coaching.delete()
    make_observation(twice.merged, twice.shared, twice.kept)
    refuses(twice, at, JudgesHerself)


def test_two_current_certificates_of_one_cohort_are_settled_first(twice, at):
    for person in (twice.kept, twice.merged):
        graduate = make_graduate(twice.other)
        stranger, graduate.person = graduate.person, person
        graduate.save()
        set_legal_name(person=person, name="Айгүл", by=person, at=at)
        record_consent(person=person, purpose="certificate", given=True, language="ky", by=person, at=at)
        certificate = make_certificate(graduate, by=twice.coordinator)
        assert stranger.certificates.count() == 0
    with pytest.raises(TwoCertificates, match=twice.other.code):
        merge(twice, at)
    Certificate.objects.filter(pk=certificate.pk).update(state="revoked")
    merge(twice, at)
    assert twice.kept.certificates.count() == 2


def test_two_plans_that_wait_are_answered_first(twice, at):
    for person in (twice.kept, twice.merged):
        make_submission(person, twice.shared)
    refuses(twice, at, TwoPlansWait)
    Submission.objects.filter(person=twice.kept).update(state="repeat")
    merge(twice, at)
    assert Submission.objects.filter(person=twice.kept).count() == 2
