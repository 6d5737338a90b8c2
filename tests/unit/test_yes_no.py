"""What an answer to a closed question says."""

import pytest

from sipagent.text.yes_no import yes_or_no


def phrases(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split(",")]


YES = phrases(
    """
    yes, yes please, yeah sure, of course, okay, ok please, i think so, no problem, why not,
    that's right, correct, uh-huh, please do, go ahead, i do, i want that yes, yes i would like
    to pay, no wait yes, yes no problem, yes yes yes, yes that is my number, إي, إي نعم, هيه,
    نعم, أكيد, تمام, اوكي, ايوا صح, ليش لا, ما عندي مانع, نعم أريد أن أدفع, أكيد ليش لا, إي
    ابغى, صح هذا رقمي, لا شك, yes إي
    """
)
NO = phrases(
    """
    no, nope, no thanks, not really, i don't think so, of course not, yeah no, yes no wait no,
    no i want to pay by card, well honestly not really, no no no, i don't, please don't, that's
    wrong, no five hundred, i don't want it, never mind, no more, لا, لأ, كلا, مب, لا شكرا, ما
    أبغى, لا ما ابي, مب صح, أكيد لا, مو الحين, لا هذا مب رقمي, والله ما أعتقد, غير صحيح, no خلاص
    """
)
NEITHER = phrases(
    """
    maybe, i don't know, not sure, yes and no, yes or no, is that a yes, how much is it, my name
    is ahmed, no internet since morning, i have no water, no one answers, no longer works, i
    have a question, five, ما أدري, مب متأكد, إن شاء الله, نعم ولا لا, اي فرع أقرب, لا يعمل
    الإنترنت, لا أعرف
    """
)


@pytest.mark.parametrize("said", YES)
def test_a_yes_is_heard(said: str) -> None:
    assert yes_or_no(said) is True


@pytest.mark.parametrize("said", NO)
def test_a_no_is_heard(said: str) -> None:
    assert yes_or_no(said) is False


@pytest.mark.parametrize("said", NEITHER)
def test_what_is_neither_is_not_guessed(said: str) -> None:
    assert yes_or_no(said) is None


@pytest.mark.parametrize("said", ["", " ", "...", "🙂", "\x00", "please", "x" * 100_000])
def test_hostile_text_is_neither(said: str) -> None:
    assert yes_or_no(said) is None


def test_marks_and_capitals_change_nothing() -> None:
    assert yes_or_no("Yes, please!") is True
    assert yes_or_no("No.") is False
    assert yes_or_no("لا، شكراً.") is False


def test_a_very_long_answer_is_judged_by_its_first_words() -> None:
    assert yes_or_no("no " + "i want my money back " * 2000) is False
