"""History, keyed numbers and silences: the small cores of a talk."""

import pytest

from sipagent.dialog.dictation import Dictation
from sipagent.dialog.history import History
from sipagent.dialog.keyed import KeyedDigits
from sipagent.dialog.silence import CallerSilence, Nudge, SilenceRules
from sipagent.ports import Exchange, Expect, Kind

ACCOUNT = Expect(Kind.DIGITS, 4, 8)


def test_the_history_holds_what_was_heard_and_what_was_cut_off() -> None:
    history = History()
    history.caller("when do you open")
    history.agent("We open at", "eight.")
    assert history.recent == (Exchange("when do you open", "We open at", "eight."),)


def test_what_the_agent_says_later_belongs_to_the_last_turn() -> None:
    history = History()
    history.caller("hello")
    history.agent("One moment please.", "")
    history.agent("Hello.", "")
    assert history.recent == (Exchange("hello", "One moment please. Hello."),)


def test_a_prompt_before_the_first_turn_is_nobodys_answer() -> None:
    history = History()
    history.agent("Welcome.", "")
    assert history.recent == ()


def test_a_turn_that_goes_on_is_told_once() -> None:
    history = History()
    history.caller("i want to pay")
    history.take_back()
    history.caller("i want to pay my bill")
    history.agent("In the app.", "")
    assert history.recent == (Exchange("i want to pay my bill", "In the app."),)


def test_only_the_last_turns_are_told_and_the_others_summarised() -> None:
    history = History(turns=2)
    for text in ("one", "two", "three"):
        history.caller(text)
        history.agent(text.upper(), "")
    old = history.to_summarise
    assert [one.caller for one in old] == ["one"]
    history.summarised("The caller counted.", old)
    assert history.summary == "The caller counted."
    assert [one.caller for one in history.recent] == ["two", "three"]
    assert history.to_summarise == ()


@pytest.mark.parametrize(
    ("keys", "number"), [("12345678", "12345678"), ("1234#", "1234"), ("99*1234#", "1234")]
)
def test_a_keyed_number_ends_with_its_last_digit_or_a_hash(keys: str, number: str) -> None:
    keyed = KeyedDigits()
    *first, last = [keyed.press(key, ACCOUNT) for key in keys]
    assert set(first) <= {None}
    assert last == number
    assert not keyed.begun


def test_a_number_without_end_is_taken_when_the_caller_stops() -> None:
    keyed = KeyedDigits()
    for key in "12A3":
        assert keyed.press(key, ACCOUNT) is None
    assert keyed.begun
    assert keyed.take() == "123"
    assert keyed.take() is None


def test_a_silent_caller_is_asked_again_offered_a_human_and_let_go() -> None:
    silence = CallerSilence(SilenceRules(asks=2, offer=True))
    assert [silence.next() for _ in range(4)] == [
        Nudge.ASK_AGAIN,
        Nudge.ASK_AGAIN,
        Nudge.OFFER_HUMAN,
        Nudge.END,
    ]


def test_a_caller_who_spoke_begins_anew() -> None:
    silence = CallerSilence(SilenceRules(asks=1, offer=False))
    silence.next()
    silence.spoke()
    assert [silence.next(), silence.next()] == [Nudge.ASK_AGAIN, Nudge.END]


def test_a_number_is_put_together_from_what_was_said_and_keyed() -> None:
    number = Dictation()
    assert number.add("two zero", ACCOUNT) is None
    assert number.awaited(ACCOUNT) == Expect(Kind.DIGITS, 2, 6)
    assert number.add("4817", ACCOUNT) == "204817"
    assert number.awaited(ACCOUNT) == ACCOUNT


def test_a_caller_who_begins_a_number_again_is_believed() -> None:
    number = Dictation()
    number.add("one two three", Expect(Kind.DIGITS, 8, 8))
    assert number.add("20481735", Expect(Kind.DIGITS, 8, 8)) == "20481735"


def test_what_is_no_number_awaits_what_was_asked() -> None:
    assert Dictation().awaited(Expect(Kind.YES_NO)) == Expect(Kind.YES_NO)
