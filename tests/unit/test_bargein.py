"""What the caller's voice does to the agent's."""

from sipagent.dialog.bargein import BargeAction, BargeIn
from sipagent.events import DigitPressed, SpeechStarted, SpeechSustained, TurnEnded

STARTED, SUSTAINED, ENDED = SpeechStarted(0), SpeechSustained(0), TurnEnded(0, 100)


def test_the_first_sound_pauses_and_meant_speech_cuts() -> None:
    barge = BargeIn()
    assert barge.judge(STARTED, speaking=True) is BargeAction.PAUSE
    assert barge.judge(SUSTAINED, speaking=True) is BargeAction.CUT


def test_a_cough_resumes() -> None:
    barge = BargeIn()
    barge.judge(STARTED, speaking=True)
    assert barge.judge(ENDED, speaking=True) is BargeAction.RESUME
    assert barge.judge(STARTED, speaking=True) is BargeAction.PAUSE


def test_a_digit_cuts_at_once() -> None:
    assert BargeIn().judge(DigitPressed(digit="1"), speaking=True) is BargeAction.CUT


def test_nothing_is_done_while_the_agent_is_silent() -> None:
    barge = BargeIn()
    assert barge.judge(STARTED, speaking=False) is BargeAction.NOTHING
    assert barge.judge(ENDED, speaking=False) is BargeAction.NOTHING


def test_a_turn_that_began_in_silence_does_not_resume_what_was_never_paused() -> None:
    barge = BargeIn()
    barge.judge(STARTED, speaking=False)
    assert barge.judge(ENDED, speaking=True) is BargeAction.NOTHING
