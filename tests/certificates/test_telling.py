"""The holder is told what became of her certificate, says herself how much a message may say, and may ask why."""

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation

from lms.certificates import actions, tasks
from lms.certificates.models import Certificate, HolderQuestion
from lms.dashboard.queries import desk_for
from lms.dashboard.rendering import told_of_certificates
from lms.jobs.actions import enqueue_job
from lms.notices.models import Notice, NoticeState
from lms.notices.rendering import message_of, words_for
from lms.people.models import AuditEntry, User
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort
from tests.factories.notices import choose
from tests.factories.people import AT, browser, make_staff

pytestmark = pytest.mark.django_db
WORDS = {"ky": "Жаңылыштык", "ru": "Ошибка", "en": "By mistake"}


@pytest.fixture
def certificate() -> Certificate:
    return make.make_certificate()


def becomes(certificate: Certificate, what: str, at: datetime = AT, wording: dict[str, str] | None = None) -> Notice:
    said = {"internal_reason": "SECRET", "by": make_staff(), "at": at}
    if what == "revoked":
        actions.revoke_certificate(certificate=certificate, public_wording=wording or {}, **said)
    elif what == "suspended":
        actions.suspend_certificate(certificate=certificate, public_wording=wording or {}, **said)
    else:
        if not certificate.changes.exists():
            becomes(certificate, "suspended", at=at - timedelta(minutes=1))
        actions.lift_suspension(certificate=certificate, **said)
    return Notice.objects.get(kind=f"certificate_{what}")


def settle(notice: Notice, at: datetime) -> tuple[str, str]:
    actions.settle_certificate_notice(notice=Notice.objects.select_related("person").get(pk=notice.pk), at=at)
    notice.refresh_from_db()
    return notice.state, notice.reason


@pytest.mark.parametrize("what", ["revoked", "suspended", "lifted"])
def test_she_is_told_once(certificate, what):
    notice = becomes(certificate, what)
    assert (notice.person_id, notice.due_at) == (certificate.person_id, AT)
    assert settle(notice, AT) == (NoticeState.SENT, "")
    assert Notice.objects.filter(kind=notice.kind).count() == 1


def test_she_is_told_of_a_newer_one_in_its_place():
    enrolment = make.make_graduate(make_cohort(module_codes=("M1", "M2")))
    before = make.make_trainer_certificate(enrolment)
    assert not Notice.objects.filter(kind__startswith="certificate").exists()
    make.make_trainer_certificate(enrolment, "M2")
    notice = Notice.objects.get(kind="certificate_replaced")
    with translation.override("en"):
        words = words_for([notice])[notice.pk]
    assert words.everything.startswith("Your certificate for M1 was replaced by a newer one on ")
    assert (notice.person_id, words.url.endswith(str(before.pk))) == (enrolment.person_id, True)
    assert settle(notice, notice.due_at) == (NoticeState.SENT, "")


@pytest.mark.parametrize("verb", [actions.revoke_certificate, actions.suspend_certificate])
def test_a_repeat_tells_her_nothing_new(certificate, verb):
    for at in (AT, AT + timedelta(hours=1)):
        verb(certificate=certificate, public_wording={}, internal_reason="a", by=make_staff(), at=at)
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("2026-11-24T23:30+06:00", "2026-11-25T09:00+06:00"),
        ("2026-11-24T03:00+06:00", "2026-11-24T09:00+06:00"),
        ("2026-11-24T20:59+06:00", "2026-11-24T20:59+06:00"),
    ],
)
def test_nobody_is_woken_by_it(certificate, decided, due):
    notice = becomes(certificate, "revoked", at=datetime.fromisoformat(decided))
    assert notice.due_at == datetime.fromisoformat(due)


@pytest.mark.parametrize("what", ["lifted", "revoked", "erased", "again"])
def test_what_no_longer_holds_is_not_sent(certificate, what):
    notice = becomes(certificate, "suspended")
    reason = "settled"
    if what == "erased":
        User.objects.filter(pk=certificate.person_id).update(erased_at=AT)
        reason = "gone"
    elif what == "again":
        actions.lift_suspension(
            certificate=certificate, internal_reason="a", by=make_staff(), at=AT + timedelta(minutes=1)
        )
        later = {"public_wording": {}, "internal_reason": "a", "by": make_staff(), "at": AT + timedelta(minutes=2)}
        actions.suspend_certificate(certificate=certificate, **later)
    else:
        becomes(certificate, what, at=AT + timedelta(minutes=1))
    assert settle(notice, AT + timedelta(hours=1)) == (NoticeState.CANCELLED, reason)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("reveals", ["nothing", "time_and_place", "everything"])
