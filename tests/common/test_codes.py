"""Codes survive telephone, handwriting and keyboards; one wrong symbol never leads to somebody else's certificate."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.common.codes import (
    ALPHABET,
    CHECK_SYMBOLS,
    clean_code,
    decode_base32,
    decode_id,
    dictated,
    encode_base32,
    encode_id,
    new_id,
    random_code,
    undictated,
    undictated_but_for_the_last,
)

ids = st.binary(min_size=16, max_size=16)


@given(st.binary(min_size=1, max_size=40))
def test_base32_round_trip(data: bytes) -> None:
    assert decode_base32(encode_base32(data), len(data)) == data


@given(ids)
def test_dictated_round_trip(data: bytes) -> None:
    assert undictated(dictated(data), 16) == data


def test_dictated_comes_in_groups_of_four_with_the_check_symbol_last() -> None:
    assert dictated(bytes(16)) == "0000-0000-0000-0000-0000-0000-000"
    assert dictated(bytes(15) + b"\x24") == "0000-0000-0000-0000-0000-0000-14U"


@given(ids, st.integers(0, 26), st.sampled_from(CHECK_SYMBOLS))
def test_every_single_wrong_symbol_is_caught(data: bytes, place: int, symbol: str) -> None:
    code = dictated(data).replace("-", "")
    assume(code[place] != symbol)
    with pytest.raises(ValueError, match=r"."):
        undictated(code[:place] + symbol + code[place + 1 :], 16)


@given(ids, st.integers(0, 25))
def test_every_swap_of_neighbours_is_caught(data: bytes, place: int) -> None:
    code = dictated(data).replace("-", "")
    assume(code[place] != code[place + 1])
    with pytest.raises(ValueError, match=r"."):
        undictated(code[:place] + code[place + 1] + code[place] + code[place + 2 :], 16)


@given(ids, st.integers(0, 25), st.integers(0, 25))
def test_every_swap_within_the_number_is_caught(data: bytes, one: int, other: int) -> None:
    code = list(dictated(data).replace("-", ""))
    assume(code[one] != code[other])
    code[one], code[other] = code[other], code[one]
    with pytest.raises(ValueError, match=r"."):
        undictated("".join(code), 16)


@given(ids)
def test_code_says_all_without_its_check_symbol(data: bytes) -> None:
    code = dictated(data)[:-1]
    assert undictated_but_for_the_last(code, 16) == data
    with pytest.raises(ValueError, match=r"."):
        undictated(code, 16)


@given(st.text(max_size=40))
def test_undictated_answers_anything_with_bytes_or_value_error(typed: str) -> None:
    try:
        assert len(undictated(typed, 16)) == 16
    except ValueError:
        pass


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ab12-cd34", "AB12CD34"),
        (" a b\t1\u00a02 ", "AB12"),
        ("AB\u201112\u201334\u2014", "AB1234"),
        ("oO iI lL", "001111"),
        ("АВЕКМНОРСТУХ", "ABEKMH0PCTYX"),
        ("авекмнорстух", "ABEKMH0PCTYX"),
        ("аb-o1", "AB01"),
    ],
)
def test_clean_code_forgives_what_eye_ear_and_keyboard_mix_up(typed: str, meant: str) -> None:
    assert clean_code(typed) == meant


@given(st.text(max_size=30))
def test_clean_code_twice_is_once(typed: str) -> None:
    assert clean_code(clean_code(typed)) == clean_code(typed)


def test_check_symbol_u_is_read_and_is_no_digit() -> None:
    code = dictated(bytes(15) + b"\x24")
    assert undictated(code.lower(), 16) == bytes(15) + b"\x24"
    with pytest.raises(ValueError, match="substring"):
        decode_base32("U" + "0" * 25, 16)


@pytest.mark.parametrize("code", ["", "0", "0" * 25, "0" * 27, "Z" * 26])
def test_base32_refuses_a_wrong_length_and_a_number_too_large(code: str) -> None:
    with pytest.raises(ValueError, match=r"wrong length|too large"):
        decode_base32(code, 16)


@given(ids)
def test_id_round_trip_in_22_characters(data: bytes) -> None:
    text = encode_id(data)
    assert len(text) == 22
    assert decode_id(text) == data


@given(ids)
def test_id_has_exactly_one_spelling(data: bytes) -> None:
    text = encode_id(data)
    # The last character carries four bits of nothing: its fifteen siblings decode to the same bytes.
    siblings = [text[:-1] + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    accepted = []
    for sibling in siblings:
        try:
            if decode_id(sibling) == data:
                accepted.append(sibling)
        except ValueError:
            continue
    assert accepted == [text]


@pytest.mark.parametrize("text", ["", "A", "A" * 21, "A" * 23, "A" * 22 + "==", " " + "A" * 22, "Ж" * 22, "+" * 22])
def test_id_refuses_everything_else(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_id(text)


def test_new_ids_are_uuid7_in_order() -> None:
    made = [new_id() for _ in range(50)]
    assert {one.version for one in made} == {7}
    assert made == sorted(made)


def test_random_code_has_its_length_and_alphabet() -> None:
    code = random_code(200)
    assert len(code) == 200
    assert set(code) <= set(ALPHABET)
