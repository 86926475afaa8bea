"""Loading into a database that holds nothing of ours."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Locale, Page, Site

from curricula.importers import load_pack
from curricula.models import Fact, HomePage, LessonPage
from tests.curricula.packs import STARTER, change


def test_the_welcome_page_gives_way_to_home(db):
    english = Locale.objects.get_or_create(language_code="en")[0]
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=english)
    Page.objects.filter(depth__gt=1).delete()
    root = Page.get_first_root_node()
    welcome = root.add_child(instance=Page(title="Welcome to your new Wagtail site!", slug="home", locale=english))
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=welcome, is_default_site=True)
    load_pack(STARTER)
    assert not Page.objects.filter(pk=welcome.pk).exists()
    assert Site.objects.get().root_page.specific.slug == "home-en"


def test_a_broken_pack_loads_nothing(db, pack):
    change(pack / "m1" / "lesson-5.yaml", "minutes: 90", "minutes: 91")
    with pytest.raises(CommandError, match=r"lesson-5.yaml:\d+: minutes"):
        call_command("load_starter", pack=pack, stderr=StringIO())
    assert not Fact.objects.exists()
    assert not HomePage.objects.exists()


def test_a_failure_in_the_middle_loads_nothing(db):
    def fail(done, total, what):
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_pack(STARTER, progress=fail)
    assert not Fact.objects.exists()
    assert not LessonPage.objects.exists()
