"""The roster's pages: list, import with its preview, cards, one person."""

import io
import re
import subprocess
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from lms.cohorts import actions
from lms.cohorts.models import CohortState, EnrolmentState
from lms.people.actions import record_consent, set_legal_name, sign_in_with_card
from lms.people.models import AuditEntry, Card
from lms.people.queries import own_legal_name
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser, make_organisation, make_person

pytestmark = pytest.mark.django_db


def hidden(response, name: str) -> str:
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1])


def upload(scene, text: str, person=None, name: str = "list.csv"):
    client = browser(person or scene.lead)
    url = reverse("cohorts:roster_import", args=[scene.cohort.pk])
    return client, url, client.post(url, {"file": SimpleUploadedFile(name, text.encode())})


@pytest.mark.parametrize("people", [1, 30])
@pytest.mark.parametrize("name", ["roster", "cards"])
def test_lists_take_the_same_queries_for_one_and_for_thirty(scene, people, name, django_assert_max_num_queries):
    for number in range(people - 1):
        make_enrolment(scene.cohort, make_person(f"Адам {number}"))
    client, url = browser(scene.lead), reverse(f"cohorts:{name}", args=[scene.cohort.pk])
    client.get(url)
    with django_assert_max_num_queries(10):
        page = client.get(url).content.decode()
    assert page.count("<bdi>") == people


def test_roster_shows_display_names_only(scene, at):
    set_legal_name(person=scene.participant, name="Өмүрова Айгүл Асановна", by=scene.lead, at=at)
    page = browser(scene.coordinator).get(reverse("cohorts:roster", args=[scene.cohort.pk])).content.decode()
    assert "Айгүл Өмүрова" in page
    assert "Асановна" not in page
    assert "Айгүл" not in re.search(r"<title>.*?</title>", page, re.S)[0]


def test_roster_is_narrowed_down_and_ordered(scene, at):
    later, first = (
        make_enrolment(scene.cohort, make_person("Аида"), at=at + timedelta(days=1)),
        make_enrolment(scene.cohort, make_person("Яна"), language="ru", at=at - timedelta(days=1)),
    )
    make_enrolment(scene.cohort, make_person("Күтүүчү"), state="waiting")
    left = make_enrolment(scene.cohort, make_person("Кеткен"), state="withdrawn")
    type(left).objects.filter(pk=left.pk).update(withdrawn_reason="mistake", withdrawn_at=at)
    Card.objects.filter(person=first.person).update(printed_at=at)
    url, client = reverse("cohorts:roster", args=[scene.cohort.pk]), browser(scene.lead)

    def names(query: str) -> list[str]:
        return re.findall(r"<bdi>([^<]*)</bdi>", client.get(url + query).content.decode())

    assert names("") == ["Күтүүчү", "Аида", "Айгүл Өмүрова", "Яна"]
    assert names("?state=enrolled&sort=since") == ["Яна", "Айгүл Өмүрова", "Аида"]
    assert names("?state=enrolled&sort=language") == ["Аида", "Айгүл Өмүрова", "Яна"]
    assert names("?state=enrolled&sort=card") == ["Аида", "Айгүл Өмүрова", "Яна"]
    assert names("?state=waiting") == ["Күтүүчү"]
    assert names("?state=withdrawn") == ["Кеткен"]
    assert "enrolled by mistake" in client.get(f"{url}?state=withdrawn").content.decode()
    assert names("?state=nonsense&sort=nonsense") == names("")
    page = client.get(f"{url}?state=enrolled&sort=since").content.decode()
    assert re.search(r'href="\?state=enrolled&amp;sort=name"', page)
    assert later.person.display_name in page


def test_import_previews_then_applies_once(scene):
    client, url, preview = upload(scene, "Аты;Тили;Аймак коду\nБермет;кыргызча;41705236\nЖылдыз;орусча;\n")
    page = preview.content.decode()
    assert (preview.status_code, "Бермет" in page, "Leilek" in page) == (200, True, True)
    assert scene.cohort.enrolments.count() == 1
    # A row number that no integer holds is nobody's answer.
    sent = urlencode({"table": hidden(preview, "table"), "row-" + "9" * 5000: "new"})
    form = "application/x-www-form-urlencoded"
    for _press in range(2):
        assert client.post(url, sent, content_type=form)["Location"] == reverse(
            "cohorts:roster", args=[scene.cohort.pk]
        )
    assert sorted(scene.cohort.enrolments.values_list("person__display_name", flat=True)) == [
        "Айгүл Өмүрова",
        "Бермет",
        "Жылдыз",
    ]


