"""A participant's test on the site: with and without JavaScript, and what never reaches her browser."""

import json
import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from lms.assessments import actions
from lms.assessments.models import Answer, Attempt, AttemptState
from lms.assessments.queries import current_responses, item_shapes
from lms.assessments.rendering import letters_said, tag_of
from lms.cohorts.actions import enrol_person, withdraw_enrolment
from tests.factories.assessments import address_of, make_attempt, make_paper, right_answers
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(enrolment):
    return make_paper(enrolment.cohort)


@pytest.fixture
def attempt(enrolment, paper):
    return make_attempt(enrolment, paper, at=timezone.now())


def said(attempt, answers):
    """Answers in choice keys as the page's letters."""
    shapes = item_shapes(attempt.paper_id)
    return {key: letters_said(attempt.pk, key, shapes[key], response) for key, response in answers.items()}


def fields(attempt, answers, revision=0, **more):
    """What the form posts for these answers; every question of the paper stands in it."""
    data = {f"rev-{key}": revision for key in item_shapes(attempt.paper_id)} | {"attempt": tag_of(attempt.pk)} | more
    for key, letters in said(attempt, answers).items():
        if isinstance(letters, dict):
            data |= {f"a-{key}-{letter}": value for letter, value in letters.items()}
        else:
            data[f"a-{key}"] = letters
    return data


def save(client, attempt, item="M1-Q01", revision=1, response=None, tag=None, **more):
    body = {"attempt": tag or tag_of(attempt.pk), "item": item, "revision": revision, "response": response, **more}
    return client.post(address_of(attempt.paper, "save"), json.dumps(body), content_type="application/json")


# ── Starting ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_start_is_a_post_and_twice_is_one_attempt(her, paper):
    assert her.get(address_of(paper, "start")).status_code == 302
    assert not Attempt.objects.exists()
    for _twice in range(2):
        assert her.post(address_of(paper, "start")).headers["Location"] == address_of(paper)
    assert Attempt.objects.get().language == "ky"


def test_start_page_of_a_test_that_is_not_open_offers_no_button(her, enrolment):
    paper = make_paper(enrolment.cohort, is_open=False)
    assert b'<form method="post" action="/ky/tests' not in her.get(address_of(paper)).content
    her.post(address_of(paper, "start"))
    assert not Attempt.objects.exists()


def test_address_is_hers_alone(client, paper, enrolment):
    cohort = enrolment.cohort
    elsewhere = make_enrolment(make_cohort()).person
    waiting = make_enrolment(cohort, state="waiting").person
    withdrawn = make_enrolment(cohort, state="withdrawn").person
    trainer = cohort.trainers.get(part="lead").person
    coordinator = make_staff()
    make_role(coordinator, "coordinator", make_cohort().organisation)
    for person in (elsewhere, waiting, withdrawn, trainer, coordinator):
        client.force_login(person)
        for name in ("paper", "start"):
            assert client.get(address_of(paper, name)).status_code == 404
            assert client.post(address_of(paper, name)).status_code == 404
        assert client.post(address_of(paper, "save"), "{}", content_type="application/json").status_code == 404
    assert not Attempt.objects.exists()


def test_colleague_sees_her_own_attempt_and_not_another(client, attempt, enrolment, paper):
    save_right = right_answers(paper)["M1-Q01"]
    actions.save_answer(
        attempt=attempt, item_key="M1-Q01", revision=1, response=save_right, by=enrolment.person, at=timezone.now()
    )
    client.force_login(make_enrolment(enrolment.cohort).person)
    assert b"data-item" not in client.get(address_of(paper)).content
    assert save(client, attempt).status_code == 404


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_page_holds_no_right_answer_and_no_key(her, enrolment, at):
    paper = make_paper(enrolment.cohort, "post")
    attempt = make_attempt(enrolment, paper, at=timezone.now())
    pages = [her.get(address_of(paper)), her.post(address_of(paper), fields(attempt, {}, then="hand_in"))]
    pages += [save(her, attempt, response=["a"]), save(her, attempt, response=["b"]), save(her, attempt, item="no")]
    her.post(address_of(paper), fields(attempt, {}, revision=1, then="hand_in_unfinished"))
    pages.append(her.get(address_of(paper)))
    assert [page.status_code for page in pages] == [200, 422, 200, 200, 409, 200]
    secrets = ["Explanation of", "UDHR", "answer&quot;", str(attempt.pk), attempt.pk.hex]
    for item in paper.content["items"]:
        secrets += [choice["key"] for choice in item["choices"]]
        secrets += [choice["match_key"] for choice in item["choices"] if "match_key" in choice]
    for page in pages:
        assert [secret for secret in secrets if secret in page.content.decode()] == []


