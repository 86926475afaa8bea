"""Characters that nobody sees: in no name, title or place, by whichever way it came."""

import unicodedata

import pytest

from lms.certificates.forms import StateForm
from lms.cohorts.actions import enrol_walk_in, join_as_new_person
from lms.cohorts.forms import CorrectForm, JoinForm, WalkInForm
from lms.cohorts.forms.fields import place_field, title_fields
from lms.common.names import clean_name
from lms.people import actions
from lms.people.forms import CertificateNameForm, DisplayNameForm, FoundingForm, InviteForm, OrganisationForm
from lms.people.models import AuditEntry, Organisation, User
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT, make_person, make_staff

NAME = "Айгүл Токтосунова"
# What was typed, and what it means.
HOSTILE = {
    "Айгүл\u202eавонусотк\u202c": "Айгүлавонусотк",  # turned round
    "\u2066Айгүл\u2069": "Айгүл",
    "Ай\u200bгүл": "Айгүл",  # no width
    "Ай\u2060г\u00adүл\ufeff": "Айгүл",
    "Айгүл\u200d\u200c": "Айгүл",  # joiners where nothing joins
    "Айгүл\x00\x1b[31m": "Айгүл[31m",
    "Айгүл\x85\x9b": "Айгүл",
    "Айгүл\r\nBcc: x": "Айгүл Bcc: x",
    "Айгүл\u2028Токтосунова\u2029": NAME,
    "  Айгүл \t Токтосунова ": NAME,
    "Айгүл\U000e0041\U000e0042": "Айгүл",  # tags
    "Айгүл\ue000": "Айгүл",
    "\u3164": "",
    "\u2800\u200b": "",
    "Айгу\u0308л": "Айгӱл",  # one letter, however it was typed
}
# Letters that need what looks superfluous elsewhere.
KEPT = ["Айгүл", "Өмүрбек уулу Ёркин", "Нұрғиса", "Zoë O’Brien-Šimić", "می‌خواهم", "Ng̃ũgĩ", "😀"]


@pytest.mark.parametrize(("typed", "meant"), HOSTILE.items(), ids=ascii)
def test_what_nobody_sees_is_not_kept(typed, meant):
    assert clean_name(typed) == meant


@pytest.mark.parametrize("name", KEPT)
def test_letters_keep_what_they_need(name):
    assert clean_name(name) == unicodedata.normalize("NFC", name)
    assert clean_name(clean_name(name)) == clean_name(name)


def test_every_form_for_a_name_cleans_it():
    forms = (CertificateNameForm, DisplayNameForm, FoundingForm, InviteForm, OrganisationForm, StateForm)
    named = {
        (form.__name__, name): field
        for form in forms
        for name, field in form.base_fields.items()
        if name.startswith(("name_", "display_name", "signatory", "own_")) or name == "name"
    }
    fields = [
        *(field for key, field in named.items() if key[1] != "name_form"),
        place_field(),
        *title_fields().values(),
    ]
    assert len(fields) > 15
    assert {type(field) for field in fields if field.clean("А\u202eй\u200b нур") != "Ай нур"} == set()


def test_a_name_of_nothing_visible_is_no_name():
    assert "display_name" in DisplayNameForm({"display_name": "\u200b\u3164"}).errors


@pytest.mark.django_db
def test_actions_clean_names_too():
    typed, meant = "Айгүл\u202e\u200b", "Айгүл"
    person = make_person(typed)
    assert person.display_name == make_staff("colleague", typed).display_name == meant
    changed = actions.change_display_name(person=person, display_name=f"{typed} 2", by=person, at=AT)
    assert changed.display_name == f"{meant} 2"
    actions.set_legal_name(person=person, name=typed, by=person, at=AT)
    assert actions.reveal_legal_name(person=person, by=person, at=AT, why="test") == meant


# A number to call, addresses, formulas and markup, by whichever way they come.
NO_NAMES = [
    *("Айгүл 0555 12 34 56", "①②③④⑤", "aigul@example.org", "x＠y.kg", "=1+1", "＝1+1", "+996", "＋1", "﹣1"),
    *("www.evil.kg", "instagram.com", "Instagram.com", "ЯНДЕКС.РФ", "evil。kg", "t.me", "T.me", "t.me/abc"),
    *("wa.me／996", "http:／／x", "<b>Айгүл</b>", "＜b＞", "Айгүл [31m", "", " \u200b "),
]
# What looks like an address or a formula by chance.
NAMES = [
    *("А.Б. Иванова", "А.Б.Иванова", "Иванова А.Б.", "Ч.Айтматов", "ч.айтматов", "Ч. Айтматов", "A.Asanova", "Zh. Li"),
    *("Айгүл Т.", "Айгүл…", "Dr. Asanova", "Мл. сержант", "Анна-Мария", "O’Brien", "Айгүл 2", "Группа 1.25", "№ 7"),
]


@pytest.mark.parametrize("name", [*NAMES, *KEPT])
def test_names_are_kept_as_they_are_written(name):
    assert actions.checked_name(typed=name) == clean_name(name)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", NO_NAMES)
def test_no_action_keeps_what_is_no_name(typed):
    person, cohort = make_person(), make_cohort()
    new, now = {"display_name": typed, "language": "ky"}, {"by": None, "at": AT}
    account = {**new, "username": "anna", **now}
    room = {"cohort": cohort, "channel": "spoken", **new, "by": person, "at": AT}
    kept = (User.objects.count(), Organisation.objects.count(), AuditEntry.objects.count())
    for action, values in (
        (actions.change_display_name, {"person": person, "display_name": typed, "by": person, "at": AT}),
        (actions.create_participant, {**new, **now}),
        (actions.create_staff, {**account, "password": None}),
        (actions.found_organisation, {**account, "code": "third", "names": {"ky": "Y", "ru": "R", "en": "E"}}),
        (actions.invite_administrator, {**account, "organisation": cohort.organisation}),
        (actions.invite_staff, {**account, "organisation": cohort.organisation, "kind": "observer", "by": person}),
        (enrol_walk_in, room),
        (join_as_new_person, {"cohort": cohort, **new, "at": AT}),
    ):
        with pytest.raises(actions.NotAName, match="Only a name or an alias"):
            action(**values)
    assert (User.objects.count(), Organisation.objects.count(), AuditEntry.objects.count()) == kept
    person.refresh_from_db()
    assert person.display_name == "Айгүл"


@pytest.mark.django_db
@pytest.mark.parametrize("typed", NO_NAMES)
def test_each_form_says_the_action_s_words_beside_the_field(typed):
    cohort = make_cohort()
    for form in (
        DisplayNameForm({"display_name": typed}),
        FoundingForm({"display_name": typed}),
        InviteForm({"display_name": typed}, organisations=[cohort.organisation]),
        JoinForm({"display_name": typed}, cohort=cohort, language="ky"),
        WalkInForm({"display_name": typed}, cohort=cohort, language="ky"),
        CorrectForm({"display_name": typed}, enrolment=make_enrolment(cohort), regions=[], may_rename=True),
    ):
        nothing = [str(form.fields["display_name"].error_messages["required"])]
        assert form.errors["display_name"] == ([str(actions.NotAName.message)] if clean_name(typed) else nothing)
