import re

from lms.people.signing import check_pin, hash_pin, new_pin


def test_new_pin_is_six_digits_and_not_always_the_same():
    pins = {new_pin() for _ in range(20)}
    assert all(re.fullmatch(r"[0-9]{6}", pin) for pin in pins)
    assert len(pins) > 15


def test_check_pin_knows_its_own_pin_only():
    kept = hash_pin("048213")
    assert check_pin("048213", kept)
    assert not check_pin("048214", kept)
    assert not check_pin("48213", kept)


def test_a_card_that_was_never_printed_has_no_pin():
    assert not check_pin("000000", "")
    assert not check_pin("", "")


def test_the_hash_hides_the_pin_behind_the_pepper(settings):
    kept = hash_pin("048213")
    assert "048213" not in kept
    settings.PEPPER = "another pepper"
    assert not check_pin("048213", kept)


def test_a_mangled_hash_opens_nothing():
    assert not check_pin("048213", "048213")