def test_letters_differ_between_people_and_stay_for_one(enrolment, paper):
    attempts = [make_attempt(make_enrolment(enrolment.cohort), paper) for _person in range(12)]
    answers = {json.dumps(said(attempt, right_answers(paper))) for attempt in attempts}
    assert len(answers) > 1
    assert said(attempts[0], right_answers(paper)) == said(Attempt.objects.get(pk=attempts[0].pk), right_answers(paper))


def test_true_and_false_are_not_shuffled(enrolment):
    paper = make_paper(enrolment.cohort, "post")
    [item] = [item for item in paper.content["items"] if item["kind"] == "true_false"]
    keys = [choice["key"] for choice in item["choices"]]
    for _person in range(6):
        attempt = make_attempt(make_enrolment(enrolment.cohort), paper)
        assert said(attempt, {item["key"]: keys}) == {item["key"]: ["a", "b"]}


def test_page_speaks_the_language_of_its_address_of(her, attempt, paper):
    assert "Question M1-Q01 ky" in her.get(address_of(paper)).content.decode()
    assert "Question M1-Q01 ru" in her.get(address_of(paper, language="ru")).content.decode()


def test_page_notes_that_native_review_is_awaited(her, attempt, paper):
    page = her.get(address_of(paper, language="en")).content.decode()
    assert page.count("A native speaker has not yet reviewed this text.") == 1


def test_page_has_the_same_queries_for_one_and_many(her, attempt, paper, django_assert_num_queries):
    her.get(address_of(paper))
    with django_assert_num_queries(6):
        her.get(address_of(paper))
    for _person in range(5):
        make_attempt(make_enrolment(paper.cohort), paper, right_answers(paper))
    with django_assert_num_queries(6):
        her.get(address_of(paper))


# ── Without JavaScript ───────────────────────────────────────────────────────────────────────────────────────────


def test_form_saves_all_kinds_and_hands_in(her, enrolment):
    paper = make_paper(enrolment.cohort, "post")
    attempt = make_attempt(enrolment, paper, at=timezone.now())
    answer = her.post(address_of(paper), fields(attempt, right_answers(paper), then="hand_in"))
    assert answer.headers["Location"] == address_of(paper)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == (AttemptState.SUBMITTED, 5)


def test_form_sent_twice_ends_at_the_same_result(her, attempt, paper):
    form = fields(attempt, right_answers(paper), then="hand_in")
    first, second = (her.post(address_of(paper), form) for _twice in range(2))
    assert first.headers["Location"] == second.headers["Location"] == address_of(paper)
    assert Answer.objects.count() == 3
    assert Attempt.objects.get().points == 3


def test_form_saves_for_later_and_shows_it_on_another_device(her, attempt, paper, client):
    answers = right_answers(paper)
    answer = her.post(address_of(paper), fields(attempt, answers, then="later"))
    assert answer.headers["Location"] == f"/ky/desk/cohorts/{paper.cohort_id}/"
    assert current_responses(attempt).keys() == answers.keys()
    page = her.get(address_of(paper)).content.decode()
    letter = said(attempt, answers)["M1-Q01"][0]
    assert re.search(rf'name="a-M1-Q01" value="{letter}" checked', page)
    assert page.count(" checked") == 4  # one answer, two answers, one of true and false


def test_form_keeps_answers_when_the_language_changes(her, attempt, paper):
    answer = her.post(address_of(paper), fields(attempt, right_answers(paper), then="ru"))
    assert answer.headers["Location"] == address_of(paper, language="ru")
    assert len(current_responses(attempt)) == 3


def test_form_with_gaps_asks_until_she_says_all_the_same_and_keeps_everything(her, attempt, paper):
    first = {"M1-Q01": right_answers(paper)["M1-Q01"]}
    page = her.post(address_of(paper), fields(attempt, first, then="hand_in"))
    assert (page.status_code, page.context["missing"]) == (422, [2, 3])
    assert current_responses(attempt) == first
    again = her.post(address_of(paper), fields(attempt, first, revision=1, then="hand_in"))
    assert (again.status_code, again.context["missing"]) == (422, [2, 3])
    her.post(address_of(paper), fields(attempt, first, revision=1, then="hand_in_unfinished"))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == (AttemptState.SUBMITTED, 1)


def test_form_with_two_lines_in_one_place_is_asked_again(her, enrolment):
    paper = make_paper(enrolment.cohort, "post")
    attempt = make_attempt(enrolment, paper, at=timezone.now())
    answers = right_answers(paper)
    [ordering] = [item["key"] for item in paper.content["items"] if item["kind"] == "ordering"]
    answers[ordering] = dict.fromkeys(answers[ordering], 1)
    page = her.post(address_of(paper), fields(attempt, answers, then="hand_in"))
    assert (page.status_code, len(page.context["missing"])) == (422, 1)
    assert page.content.decode().count("<option selected>1</option>") == 3


