"""Whether words were heard, in what a recogniser wrote."""

import pytest

from sipagent.cli.scenario.words import digits_heard, heard, heard_exactly, languages
from sipagent.text.language import Language


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("20 dirhams", "the late payment fee is twenty dirhams for each bill"),
        ("AED 245.50", "two hundred and forty five dirhams and fifty fils"),
        ("twenty-five dirhams", "costs twenty five dirhams"),
        ("goodbye", "thank you for cooling goodbye"),
        ("How can I help you?", "i am automatic how can i help you"),
        ("library street opposite the market", "library street well opposite the market"),
        ("installments are free", "instalments are free"),
        ("غرامة التأخير", "غرامه التاخير هي"),
        ("20 درهما", "غرامة التأخير هي عشرين درهما"),
        ("وعشرون درهما", "مبلغ عشرين درهما"),
    ],
)
def test_a_phrase_is_heard_though_letters_differ(phrase: str, text: str) -> None:
    assert heard(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("sixty dirhams", "fifty dirhams"),
        ("20 dirhams", "one hundred twenty dirhams"),
        ("200 dirhams", "two hundred five dirhams"),
        ("on friday morning please", "on sunday morning please today"),
        ("friday", "saturday"),
        ("two three four five six seven eight nine", "two three four five six seven eight"),
        ("the fee is twenty dirhams", "the fee is dirhams"),
        ("stop", "shop"),
        ("by card", "card by"),
        ("goodbye", ""),
        ("عشرون درهما", "ثلاثون درهما"),
    ],
)
def test_another_word_or_number_is_not_taken_for_it(phrase: str, text: str) -> None:
    assert not heard(phrase, text)


def test_one_small_word_of_four_may_be_missing_but_no_other_and_no_number() -> None:
    assert heard("open from eight in the morning", "open from eight in morning")
    assert not heard("open from eight in the morning", "from eight in the morning")
    assert not heard("open from eight in the morning", "open from in the morning")


def test_what_must_not_be_said_is_compared_letter_by_letter() -> None:
    assert heard_exactly("Sorry,", "i am sorry something")
    assert not heard_exactly("sorry", "do not worry")


@pytest.mark.parametrize(
    "text",
    [
        "account two zero four eight one seven three five your balance is two hundred",
        "الحساب اثنان صفر أربعة ثمانية واحد سبعة ثلاثة خمسة رصيدك",
    ],
)
def test_digits_are_heard_among_other_words(text: str) -> None:
    assert digits_heard("20481735", text)


def test_a_wrong_or_missing_digit_is_not_read_back() -> None:
    assert not digits_heard("20481735", "two zero four eight one seven five")
    assert not digits_heard("20481735", "two zero four nine one seven three five")


def test_the_language_is_that_of_most_words() -> None:
    parts = [("one two three", Language.EN), ("نعم", Language.AR), ("", Language.AR)]
    assert languages(parts) is Language.EN
    assert languages([("", Language.EN)]) is None
