"""A tenant's names in the text of a recogniser that does not know them."""

import pytest

from sipagent.engines.hot_words import corrected

NAMES = ("Jumeirah", "Khalifa", "Fibre Max", "Noor Plus", "Smart Saver", "البرشاء", "خليفة")


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("i have a question about smart sever", "i have a question about Smart Saver"),
        ("where is your branch in kalifa", "where is your branch in Khalifa"),
        ("i live in jumera near the school", "i live in Jumeirah near the school"),
        ("how much is fiber max", "how much is Fibre Max"),
        ("my smartsaver bill", "my Smart Saver bill"),
        ("عندي سؤال عن خلفة", "عندي سؤال عن خليفة"),
        ("وين فرعكم في البر شاء", "وين فرعكم في البرشاء"),
    ],
)
def test_a_name_is_put_where_the_text_has_what_sounds_like_it(heard: str, expected: str) -> None:
    assert corrected(heard, NAMES, confidence=0.7) == expected


@pytest.mark.parametrize(
    "heard",
    [
        "i want to pay my bill",
        "the colour of my card is wrong",
        "what is the maximum for one day",
        "is your office in jumeirah",
        "أريد التحدث مع موظف",
        "هل أدفع في نفس اليوم",
        "",
    ],
)
def test_other_words_stay_as_they_were_heard(heard: str) -> None:
    assert corrected(heard, NAMES, confidence=0.7) == heard


def test_a_text_that_is_sure_stays_as_it_is() -> None:
    assert corrected("about smart sever", NAMES, confidence=0.95) == "about smart sever"
    assert corrected("about smart sever", NAMES, confidence=0.9) == "about Smart Saver"


def test_the_surer_the_text_the_nearer_a_name_must_be() -> None:
    assert corrected("about smart seller", NAMES, confidence=0.7) == "about Smart Saver"
    assert corrected("about smart seller", NAMES, confidence=0.9) == "about smart seller"


def test_short_names_are_near_to_too_many_words() -> None:
    assert corrected("i know your number", ("Noor",), confidence=0.5) == "i know your number"


def test_of_two_names_the_nearer_is_taken() -> None:
    names = ("Marina Tower", "Marina Tours")
    assert corrected("near the marina towar", names, confidence=0.7) == "near the Marina Tower"


def test_without_names_nothing_changes() -> None:
    assert corrected("about smart sever", (), confidence=0.1) == "about smart sever"