def test_mangled_form_changes_nothing_and_says_so(her, attempt, paper):
    form = fields(attempt, right_answers(paper), then="hand_in")
    for wrong in ({"a-M1-Q01": "z"}, {"rev-M1-Q01": "x"}, {"a-M1-Q01": ["a", "b"]}):
        assert her.post(address_of(paper), form | wrong).status_code == 422
    assert not Answer.objects.exists()


def test_form_after_the_time_hands_in_what_was_saved(her, attempt, paper):
    save(her, attempt, response=said(attempt, right_answers(paper))["M1-Q01"])
    Attempt.objects.update(deadline=timezone.now() - timedelta(minutes=2))
    assert b"data-item" not in her.get(address_of(paper)).content
    her.post(address_of(paper), fields(attempt, right_answers(paper), revision=1, then="hand_in"))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == (AttemptState.SUBMITTED, 1)


# ── Each answer as it is given ───────────────────────────────────────────────────────────────────────────────────


def test_save_gives_a_receipt_and_again_the_same(her, attempt, paper):
    letters = said(attempt, right_answers(paper))["M1-Q01"]
    receipts = [save(her, attempt, response=letters).json() for _twice in range(2)]
    assert receipts == [{"item": "M1-Q01", "revision": 1, "saved": True}] * 2
    assert Answer.objects.count() == 1


def test_save_of_an_older_answer_tells_the_newest(her, attempt):
    save(her, attempt, revision=2, response=["b"])
    receipt = save(her, attempt, revision=1, response=["a"]).json()
    del receipt["message"]
    assert receipt == {"item": "M1-Q01", "revision": 2, "saved": False, "response": ["b"]}


def test_answers_of_the_one_before_her_on_the_phone_are_not_hers(her, attempt, paper):
    before = make_attempt(make_enrolment(paper.cohort), paper, at=timezone.now())
    letters = said(before, right_answers(paper))
    assert save(her, attempt, response=letters["M1-Q01"], tag=tag_of(before.pk)).json()["code"] == (
        "answer_of_another_person"
    )
    page = her.post(address_of(paper, language="en"), fields(before, right_answers(paper), revision=1, then="hand_in"))
    assert "another person" in page.text
    attempt.refresh_from_db()
    assert (attempt.state, Answer.objects.count()) == (AttemptState.OPEN, 0)


def test_whoever_has_not_begun_reads_whose_answers_were_sent(her, paper):
    before = make_attempt(make_enrolment(paper.cohort), paper, at=timezone.now())
    sent = fields(before, right_answers(paper), revision=1, then="hand_in")
    page = her.post(address_of(paper, language="en"), sent)
    assert page.status_code == 422
    assert "another person" in page.text
    assert "another person" not in her.get(address_of(paper, language="en")).text
    assert Attempt.objects.get() == before


def test_whoever_has_not_begun_reads_of_each_answer_whose_it_is(her, enrolment, paper, client):
    before = make_attempt(make_enrolment(paper.cohort), paper, at=timezone.now())
    answer = save(her, before, response=["a"], owner=tag_of(before.enrolment.person_id))
    assert (answer.status_code, answer.json()["code"]) == (404, "answer_of_another_person")
    client.force_login(make_staff())
    stranger = save(client, before, response=["a"])
    assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")


def test_whoever_is_taken_from_the_list_while_she_writes_goes_on_when_she_is_back(her, attempt, enrolment):
    person, cohort, now = enrolment.person, enrolment.cohort, timezone.now()
    lead = cohort.trainers.get(part="lead").person
    withdraw_enrolment(enrolment=enrolment, reason="mistake", by=lead, at=now)
    refused = save(her, attempt, response=["a"])
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert "түзмөктө сакталып турат" in refused.json()["message"]
    enrol_person(cohort=cohort, person=person, by=lead, at=now)
    assert save(her, attempt, response=["a"]).json()["saved"]


