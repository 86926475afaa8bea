"""A page that was sent while the database did not answer is sent again, and that is no second tap."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from tests.cohorts.test_views_cards import hidden
from tests.cohorts.test_views_joining import join_url, typed
from tests.factories.people import browser

pytestmark = pytest.mark.django_db


@contextmanager
def database_that_does_not_write_people() -> Iterator[None]:
    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "people_user"'):
            raise OperationalError("database is locked")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        yield


def test_whoever_came_through_the_door_is_added_at_the_second_try(scene):
    client, url = browser(scene.lead), reverse("cohorts:walk_in", args=[scene.cohort.pk])
    client.raise_request_exception = False
    sent = {"sheet": hidden(client.get(url), "sheet"), "display_name": "Гүлзат", "language": "ky", "channel": "paper"}
    with database_that_does_not_write_people():
        assert client.post(url, sent).status_code >= 500
    client.post(url, sent)
    assert scene.cohort.enrolments.filter(person__display_name="Гүлзат").count() == 1


def test_whoever_joins_by_the_poster_gets_her_card_at_the_second_try(scene):
    client, url = Client(raise_request_exception=False), join_url(scene)
    sent = typed(client.get(url))
    with database_that_does_not_write_people():
        assert client.post(url, sent).status_code >= 500
    assert client.post(url, sent).status_code == 200
    assert scene.cohort.enrolments.filter(person__display_name="Жылдыз").count() == 1
