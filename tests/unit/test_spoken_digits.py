"""Digits as callers dictate them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipagent.text.spoken_digits import digits_in, is_number_word, only_digits


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("oh five zero double one two triple three", "050112333"),
        ("nought five five", "055"),
        ("zero five zero one two three four five six seven", "0501234567"),
        ("twenty five", "25"),
        ("twenty twenty five", "2025"),
        ("five twenty", "520"),
        ("eight hundred", "800"),
        ("eight hundred five zero", "80050"),
        ("eight hundred and five", "805"),
        ("one hundred twenty five", "125"),
        ("two thousand and five", "2005"),
        ("fifteen hundred", "1500"),
        ("double two zero", "220"),
        ("seven three times", "777"),
        ("five twice six", "556"),
        ("050-123 4567", "0501234567"),
        ("my number is oh five five", "055"),
        ("oh oh seven", "007"),
    ],
)
def test_english_dictation(said: str, digits: str) -> None:
    assert digits_in(said) == digits


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("صفر خمسة خمسين", "0550"),
        ("صفر خمسة صفر واحد اثنين ثلاثة", "050123"),
        ("خمسة وعشرين", "25"),
        ("خمسة و عشرين", "25"),
        ("خمسة وستة", "56"),
        ("ثنتين ثمان تسع", "289"),
        ("ثلاث مية وستين", "360"),
        ("مية وخمسة وعشرين", "125"),
        ("ثمانمية", "800"),
        ("ألف ومية وخمسة", "1105"),
        ("خمسة آلاف ومئتين", "5200"),
        ("خمسة عشر", "15"),
        ("أحد عشر", "11"),
        ("اثنعش", "12"),
        ("خمسة مرتين", "55"),
        ("سبعة ثلاث مرات", "777"),
        ("خمسة مكرر ستة", "556"),
        ("رقمي صفر خمسة ٥ 6", "0556"),
        ("۰۵۰ ٤٤", "05044"),
    ],
)
def test_arabic_dictation(said: str, digits: str) -> None:
    assert digits_in(said) == digits


def test_both_languages_in_one_number() -> None:
    assert digits_in("zero خمسة five صفر") == "0550"


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("three four no five", "35"),
        ("ثلاثة أربعة لا خمسة", "35"),
        ("three four sorry i mean five", "35"),
        ("456 no 457", "457"),
        ("no five", "5"),
    ],
)
def test_a_correction_replaces_the_one_number_before_it(said: str, digits: str) -> None:
    assert digits_in(said) == digits


@pytest.mark.parametrize("said", ["one moment please", "oh i see", "double", "", "؟؟", "5g12"])
def test_what_only_looks_like_digits_has_none(said: str) -> None:
    assert digits_in(said) == ""


@pytest.mark.parametrize(
    "said",
    [
        "my account number is five five",
        "um it's two four uh six",
        "رقم حسابي هو صفر خمسة",
        "twenty five",
        "٠٥٠",
        "yes zero five",
        "no it's double three",
    ],
)
def test_a_dictation_is_only_digits(said: str) -> None:
    assert only_digits(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "two dirhams",
        "no no no",
        "my number is",
        "i moved in two days",
        "أبغى أكلم واحد",
        "double",
    ],
)
def test_other_turns_are_not_only_digits(said: str) -> None:
    assert not only_digits(said)


def test_a_number_word_is_known_alone() -> None:
    assert all(map(is_number_word, ["five", "خمسه", "وعشرين", "12"]))
    assert not any(map(is_number_word, ["", "oh", "وصلت", "bill"]))


@given(
    st.text(
        st.sampled_from("0123456789٠٥ oh five double hundred خمسة مية و no, times"), max_size=80
    )
)
def test_any_text_gives_ascii_digits_and_a_dictation_has_some(text: str) -> None:
    digits = digits_in(text)
    assert digits == "" or (digits.isascii() and digits.isdigit())
    assert not only_digits(text) or digits


def test_a_very_long_dictation_is_read_to_its_end() -> None:
    assert digits_in("double five " * 2000) == "55" * 2000