def test_counts_before_the_answers_say_that_they_wait_for_them(scene):
    """One is sure; two have the name of somebody in the cohort; there is one place."""
    type(scene.cohort).objects.filter(pk=scene.cohort.pk).update(capacity=2)
    names = "Аты\nБермет\nАЙГҮЛ ӨМҮРОВА\nАйгүл  өмүрова\n"
    client, url, answer = upload(scene, names)
    figures = re.findall(r'<strong class="number">(\d+)</strong> <span>([^<]*)<', answer.text)
    assert figures == [("1", "to add so far"), ("0", "to change so far"), ("2", "wait for your answer")]
    assert 'href="#questions"' in answer.text
    assert "Depending on your answers up to 2 people will be on the waiting list" in answer.text
    sent = {"table": hidden(answer, "table"), "row-3": "new"}
    refused = client.post(url, sent)
    figures = re.findall(r'<strong class="number">(\d+)</strong> <span>([^<]*)<', refused.text)
    assert figures == [("2", "to add so far"), ("0", "to change so far"), ("1", "wait for your answer")]
    assert "1 person will be on the waiting list" in refused.text
    assert "it can be up to 2" in refused.text
    known = str(scene.cohort.enrolments.get().person_id)
    counts = "2 people added. Of these, 1 person is on the waiting list: there are not enough places."
    for _press in range(2):
        assert counts in client.post(url, {**sent, "row-4": known}, follow=True).text
    assert "so far" not in upload(scene, "Аты\nГүлнара\n")[2].text


def test_template_offers_words_and_comes_back_as_it_was_filled_in(scene):
    client = browser(scene.lead)
    answer = client.get(reverse("cohorts:roster_template", args=[scene.cohort.pk]))
    book = load_workbook(io.BytesIO(answer.content))
    sheet, words = book.worksheets
    heads = [cell.value for cell in sheet[1]]
    row = ["Айзада"] + [None] * (len(heads) - 1)
    for choice in sheet.data_validations.dataValidation:
        listed = choice.formula1.partition("!")[2]
        row[next(iter(choice.sqref.ranges)).min_col - 1] = words[listed.replace("$", "")][0][0].value
    sheet.append(row)
    filled = io.BytesIO()
    book.save(filled)
    sent = SimpleUploadedFile("list.xlsx", filled.getvalue())
    preview = client.post(reverse("cohorts:roster_import", args=[scene.cohort.pk]), {"file": sent})
    read = preview.context["preview"].rows[0]
    assert (read.display_name, read.language, read.facts.region) == ("Айзада", "ky", scene.region)
    assert (read.facts.sex, read.facts.age_band) == ("female", "u18")


def test_import_names_the_row_and_changes_nothing(scene):
    _client, _url, preview = upload(scene, "Name;Region code\nБермет;\nЖылдыз;41799000000000\n")
    page = preview.content.decode()
    assert preview.status_code == 422
    assert "row 3: unknown region code 41799000000000" in page
    assert 'name="table"' not in page
    assert scene.cohort.enrolments.count() == 1


def test_import_asks_about_equal_names_and_waits_for_the_answer(scene):
    client, url, preview = upload(scene, "Name;Sex\nАйгүл Өмүрова;ж\n")
    sent = {"table": hidden(preview, "table")}
    unanswered = client.post(url, sent)
    assert unanswered.status_code == 422
    assert "Nothing was imported" in unanswered.content.decode()
    client.post(url, {**sent, "row-2": str(scene.participant.pk)})
    assert scene.cohort.enrolments.get().sex == "female"


