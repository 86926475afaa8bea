"""An organisation begins by a command and is described by its own administrator, by nobody else."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from lms.people.actions import OrganisationNameTaken, change_organisation, create_organisation
from lms.people.models import AuditEntry, NameForm, Organisation, Role, User
from tests.factories.people import make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db
NAMES = {"name_ky": "Биримдик", "name_ru": "Единство", "name_en": "Unity"}


def create(code="unity", administrator="aigul", language="en"):
    out = StringIO()
    call_command("create_organisation", code, administrator=administrator, language=language, **NAMES, stdout=out)
    return out.getvalue()


def administrator_of(organisation):
    person = make_staff()
    make_role(person, "administrator", organisation)
    return person


def test_command_makes_an_organisation_whose_administrator_sets_her_password_by_the_link(client):
    [address] = re.findall(r"http\S+", create())
    organisation = Organisation.objects.get(code="unity")
    assert (organisation.name_ky, organisation.name_ru, organisation.name_en) == ("Биримдик", "Единство", "Unity")
    assert Role.objects.get().kind == "administrator"
    form = client.get(address.replace("http://testserver", ""), follow=True)
    assert form.status_code == 200
    password = {"password1": "a long enough password", "password2": "a long enough password"}
    client.post(form.request["PATH_INFO"], password)
    assert User.objects.get(username="aigul").check_password("a long enough password")


def test_link_and_desk_of_the_first_administrator_speak_her_language():
    said = create(language="ky")
    assert "/ky/" in said
    assert "Her user name: aigul" in said
    assert User.objects.get(username="aigul").language == "ky"


@pytest.mark.parametrize(
    ("code", "administrator"),
    [("unity", "another"), ("another", "aigul"), ("no slug", "x"), ("another", "Айгүл"), ("another", "a b")],
)
def test_command_refuses_what_is_taken_or_wrong_and_leaves_nothing_half_done(code, administrator):
    create()
    with pytest.raises(CommandError):
        create(code, administrator)
    assert (Organisation.objects.count(), User.objects.count()) == (1, 1)


def test_administrator_changes_her_organisation(client):
    organisation = make_organisation("ours")
    client.force_login(administrator_of(organisation))
    address = reverse("people:organisation", args=[organisation.pk])
    assert client.get(address).status_code == 200
    said = {"signatory_ky": "Төрайым", "signatory_name": "Н. Ү.", "contact": "0312 00 00 00"}
    data = {**NAMES, **said, "name_form": "none"}
    assert client.post(address, data).status_code == 302
    organisation.refresh_from_db()
    assert (organisation.name_ky, organisation.name_form) == ("Биримдик", NameForm.NONE)
    assert organisation.contact == "0312 00 00 00"
    assert organisation.uses_unreviewed_texts is False
    assert AuditEntry.objects.filter(verb="change_organisation", subject_id=str(organisation.pk)).count() == 1


def test_the_choice_of_texts_says_who_uses_them_and_what_follows(client):
    organisation = make_organisation("ours")
    client.force_login(administrator_of(organisation))
    client.cookies["lang"] = "en"
    html = client.get(reverse("people:organisation", args=[organisation.pk])).text
    assert "The organisation uses texts" in html
    assert "Without the tick a test is opened only" in html


def test_missing_name_is_said_beside_its_field_and_nothing_changes(client):
    organisation = make_organisation("ours")
    client.force_login(administrator_of(organisation))
    address = reverse("people:organisation", args=[organisation.pk])
    answer = client.post(address, {**NAMES, "name_ky": "", "name_form": "masked", "signatory_name": "typed"})
    assert answer.status_code == 422
    assert 'id="id_name_ky_error"' in answer.content.decode()
    assert "typed" in answer.content.decode()
    organisation.refresh_from_db()
    assert organisation.name_ky == "ours (ky)"


def test_no_organisation_takes_the_name_of_another(client):
    ours, theirs = make_organisation("ours"), make_organisation("theirs")
    client.force_login(administrator_of(ours))
    address = reverse("people:organisation", args=[ours.pk])
    answer = client.post(address, {**NAMES, "name_ru": theirs.name_en.upper(), "name_form": "masked"})
    assert answer.status_code == 422
    assert "Another organisation has this name" in answer.text
    ours.refresh_from_db()
    assert ours.name_ru == "ours (ru)"
    with pytest.raises(CommandError, match="Another organisation has this name"):
        call_command("create_organisation", "third", administrator="x", **{**NAMES, "name_en": ours.name_ky})
    with pytest.raises(CommandError, match="“Женский”: write a short name in Latin letters"):
        call_command("create_organisation", "Женский", administrator="x", **NAMES)


@pytest.mark.parametrize("alike", ["Aлгa", "«Алга»", "А Л Г А.", "А\u00adлга"])  # the first with Latin A and a
def test_a_name_that_looks_like_another_organisations_is_that_name(at, alike):
    other, ours = make_organisation("other", name_ky="Алга"), make_organisation("ours")
    with pytest.raises(OrganisationNameTaken):
        change_organisation(organisation=ours, values={"name_en": alike}, by=make_staff(), at=at)
    with pytest.raises(OrganisationNameTaken):
        create_organisation(code="third", names={"ky": "Y", "ru": alike, "en": "X"}, by=None, at=at)
    # What stood there before the rule keeps nobody from saving the rest.
    Organisation.objects.filter(pk=ours.pk).update(name_ru=alike)
    values = {"name_ru": alike, "signatory_name": "A. B."}
    assert change_organisation(organisation=ours, values=values, by=make_staff(), at=at).signatory_name == "A. B."
    assert change_organisation(organisation=other, values={"name_ky": "АЛГА"}, by=make_staff(), at=at)


def test_a_whole_name_is_shown_by_its_holders_wish_alone(client):
    organisation = make_organisation("ours", name_form=NameForm.FULL)
    assert organisation.shown_form == NameForm.MASKED
    client.force_login(administrator_of(organisation))
    address = reverse("people:organisation", args=[organisation.pk])
    assert client.post(address, {**NAMES, "name_form": "full"}).status_code == 422
    assert 'value="full"' not in client.get(address).text


def test_organisation_belongs_to_its_administrators(client):
    ours, theirs = make_organisation("ours"), make_organisation("theirs")
    coordinator = make_staff()
    make_role(coordinator, "coordinator", ours)
    address = reverse("people:organisation", args=[ours.pk])
    assert client.get(address).status_code == 302
    for person in (administrator_of(theirs), coordinator):
        client.force_login(person)
        assert client.get(address).status_code == 404
        assert client.post(address, {**NAMES, "name_form": "masked"}).status_code == 404
    ours.refresh_from_db()
    assert ours.name_en == "ours (en)"


def test_the_installation_invites_a_second_administrator_whom_nobody_made():
    create("alga", "first")
    out = StringIO()
    call_command("invite_administrator", "alga", "second", stdout=out)
    role = Role.objects.get(person__username="second")
    assert (role.kind, role.organisation.code, role.granted_by) == ("administrator", "alga", None)
    assert "/password/reset/key/" in out.getvalue()
    for code, username in (("nobody", "third"), ("alga", "second")):
        with pytest.raises(CommandError):
            call_command("invite_administrator", code, username)


def test_a_user_name_with_a_stop_is_no_hindrance_where_she_is_called_by_it():
    create("alga", "a.asanova")
    call_command("invite_administrator", "alga", "b.bakieva", stdout=StringIO())
    named = Role.objects.order_by("person__username").values_list("person__username", "person__display_name")
    assert list(named) == [("a.asanova", "a asanova"), ("b.bakieva", "b bakieva")]
