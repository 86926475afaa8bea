"""What she reads of her test once it is over for everybody."""

import pytest

from lms.assessments import actions
from tests.factories.assessments import address_of, make_attempt, make_paper, right_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(enrolment):
    return make_paper(enrolment.cohort)


def test_review_waits_until_the_post_test_has_closed(her, enrolment, paper, at):
    trainer = enrolment.cohort.trainers.get(part="lead").person
    make_attempt(enrolment, paper, right_answers(paper), handed_in=True)
    post = make_paper(enrolment.cohort, "post")
    for shown in (address_of(paper), address_of(post)):
        page = her.get(shown).content.decode()
        assert ("Explanation of" in page, "3 of 3" in page) == (False, False)
    make_attempt(enrolment, post, right_answers(post), handed_in=True)
    actions.close_paper(paper=post, by=trainer, at=at)
    page = her.get(address_of(paper, language="en")).content.decode()
    assert page.count("Explanation of") == 3
    assert "3 of 3 points" in page
    assert page.count('Source: <span lang="en">UDHR en</span>') == 3
    onward = f'class="button" href="{enrolment.cohort.get_absolute_url()}"'
    assert page.rindex(onward) > page.rindex("UDHR en"), "after the last answer there is no way on"


def test_review_shows_right_wrong_and_missed(her, enrolment, at):
    post = make_paper(enrolment.cohort, "post")
    first, _second, _third, fourth, *_more = post.content["items"]
    wrong = next(choice["key"] for choice in first["choices"] if choice["key"] not in first["answer"])
    make_attempt(enrolment, post, right_answers(post) | {first["key"]: [wrong], fourth["key"]: []}, handed_in=True)
    actions.close_paper(paper=post, by=enrolment.cohort.trainers.get(part="lead").person, at=at)
    items = (page := her.get(address_of(post, language="en"))).context["items"]
    assert sorted(choice.mark for choice in items[0].choices) == ["", "", "missed", "wrong"]
    assert ([item.points for item in items], {one.mark for one in items[4].choices}) == ([0, 1, 1, 0, 1], {"right"})
    assert "No answer</span>" in page.text.partition('id="q4"')[2].partition('id="q5"')[0]


@pytest.fixture
def closed(her, enrolment, at):
    """A post-test that she has handed in and that is over."""
    post = make_paper(enrolment.cohort, "post")
    make_attempt(enrolment, post, right_answers(post), handed_in=True)
    return actions.close_paper(paper=post, by=enrolment.cohort.trainers.get(part="lead").person, at=at)


def write_source(paper, source):
    """Into its first question."""
    paper.content["items"][0]["source"] = source
    type(paper).objects.filter(pk=paper.pk).update(content=paper.content)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("ky", "<span>1–30-беренелер</span>"),
        ("ru", "<span>ст. 1–30</span>"),
        ("en", '<span lang="en">Art. 1–30</span>'),
    ],
)
def test_review_names_the_source_in_the_language_of_the_page(her, closed, language, shown):
    write_source(closed, {"ky": "1–30-беренелер", "ru": "ст. 1–30", "en": "Art. 1–30"})
    assert shown in her.get(address_of(closed, language=language)).content.decode()


def test_review_of_a_paper_from_before_sources_had_languages_shows_its_one_source(her, closed):
    write_source(closed, "UN document CCPR/C/KGZ/CO/2")
    page = her.get(address_of(closed)).content.decode()
    assert '<span lang="en">UN document CCPR/C/KGZ/CO/2</span>' in page
    assert "UDHR ky" in page