def test_her_rule_decides_what_the_text_says(certificate, language, reveals):
    person = certificate.person
    User.objects.filter(pk=person.pk).update(language=language)
    person.refresh_from_db()
    choose(person, "email", reveals, "a@example.org")
    assert settle(becomes(certificate, "revoked", wording=WORDS), AT) == (NoticeState.SENT, "")
    [sent] = mail.outbox
    text = sent.subject + sent.body
    says_all, says_when = reveals == "everything", reveals != "nothing"
    assert ("M1" in text, WORDS[language] in text, "2026" in text) == (says_all, says_all, says_when)
    assert "SECRET" not in text
    assert (sent.subject == "Yntymak") is not says_all


def test_no_reason_is_told_where_none_is_public(certificate):
    notice = becomes(certificate, "suspended")
    with translation.override("en"):
        text = message_of(words_for([notice])[notice.pk], "everything").text
    assert text.startswith("Your certificate for M1 was suspended on 24 November 2026. If you do not know why")


def test_words_are_those_of_their_own_change(certificate):
    first = becomes(certificate, "suspended", wording=WORDS)
    becomes(certificate, "lifted", at=AT + timedelta(hours=1))
    with translation.override("en"):
        words = words_for(Notice.objects.all())
    texts = {notice.kind: words[notice.pk].everything for notice in Notice.objects.all()}
    assert "By mistake" in texts[first.kind]
    assert "By mistake" not in texts["certificate_lifted"]
    assert {one.url for one in words.values()} == {f"{reverse('certificates:mine')}#c-{certificate.pk}"}


def test_another_persons_certificate_is_not_worded(certificate):
    notice = becomes(certificate, "revoked")
    Certificate.objects.filter(pk=certificate.pk).update(person=make_staff())
    assert words_for([notice]) == {}


def test_the_worker_sends_it(certificate):
    notice = becomes(certificate, "revoked")
    job = enqueue_job(task=notice.checked_by, payload={"notice": str(notice.pk)}, by=None, at=AT)
    tasks.check_notice(str(job.pk))
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT


# ── On her desk, and what she may ask ────────────────────────────────────────────────────────────────────────────────
def test_it_stands_on_her_desk_for_a_month_and_on_nobody_elses(certificate):
    now = timezone.now()
    becomes(certificate, "suspended", at=now - timedelta(hours=2))
    becomes(certificate, "lifted", at=now - timedelta(hours=1))
    [(_sentence, where)] = told_of_certificates(certificate.person, desk_for(certificate.person, now), now)
    assert where == f"{reverse('certificates:mine')}#c-{certificate.pk}"
    page = browser(certificate.person).get("/en/desk/").text
    assert ("holds again since" in page, where in page, "was suspended on" in page) == (True, True, False)
    other = make.make_certificate().person
    assert where not in browser(other).get("/en/desk/").text
    later = now + timedelta(days=30)
    assert told_of_certificates(certificate.person, desk_for(certificate.person, later), later) == []


def test_she_asks_once_for_each_time(certificate):
    hers, path = browser(certificate.person), reverse("certificates:ask", args=[certificate.pk])
    mine = reverse("certificates:mine")
    assert (path in hers.get(mine).text, hers.post(path).status_code) == (False, 302)
    assert not HolderQuestion.objects.exists()
    moments = [AT, AT + timedelta(hours=1), AT + timedelta(hours=2)]
    for what, at in zip(("suspended", "lifted", "revoked"), moments, strict=True):
        becomes(certificate, what, at=at)
        for _tap in range(2):
            hers.post(path)
    assert list(HolderQuestion.objects.order_by("about").values_list("about", flat=True)) == [moments[0], moments[2]]
    assert AuditEntry.objects.filter(verb="ask_about_certificate").count() == 2
    assert path not in hers.get(mine).text


def test_coordinator_sees_who_asks_and_strangers_may_not(certificate):
    becomes(certificate, "revoked")
    path = reverse("certificates:ask", args=[certificate.pk])
    coordinator = make.make_coordinator(certificate.cohort)
    strangers = [coordinator, make_staff(), make.make_certificate().person]
    assert {browser(one).post(path).status_code for one in strangers} == {404}
    page = browser(coordinator)
    page.cookies["lang"] = "en"
    where, said = reverse("certificates:cohort", args=[certificate.cohort_id]), "They ask why"
    assert said not in page.get(where).text
    browser(certificate.person).post(path)
    assert said in page.get(where).text


