"""Panels from above: each once, in the order in which they were registered."""

from django.template import Context, Template
from django.test import RequestFactory

from lms.common.panels import register_panel


def test_panels_stand_in_their_order_once_each_and_know_the_subject():
    for name in ("first", "second", "first"):
        register_panel("tests", name, lambda request, subject, name=name: f"<p>{name} {subject}</p>")
    page = Template('{% panels "tests" thing %}{% panels "nowhere" %}')
    context = Context({"request": RequestFactory().get("/"), "thing": "x"})
    assert page.render(context) == "<p>first x</p><p>second x</p>"