@pytest.mark.parametrize("begins", [False, True])
def test_the_page_of_an_attempt_that_was_given_anew_is_not_called_another_persons(her, enrolment, begins):
    paper, now = make_paper(enrolment.cohort, "post"), timezone.now()
    page = BeautifulSoup(her.post(address_of(paper, "start"), follow=True).content, "html.parser")
    was, lead = Attempt.objects.get(), paper.cohort.trainers.get(part="lead").person
    owner = page.find("input", {"name": "owner"})["value"]
    assert owner == page.find("form", {"data-quiz": True})["data-owner"] == tag_of(enrolment.person_id)
    sent = fields(was, right_answers(paper), revision=1, owner=owner, then="hand_in")
    paper = actions.close_paper(paper=paper, by=lead, at=now, anyway=True)
    given = {"until": now + timedelta(days=1), "reason": "phone", "by": lead, "at": now}
    actions.allow_later(paper=paper, enrolment=enrolment, **given)
    if begins:
        make_attempt(enrolment, paper, at=timezone.now())
    answer = her.post(address_of(paper, language="en"), sent)
    assert (answer.status_code, "given you the test anew" in answer.text) == (422, True)
    assert "another person" not in answer.text
    assert save(her, was, response=["a"], owner=owner).json()["code"] == "begun_anew"
    assert not Answer.objects.exists()


def test_save_is_refused_with_a_code(her, attempt, paper):
    trainer = paper.cohort.trainers.get(part="lead").person
    assert save(her, attempt, item="M9-Q01").json()["code"] == "answer_not_of_this_paper"
    actions.close_paper(paper=paper, by=trainer, at=timezone.now(), anyway=True)
    # The second time the test has been handed in, by nobody's hand: she is told what ended it.
    for _again in range(2):
        assert save(her, attempt, response=["a"]).json()["code"] == "paper_closed"


def test_save_that_says_what_was_saved_is_handed_in_hands_it_in(her, attempt, paper):
    save(her, attempt, response=said(attempt, right_answers(paper))["M1-Q01"])
    Attempt.objects.update(deadline=timezone.now() - timedelta(minutes=2))
    assert "within a minute" in her.get(address_of(paper, language="en")).content.decode()
    assert save(her, attempt, item="M1-Q02", response=[]).json()["code"] == "time_over"
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == (AttemptState.SUBMITTED, 1)
    assert "within a minute" not in her.get(address_of(paper, language="en")).content.decode()


def test_save_answers_a_mangled_body_with_a_refusal(her, attempt, paper):
    bodies = ["", "[]", "null", "{", '{"attempt": 1}', "[" * 4000, "x" * 5000]
    answers = [her.post(address_of(paper, "save"), body, content_type="application/json") for body in bodies]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(409, "answer_not_of_this_paper")] * 7


def test_save_refuses_wrong_values(her, attempt):
    wrong = [(0, []), (-1, []), (2**31, []), (True, []), ("1", [])]
    wrong += [(1, "a"), (1, 5), (1, {"a": 1}), (1, [["a"]]), (1, None)]
    answers = [save(her, attempt, revision=revision, response=response) for revision, response in wrong]
    assert [one.status_code for one in answers] == [409] * 10
    assert not Answer.objects.exists()


def test_save_takes_few_queries(her, attempt, django_assert_num_queries):
    save(her, attempt, response=["a"])
    # Two of the queries are the savepoint that stands for the transaction in a test.
    with django_assert_num_queries(7):
        save(her, attempt, item="M1-Q02", response=[])


# ── Signing in again ─────────────────────────────────────────────────────────────────────────────────────────────


def test_signed_out_save_says_how_to_come_back(client, attempt, paper):
    answer = save(client, attempt, response=["a"])
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert answer.json()["url"] == f"{reverse('card:signin')}?next=%2Fky%2Ftests%2F{paper.pk}%2F"


def test_signed_out_form_is_kept_over_the_sign_in(client, attempt, paper, enrolment):
    answers = {"M1-Q01": right_answers(paper)["M1-Q01"]}
    answer = client.post(address_of(paper), fields(attempt, answers, then="hand_in", password="x"))
    assert answer.headers["Location"].startswith(reverse("card:signin"))
    client.force_login(enrolment.person)
    page = client.get(address_of(paper))
    assert page.context["is_kept"]
    assert not Answer.objects.exists()
    letter = said(attempt, answers)["M1-Q01"][0]
    assert f'value="{letter}" checked' in page.content.decode()
    client.post(address_of(paper), fields(attempt, answers, then="later"))
    assert current_responses(attempt) == answers
    assert not client.get(address_of(paper)).context["is_kept"]


def test_signed_out_form_of_one_is_not_filled_in_for_another(client, attempt, paper, enrolment):
    client.post(address_of(paper), fields(attempt, right_answers(paper), then="later"))
    other = make_enrolment(enrolment.cohort)
    make_attempt(other, paper, at=timezone.now())
    client.force_login(other.person)
    page = client.get(address_of(paper))
    assert not page.context["is_kept"]
    assert " checked" not in page.content.decode()