def test_a_list_sent_again_says_in_one_line_who_is_there_already(scene):
    client, url, preview = upload(scene, "Name\nАйгүл Өмүрова\nБермет\n")
    page = preview.text
    assert "<summary>1 person is in the cohort already, unchanged</summary>" in page
    assert ("Is it the person that we know?" in page, page.count('<tr><th scope="row">')) == (False, 1)
    assert 'type="checkbox" name="row-2" value="new"' in page
    assert "Nothing happens to these rows." in page
    client.post(url, {"table": hidden(preview, "table")})
    names = scene.cohort.enrolments.values_list("person__display_name", flat=True)
    assert sorted(names) == ["Айгүл Өмүрова", "Бермет"]


def test_whoever_only_has_the_name_of_somebody_there_is_added_with_a_tick(scene):
    client, url, preview = upload(scene, "Name\nАйгүл Өмүрова\n")
    client.post(url, {"table": hidden(preview, "table"), "row-2": "new"})
    assert [row.person.display_name for row in scene.cohort.enrolments.all()] == ["Айгүл Өмүрова"] * 2


def test_preview_belongs_to_one_person_and_one_cohort(scene):
    _client, _url, preview = upload(scene, "Name\nБермет\n")
    sent = {"table": hidden(preview, "table")}
    own = reverse("cohorts:roster_import", args=[scene.cohort.pk])
    elsewhere = scene.other_lead.cohort_parts.get().cohort
    other = reverse("cohorts:roster_import", args=[elsewhere.pk])
    for person, url, token in (
        (scene.coordinator, own, sent["table"]),
        (scene.other_lead, other, sent["table"]),
        (scene.lead, own, sent["table"][:-5]),
        (scene.lead, own, "ү"),
    ):
        assert browser(person).post(url, {"table": token})["Location"] == url
    assert (scene.cohort.enrolments.count(), elsewhere.enrolments.count()) == (1, 0)


def test_held_table_says_nothing_to_who_reads_the_page(scene):
    _client, _url, preview = upload(scene, "Name\nБермет\n")
    assert "Бермет" not in hidden(preview, "table")


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0 old", b"PK\x03\x04 broken"])
def test_import_refuses_files_that_are_no_table(scene, data):
    url = reverse("cohorts:roster_import", args=[scene.cohort.pk])
    response = browser(scene.lead).post(url, {"file": SimpleUploadedFile("list.xlsx", data)})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()


@pytest.mark.parametrize(
    ("language", "head"), [("en", "Display name"), ("ru", "Имя на занятиях"), ("ky", "Сабактагы аты")]
)
def test_template_is_a_table_in_the_readers_language(scene, language, head):
    with translation.override(language):
        url = reverse("cohorts:roster_template", args=[scene.cohort.pk])
    response = browser(scene.lead).get(url)
    assert load_workbook(io.BytesIO(response.content)).active["A1"].value == head
    assert response["Content-Disposition"].startswith("attachment")


def text_of(pdf: bytes) -> str:
    """What a reader sees, as text."""
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def _signs_in(code: str, pin: str, at) -> bool:
    try:
        sign_in_with_card(code=code, pin=pin, at=at)
    except Exception:
        return False
    return True


def test_one_person_can_be_admitted_withdrawn_and_given_a_new_card(scene):
    waiting = make_enrolment(scene.cohort, state="waiting")
    client = browser(scene.lead)
    client.post(reverse("cohorts:admit", args=[waiting.pk]))
    waiting.refresh_from_db()
    assert waiting.state == "enrolled"
    printed = client.post(reverse("cohorts:replace_card", args=[waiting.pk]))
    assert client.get(printed["Location"]).content.decode().count(" checked") == 1
    card = Card.objects.get(person=waiting.person, replaced_at=None)
    Card.objects.filter(pk=card.pk).update(failed_tries=5, locked_at=card.created_at)
    person = reverse("cohorts:person", args=[waiting.pk])
    assert "Unlock the card" in client.get(person).content.decode()
    client.post(reverse("cohorts:unlock_card", args=[waiting.pk]))
    assert "Unlock the card" not in client.get(person).content.decode()
    refused = client.post(reverse("cohorts:withdraw", args=[waiting.pk]))
    assert (refused.status_code, 'aria-invalid="true"' in refused.content.decode()) == (422, True)
    for _press in range(2):
        sent = client.post(reverse("cohorts:withdraw", args=[waiting.pk]), {"reason": "cannot_come"})
        assert sent["Location"] == reverse("cohorts:roster", args=[scene.cohort.pk])
    waiting.refresh_from_db()
    assert (waiting.state, waiting.withdrawn_reason) == ("withdrawn", "cannot_come")


