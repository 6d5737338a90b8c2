"""What the caller's voice does to the agent's: pause, decide, stop or go on."""

import pytest

from sipagent.dialog.bargein import BargeAction, BargeIn, BargeInMode, Saying

SAYING = Saying("Your bill can be paid in the app or at any branch before noon.", 4000)
ENDING = Saying("Shall I send the link to your phone?", 300)
SPEECH = BargeInMode.SPEECH


def paused() -> BargeIn:
    barge = BargeIn()
    assert barge.speech(SPEECH, speaking=True) is BargeAction.PAUSE
    return barge


def test_the_first_sound_pauses_the_agent_and_leaves_it_undecided() -> None:
    assert paused().deciding


def test_nothing_is_done_while_the_agent_is_silent() -> None:
    barge = BargeIn()
    assert barge.speech(SPEECH, speaking=False) is BargeAction.NOTHING
    assert barge.settled("hello there", SAYING) is BargeAction.NOTHING


@pytest.mark.parametrize("mode", [BargeInMode.OFF, BargeInMode.DIGITS])
def test_speech_does_not_even_pause_where_it_may_not_interrupt(mode: BargeInMode) -> None:
    assert BargeIn().speech(mode, speaking=True) is BargeAction.NOTHING


@pytest.mark.parametrize("text", ["", "mm", "okay", "طيب", "إي نعم", "aha"])
def test_a_cough_or_a_backchannel_lets_the_agent_go_on(text: str) -> None:
    barge = paused()
    assert barge.settled(text, SAYING) is BargeAction.RESUME
    assert not barge.deciding


@pytest.mark.parametrize("text", ["i want a human", "لا أريد هذا", "what about monday"])
def test_words_stop_the_agent(text: str) -> None:
    assert paused().settled(text, SAYING) is BargeAction.CUT


@pytest.mark.parametrize("text", ["are", "a", "في"])
def test_one_small_word_is_what_a_recogniser_makes_of_a_sound(text: str) -> None:
    assert paused().settled(text, SAYING) is BargeAction.RESUME


@pytest.mark.parametrize("text", ["no", "لا"])
def test_a_no_stops_the_agent_alone(text: str) -> None:
    assert paused().settled(text, SAYING) is BargeAction.CUT


def test_the_agents_own_echo_lets_it_go_on() -> None:
    assert paused().settled("paid in the app or at any", SAYING) is BargeAction.RESUME


def test_the_agents_words_in_another_order_are_the_callers() -> None:
    assert paused().settled("can any branch or app be noon", SAYING) is BargeAction.CUT


def test_an_echo_may_be_misheard_by_a_letter() -> None:
    assert paused().settled("pain in the app", SAYING) is BargeAction.RESUME


def test_one_word_is_an_echo_only_where_the_agent_has_just_said_it() -> None:
    said = Saying(SAYING.text, SAYING.left_ms, "in the app or")
    assert paused().settled("app", said) is BargeAction.RESUME
    assert paused().settled("branch", said) is BargeAction.CUT


def test_one_word_that_was_hardly_heard_is_no_interruption() -> None:
    assert paused().settled("friday", SAYING, 0.6) is BargeAction.RESUME
    assert paused().settled("stop", SAYING, 0.6) is BargeAction.CUT


def test_words_that_two_looks_agree_on_stop_the_agent_before_the_caller_pauses() -> None:
    barge = paused()
    assert barge.partial("i want", "", SAYING) is BargeAction.NOTHING
    assert barge.partial("i want a", "i want", SAYING) is BargeAction.CUT


@pytest.mark.parametrize("text", ["stop", "wait", "لحظة"])
def test_a_word_that_says_stop_stops_at_the_first_look(text: str) -> None:
    assert paused().partial(text, "", SAYING) is BargeAction.CUT


def test_okay_just_before_the_end_is_an_answer() -> None:
    assert paused().settled("okay", ENDING) is BargeAction.CUT


def test_noise_without_words_does_not_hold_the_agent_up_for_long() -> None:
    barge = paused()
    barge.partial("", "", SAYING)
    assert barge.lasting(800, "") is BargeAction.NOTHING
    assert barge.lasting(1700, "") is BargeAction.RESUME


def test_words_that_come_after_the_noise_still_stop_the_agent() -> None:
    barge = paused()
    barge.partial("", "", SAYING)
    barge.lasting(1700, "")
    assert barge.settled("please stop talking", SAYING) is BargeAction.CUT


def test_where_the_recogniser_says_nothing_speech_that_lasts_interrupts() -> None:
    barge = paused()
    assert barge.lasting(600, "") is BargeAction.NOTHING
    assert barge.lasting(1000, "") is BargeAction.CUT


def test_a_reply_that_ended_leaves_nothing_to_decide() -> None:
    barge = paused()
    barge.over()
    assert barge.settled("i want a human", SAYING) is BargeAction.NOTHING