def test_who_was_told_waits_no_more_until_she_asks_again(certificate):
    becomes(certificate, "revoked")
    coordinator, stranger = make.make_coordinator(certificate.cohort), make.make_coordinator(make_cohort())
    hers, page = browser(certificate.person), browser(coordinator)
    ask, told = (reverse(f"certificates:{name}", args=[certificate.pk]) for name in ("ask", "answered"))
    where, mine = reverse("certificates:cohort", args=[certificate.cohort_id]), reverse("certificates:mine")
    page.post(told)
    assert not AuditEntry.objects.filter(verb="note_answer").exists()
    hers.post(ask)
    seen = form_of(page.get(where).text)
    assert (set(seen), browser(stranger).post(told, seen).status_code) == ({"asked"}, 404)
    assert [hers.post(told, seen).status_code, page.get(told).status_code] == [404, 405]
    for _tap in range(2):
        page.post(told, seen)
    assert AuditEntry.objects.filter(verb="note_answer").count() == 1
    html = page.get(where).text
    assert (told in html, "she was told." in html) == (False, True)
    assert desk_for(coordinator, timezone.now()).asked == []
    html = hers.get(mine).text
    assert ("the coordinator noted that you were told" in html, ask in html) == (True, True)
    hers.post(ask)
    assert (told in page.get(where).text, ask in hers.get(mine).text) == (True, False)
    # The page that stood open since the first question knows nothing of the second.
    assert "has asked again" in page.post(told, seen, follow=True).text
    assert len(desk_for(coordinator, timezone.now()).asked) == 1


def form_of(html: str) -> dict[str, str]:
    """What the button “She was told” sends along."""
    form = html.partition("/answered/")[2].partition("</form>")[0]
    return dict(re.findall(r'name="(asked)" value="([^"]*)"', form))


def test_coordinator_finds_the_person_who_asks_and_whether_a_reason_is_public(certificate):
    page, where = browser(make.make_coordinator(certificate.cohort)), certificate.cohort_id
    enrolment = certificate.cohort.enrolments.get(person=certificate.person)
    said = []
    for what, wording in (("suspended", {}), ("revoked", WORDS)):
        becomes(certificate, what, wording=wording, at=AT + timedelta(hours=len(said)))
        browser(certificate.person).post(reverse("certificates:ask", args=[certificate.pk]))
        asked = page.get(reverse("certificates:cohort", args=[where])).text.partition("They ask why")[2]
        assert reverse("cohorts:person", args=[enrolment.pk]) in asked.partition("</ul>")[0]
        said.append("The public reads no reason" in asked)
    assert said == [True, False]


def test_whoever_got_a_new_one_reads_it_beside_the_word_revoked(certificate):
    now = timezone.now()
    becomes(certificate, "revoked", at=now - timedelta(days=1))
    hers, mine = browser(certificate.person), reverse("certificates:mine")
    assert "you have a new one" not in hers.get("/en/desk/").text
    newer = make.make_certificate(certificate.cohort.enrolments.get(person=certificate.person), at=now)
    assert "you have a new one since" in hers.get("/en/desk/").text
    card = hers.get(mine).text.partition(f'id="c-{certificate.pk}"')[2].partition("</li>")[0]
    assert ("You have a new one since" in card, f'href="#c-{newer.pk}"' in card) == (True, True)


def test_who_asks_stands_on_the_coordinator_s_desk_until_she_is_told(certificate):
    asked_at = timezone.now()
    coordinator, stranger = make.make_coordinator(certificate.cohort), make.make_coordinator(make_cohort())
    desk, where = reverse("dashboard:desk"), reverse("certificates:cohort", args=[certificate.cohort_id])
    said = f"{certificate.cohort.title}: 1 holder asks why her certificate was revoked or suspended."
    becomes(certificate, "suspended", at=asked_at)
    assert said not in browser(coordinator).get(desk).text
    browser(certificate.person).post(reverse("certificates:ask", args=[certificate.pk]))
    text = browser(coordinator).get(desk).text
    assert (said in text, where in text) == (True, True)
    for other in (stranger, certificate.person, certificate.cohort.trainers.get().person):
        assert said not in browser(other).get(desk).text
    assert len(desk_for(coordinator, asked_at + timedelta(days=31)).asked) == 1
    becomes(certificate, "lifted", at=timezone.now())
    assert said not in browser(coordinator).get(desk).text