def test_who_left_comes_back_from_her_page_with_what_she_said_of_herself(scene):
    left = make_enrolment(scene.cohort, state="withdrawn")
    type(left).objects.filter(pk=left.pk).update(sex="female", withdrawn_reason="cannot_come")
    again, person = (reverse(f"cohorts:{name}", args=[left.pk]) for name in ("enrol_again", "person"))
    client = browser(scene.lead)
    page = client.get(person).content.decode()
    assert ("cannot come any more" in page, again in page) == (True, True)
    client.post(again)
    left.refresh_from_db()
    assert (left.state, left.sex, left.withdrawn_reason) == ("enrolled", "female", "")


@pytest.mark.parametrize("why", ["own_wish", "card_from_elsewhere"])
def test_nobody_is_brought_back_without_her_yes(scene, at, why):
    guest = make_person("Жылдыз Үсөнова")
    if why == "card_from_elsewhere":
        make_enrolment(make_cohort(), guest)
    left = make_enrolment(scene.cohort, guest)
    reason = "own_wish" if why == "own_wish" else "mistake"
    actions.withdraw_enrolment(enrolment=left, reason=reason, by=scene.lead, at=at)
    again, person = (reverse(f"cohorts:{name}", args=[left.pk]) for name in ("enrol_again", "person"))
    for user in (scene.lead, scene.coordinator):
        client = browser(user)
        page = client.get(person).content.decode()
        assert (again in page, "comes back by her own yes alone" in page) == (False, True)
        assert "comes back by her own yes alone" in client.post(again, follow=True).content.decode()
    left.refresh_from_db()
    assert left.state == EnrolmentState.WITHDRAWN
    browser(guest).post(reverse("join:join", args=[scene.cohort.join_token]))
    left.refresh_from_db()
    assert left.state == EnrolmentState.ENROLLED


def test_a_list_brings_nobody_back_who_did_not_want_to_go_on(scene, at):
    left = scene.cohort.enrolments.get()
    actions.withdraw_enrolment(enrolment=left, reason="own_wish", by=scene.lead, at=at)
    code = Card.objects.get(person=scene.participant).code
    _client, _url, preview = upload(scene, f"Name;Card code\nАйгүл;{code}\n")
    assert f"unknown card code {code}" in preview.text
    assert 'name="table"' not in preview.text
    left.refresh_from_db()
    assert left.state == EnrolmentState.WITHDRAWN


def test_legal_name_is_written_by_the_trainer_and_opened_by_the_coordinator_only(scene):
    enrolment = scene.cohort.enrolments.get()
    write = reverse("cohorts:legal_name", args=[enrolment.pk])
    open_ = reverse("cohorts:open_legal_name", args=[enrolment.pk])
    trainer, coordinator = browser(scene.lead), browser(scene.coordinator)
    assert trainer.post(write, {"legal_name": ""}).status_code == 422
    trainer.post(write, {"legal_name": "Өмүрова Айгүл Асановна"})
    page = reverse("cohorts:person", args=[enrolment.pk])
    assert "Асановна" not in trainer.get(page).content.decode()
    assert trainer.post(open_).status_code == 403
    assert not AuditEntry.objects.filter(verb="reveal_legal_name").exists()
    assert "Асановна" in coordinator.post(open_).content.decode()
    assert AuditEntry.objects.get(verb="reveal_legal_name").actor_id == scene.coordinator.pk
    assert "Асановна" not in coordinator.get(page).content.decode()
    assert coordinator.get(open_).status_code == 405


