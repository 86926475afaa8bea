"""What a statement means must not depend on how quickly its values are put in their places."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

CASES = [
    ("SELECT %s || 'b'", ["a"], "ab"),
    ("SELECT '50 %%' || %s", ["!"], "50 %!"),
    ("SELECT '%%s' || %s", ["%s"], "%s%s"),
    ("SELECT %(first)s || %(second)s || '%%'", {"first": "a", "second": "b"}, "ab%"),
    ("SELECT '50 %'", None, "50 %"),
]


@pytest.mark.parametrize(("sql", "values", "answer"), CASES)
def test_values_stand_in_their_places_and_signs_of_per_cent_stay(sql, values, answer):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.fetchone() == (answer,)
