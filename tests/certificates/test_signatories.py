"""One administrator changes who signs the certificates: nobody issues under a name that the others have not seen."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.certificates import actions, tasks
from lms.certificates.models import CertificateDesign
from lms.jobs.models import Job
from lms.notices.models import Notice, NoticeState
from lms.notices.rendering import words_for
from lms.people.actions import change_organisation, forget_audit
from lms.people.models import SIGNATORIES, AuditEntry, Organisation, RoleKind, SignatoryChange, User
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort
from tests.factories.people import browser, make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db
CHANGED = "Who signs the certificates was changed"


class House:
    """An organisation with two administrators, and a cohort in which somebody qualifies."""

    def __init__(self) -> None:
        self.graduate = make.make_graduate()
        self.cohort, self.organisation = self.graduate.cohort, self.graduate.cohort.organisation
        Organisation.objects.filter(pk=self.organisation.pk).update(signatory_name="Н. Үлгүева", signatory_en="Chair")
        self.first, self.second = (self.administrator(name) for name in ("first", "second"))
        self.coordinator = make.make_coordinator(self.cohort)

    def administrator(self, name: str) -> User:
        return make_role(make_staff(name), RoleKind.ADMINISTRATOR, self.organisation).person

    def change(self, by: User | None = None, **said: str) -> None:
        change_organisation(organisation=self.organisation, values=said, by=by or self.first, at=timezone.now())

    @property
    def issuing(self) -> str:
        return reverse("certificates:cohort", args=[self.cohort.pk])


@pytest.fixture
def house(db) -> House:
    return House()


def page(person: User, url: str) -> str:
    return browser(person).get(url).text


def test_the_others_and_whoever_issues_read_what_it_said_before(house):
    desk = reverse("dashboard:desk")
    assert CHANGED not in page(house.second, desk) + page(house.coordinator, house.issuing)
    house.change(signatory_name="М. Башкаева", signatory_en="Chair", contact="+996 312 000000")
    for person, url in ((house.second, desk), (house.coordinator, house.issuing)):
        text = page(person, url)
        assert (CHANGED in text, "Н. Үлгүева" in text, "М. Башкаева" in text, "Chair" in text) == (
            True,
            True,
            True,
            False,
        )
    assert "If you do not know of it, ask before you issue." in page(house.coordinator, house.issuing)
    assert reverse("people:organisation", args=[house.organisation.pk]) in page(house.second, desk)
    elsewhere = make_role(make_staff(), RoleKind.ADMINISTRATOR, make_organisation()).person
    stranger = make.make_coordinator(make_cohort())
    for person in (house.first, elsewhere, stranger, house.coordinator):
        assert CHANGED not in page(person, desk)
    assert CHANGED not in page(house.cohort.trainers.get().person, house.issuing)


def test_no_number_of_further_changes_hides_one(house):
    """A slip of the same hand, again and again: neither whoever made it nor a colleague with her own pushes it off."""
    house.change(signatory_name="М. Башкаева", signatory_en="Head")
    for number in range(25):
        house.change(second_signatory_name=f"Б. Асанова {number}")
        house.change(house.second, contact=f"+996 312 {number:06}", second_signatory_en=f"Deputy {number}")
    desk, told = reverse("dashboard:desk"), reverse("people:organisation", args=[house.organisation.pk])
    for person, url in ((house.second, desk), (house.coordinator, house.issuing)):
        text = page(person, url)
        found = [name in text for name in ("Н. Үлгүева", "М. Башкаева", "Chair", "Head", "Б. Асанова 24")]
        assert (found, "Б. Асанова 23" in text, text.count(CHANGED)) == ([True] * 5, False, 2 + (url != desk))
    assert "Deputy 24" not in page(house.second, desk)
    text = page(house.second, told)
    assert ("М. Башкаева" in text, "Б. Асанова 0" in text, "Deputy 0" in text) == (True, True, True)


def test_she_reads_what_became_of_her_own_word_and_what_was_changed_back(house):
    desk = reverse("dashboard:desk")
    house.change(signatory_name="М. Башкаева")
    house.change(house.second, signatory_name="Б. Асанова")
    assert CHANGED not in page(house.second, desk)
    text = page(house.first, desk)
    assert ("М. Башкаева" in text, "Б. Асанова" in text, "Н. Үлгүева" in text) == (True, True, False)
    house.change(signatory_name="Н. Үлгүева")
    assert CHANGED not in page(house.first, desk)
    for person, url, name in ((house.second, desk, "Б. Асанова"), (house.coordinator, house.issuing, "Н. Үлгүева")):
        text = page(person, url)
        assert (CHANGED in text, name in text, "М. Башкаева" in text) == (True, True, False)
    assert "changed, and changed back since" in page(house.coordinator, house.issuing)
    assert "changed, and changed back since" not in page(house.second, desk)


def test_it_stands_there_for_two_weeks_and_on_the_organisation_s_page_for_a_year(house):
    house.change(second_signatory_name="М. Башкаева")
    told = reverse("people:organisation", args=[house.organisation.pk])
    for days, is_told, is_listed in ((13, True, True), (15, False, True), (366, False, False)):
        SignatoryChange.objects.update(at=timezone.now() - timedelta(days=days))
        assert (CHANGED in page(house.coordinator, house.issuing)) is is_told
        assert (CHANGED in page(house.second, reverse("dashboard:desk"))) is is_told
        assert ("Changes of who signs" in page(house.second, told)) is is_listed
    forget_audit(before=timezone.now())
    assert not SignatoryChange.objects.exists()


def test_the_editor_s_way_goes_the_same_way(house):
    """The look of certificates in Wagtail has the fields, too."""
    said = {name: "" for stem, positions in SIGNATORIES.items() for name in (stem, *positions)}
    said |= {"signatory_name": "М. Башкаева", "signatory_en": "Chair"}
    look = CertificateDesign(organisation=house.organisation)
    for _twice in range(2):
        actions.change_design(
            organisation=house.organisation, look=look, signatories=said, by=house.first, at=timezone.now()
        )
    change = SignatoryChange.objects.get()
    assert (change.before, change.after) == ({"signatory_name": "Н. Үлгүева"}, {"signatory_name": "М. Башкаева"})
    assert "М. Башкаева" in page(house.coordinator, house.issuing)
    assert "Башкаева" not in str(list(AuditEntry.objects.values()))


def test_what_is_saved_unchanged_is_no_news(house):
    house.change(signatory_name="Н. Үлгүева", contact="+996 312 000000")
    assert not SignatoryChange.objects.exists()


def test_the_other_administrators_get_a_message_that_names_nobody(house):
    house.change(signatory_name="М. Башкаева")
    for _twice in range(2):
        tasks.tell_outcomes()
    notice = Notice.objects.get()
    assert notice.person == house.second
    words = words_for([notice])[notice.pk]
    assert "Башкаева" not in words.title + words.time_and_place + words.everything
    assert words.url == reverse("people:organisation", args=[house.organisation.pk])
    job = Job.objects.create(
        task=notice.checked_by,
        payload={"notice": str(notice.pk)},
        run_after=timezone.now(),
        created_at=timezone.now(),
    )
    tasks.check_key_notice(str(job.pk))
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT


def test_a_holder_s_paper_keeps_who_signed_it(house):
    """Why it has to be seen before: what is issued is not changed."""
    house.change(signatory_name="М. Башкаева")
    certificate = make.make_certificate(house.graduate, by=house.coordinator)
    house.change(signatory_name="Н. Үлгүева")
    certificate.refresh_from_db()
    assert certificate.claims["issuer"]["signatory_name"] == "М. Башкаева"


def test_the_form_of_the_organisation_notes_it_too(house):
    address = reverse("people:organisation", args=[house.organisation.pk])
    client: Client = browser(house.first)
    form = client.get(address).context["form"]
    typed = {name: value or "" for name, value in form.initial.items() if name != "uses_unreviewed_texts"}
    assert client.post(address, {**typed, "signatory_name": "М. Башкаева"}).status_code == 302
    assert SignatoryChange.objects.get().by == house.first
    assert "М. Башкаева" in client.get(address).text
