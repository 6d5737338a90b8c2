"""How long a silence ends a turn."""

import pytest

from sipagent.dialog.turn_end import Heard, Silences, silence_ms
from sipagent.ports import Expect, Kind
from sipagent.text.language import Language

EN, AR = Language.EN, Language.AR
RULES = Silences()
OPEN = Expect()
ACCOUNT = Expect(Kind.DIGITS, 8, 8)


def after(text: str, language: Language = EN, expect: Expect = OPEN) -> int:
    return silence_ms(Heard(text, language), expect, RULES)


@pytest.mark.parametrize(
    ("text", "language"),
    [("what are your opening hours on friday", EN), ("كم غرامة التأخير", AR), ("goodbye", EN)],
)
def test_a_complete_question_ends_sooner_than_the_usual_turn(text: str, language: Language) -> None:
    assert after(text, language) < RULES.usual_ms


@pytest.mark.parametrize(
    ("text", "language"),
    [("i want to know about the", EN), ("أريد أن أعرف عن", AR), ("um my number is", EN)],
)
def test_a_turn_that_breaks_off_is_waited_for(text: str, language: Language) -> None:
    assert after(text, language) > 2 * RULES.usual_ms


def test_a_number_is_waited_for_until_its_digits_are_there() -> None:
    assert after("two zero four eight", EN, ACCOUNT) == RULES.digits_ms
    assert after("two zero four eight one seven three five", EN, ACCOUNT) == RULES.least_ms


def test_between_the_fewest_and_the_most_digits_the_usual_silence_ends() -> None:
    assert after("one two three four five", EN, Expect(Kind.DIGITS, 4, 8)) == RULES.usual_ms


def test_a_number_that_nobody_asked_for_gets_time_too() -> None:
    assert after("zero five zero one two three") == 1000


@pytest.mark.parametrize(("text", "language"), [("yes", EN), ("نعم", AR), ("no thank you", EN)])
def test_an_answer_to_yes_or_no_is_complete(text: str, language: Language) -> None:
    assert after(text, language, Expect(Kind.YES_NO)) == RULES.least_ms


def test_another_answer_to_yes_or_no_is_judged_by_its_words() -> None:
    assert after("i want to know about the", EN, Expect(Kind.YES_NO)) > RULES.usual_ms


def test_words_that_just_changed_get_a_moment_more() -> None:
    text = "what are your opening hours"
    unsettled = silence_ms(Heard(text, EN, settled=False), OPEN, RULES)
    assert unsettled == after(text) + RULES.unsettled_ms


def test_the_sound_of_it_weighs_as_much_as_its_words() -> None:
    text = "what are your opening hours on friday"
    goes_on = silence_ms(Heard(text, EN, finished=0.0), OPEN, RULES)
    complete = silence_ms(Heard(text, EN, finished=1.0), OPEN, RULES)
    assert complete <= after(text) < goes_on


def test_sound_without_words_ends_after_the_usual_silence() -> None:
    assert after("") == RULES.usual_ms
