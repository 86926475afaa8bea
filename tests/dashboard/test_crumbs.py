"""Where a page stands: my desk, the cohort, this page; said in one way everywhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.html import escape

from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_role, make_staff

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENT = "components/breadcrumb.html"


def test_only_the_component_draws_a_breadcrumb():
    drawn = [path for path in TEMPLATES.rglob("*.html") if 'class="breadcrumb"' in path.read_text(encoding="utf-8")]
    assert drawn == [TEMPLATES / COMPONENT]
    silent = [
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        for tag in re.findall(r"\{% include \"components/breadcrumb\.html\".*?%\}", path.read_text(encoding="utf-8"))
        if " here=" not in tag
    ]
    assert silent == []


def crumbs(client, address):
    """The words of the breadcrumb and where they lead; the page itself leads nowhere."""
    html = client.get(address).content.decode()
    (trail,) = re.findall(r'<nav class="breadcrumb".*?</nav>', html, re.DOTALL)
    return re.findall(r'<li(?: aria-current="page")?>(?:<a href="([^"]*)">)?(.*?)(?:</a>)?</li>', trail)


@pytest.mark.django_db
def test_a_page_below_a_cohort_leads_to_the_desk_and_to_the_cohort(client, regions):
    cohort = make_cohort(region=regions["KG-B"])
    coordinator = make_staff()
    make_role(coordinator, "coordinator", cohort.organisation)
    make_enrolment(cohort)
    session = cohort.sessions.first()
    client.force_login(coordinator)
    above = [("/en/desk/", "My desk"), (cohort.get_absolute_url(), escape(cohort.title or cohort.code))]
    attendance = (reverse("attendance:roster", args=[session.pk]), "Attendance")
    pages = {
        cohort.get_absolute_url(): [above[0], ("", above[1][1])],
        attendance[0]: [*above, ("", "Attendance")],
        reverse("attendance:room_code", args=[session.pk]): [*above, attendance, ("", "The room's code")],
        reverse("assessments:tests", args=[cohort.pk]): [*above, ("", "Tests")],
        reverse("certificates:cohort", args=[cohort.pk]): [*above, ("", "Certificates")],
        reverse("cohorts:poster", args=[cohort.pk]): [*above, ("", "Poster to join")],
        reverse("cohorts:standings"): [above[0], ("", "Standings")],
        reverse("cascade:tree"): [above[0], ("", "Who trained whom")],
    }
    assert {address: crumbs(client, address) for address in pages} == pages