def test_name_that_was_given_is_replaced_by_the_coordinator_only(scene, at):
    enrolment = scene.cohort.enrolments.get()
    set_legal_name(person=scene.participant, name="Өмүрова Айгүл", by=scene.participant, at=at)
    write, page = (reverse(f"cohorts:{name}", args=[enrolment.pk]) for name in ("legal_name", "person"))
    assert browser(scene.lead).post(write, {"legal_name": "Somebody Else"}).status_code == 403
    assert write + '"' not in browser(scene.lead).get(page).content.decode()
    assert browser(scene.coordinator).post(write, {"legal_name": "Өмүрова Айгүл Асановна"}).status_code == 302
    opened = browser(scene.coordinator).post(reverse("cohorts:open_legal_name", args=[enrolment.pk]))
    assert "Өмүрова Айгүл Асановна" in opened.content.decode()


def _is_replaced_by(user, enrolment) -> bool:
    """Does her POST make a new card?"""
    before = Card.objects.get(person=enrolment.person, replaced_at=None).pk
    browser(user).post(reverse("cohorts:replace_card", args=[enrolment.pk]))
    return Card.objects.get(person=enrolment.person, replaced_at=None).pk != before


@pytest.mark.parametrize(("state", "offered"), [(CohortState.OPEN, True), (CohortState.CLOSED, False)])
def test_a_closed_cohort_invites_nobody(client, regions, state, offered):
    cohort = make_cohort(region=regions["KG-B"], state=state)
    client.force_login(cohort.trainers.get().person)
    html = client.get(reverse("cohorts:roster", args=[cohort.pk])).text
    for name in ("cohorts:roster_import", "cohorts:poster"):
        assert (reverse(name, args=[cohort.pk]) in html) is offered


def test_a_name_given_to_another_organisation_is_not_read_or_written_over(scene, at):
    enrolment = scene.cohort.enrolments.get()
    set_legal_name(person=enrolment.person, name="Абдраимов Нурлан", by=enrolment.person, at=at)
    write = reverse("cohorts:legal_name", args=[enrolment.pk])
    open_ = reverse("cohorts:open_legal_name", args=[enrolment.pk])
    coordinator = browser(scene.coordinator)
    assert "Нурлан" in coordinator.post(open_).content.decode()
    elsewhere = make_enrolment(make_cohort(organisation=make_organisation("partners")), enrolment.person)
    assert coordinator.post(open_).status_code == 403
    assert coordinator.post(write, {"legal_name": "Overwritten By Them"}).status_code == 403
    assert own_legal_name(enrolment.person) == "Абдраимов Нурлан"
    elsewhere.state = EnrolmentState.WITHDRAWN
    elsewhere.save()
    assert coordinator.post(open_).status_code == 403  # she left them; her name did not become ours by it
    assert coordinator.post(write, {"legal_name": "Overwritten By Them"}).status_code == 403
    elsewhere.delete()
    assert coordinator.post(open_).status_code == 200
    enrolment.state = EnrolmentState.WAITING
    enrolment.save()
    assert coordinator.post(open_).status_code == 403


def test_walk_in_waits_where_no_place_is_left(scene):
    scene.cohort.capacity = scene.cohort.enrolments.count()
    scene.cohort.save()
    client, url = browser(scene.lead), reverse("cohorts:walk_in", args=[scene.cohort.pk])
    sent = {"sheet": hidden(client.get(url), "sheet"), "display_name": "Гүлзат", "language": "ky", "channel": "paper"}
    made = client.post(url, sent)
    enrolment = scene.cohort.enrolments.get(person__display_name="Гүлзат")
    assert (enrolment.state, made.url) == ("waiting", reverse("cohorts:person", args=[enrolment.pk]))


def test_a_no_to_the_learning_record_is_seen_where_people_are_seen_to(scene, at):
    her, said = scene.participant, "took back her consent to a learning record"
    address = reverse("cohorts:person", args=[scene.cohort.enrolments.get(person=her).pk])
    answer = {"person": her, "purpose": "learning_record", "language": "ky", "by": her}
    for given, seen in ((True, False), (False, True)):
        record_consent(**answer, given=given, at=at + timedelta(hours=not given))
        assert (said in browser(scene.coordinator).get(address).text) == seen
