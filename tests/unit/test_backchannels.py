"""Listening sounds, and words that silence the agent."""

import pytest

from sipagent.text.backchannels import is_backchannel, says_stop


def phrases(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split(",")]


NODS = phrases(
    """
    mm, mmmm, okay, ok, yeah, right, aha, uh-huh, uh huh, mhm, i see, oh i see, got it, okay
    okay, yeah yeah right, of course, طيب, إي نعم, تمام, زين, ماشي, طيب طيب, إيه, اممم, آها,
    أوكي تمام, صح, نعم
    """
)
WORDS = phrases(
    """
    no, no no, wait, stop, لا, لحظة, okay so, right but i want, yes i want to pay, ماما, how
    much, طيب كم السعر, okay cancel it, خلاص, بس, five
    """
)
STOPS = phrases(
    """
    stop, wait, hold on, hold on a second, please stop, no stop, okay stop, stop stop stop, wait
    how much, just a minute, excuse me, that's enough, let me speak, can you stop, لحظة, لا لا
    لحظة, اسمع, اسمعني, خلاص, بس, بس بس, لو سمحت لحظة, دقيقة, اصبر شوي, وقف, خلاص فهمت, ستوب
    """
)
NO_STOPS = phrases(
    """
    stop my line, i want to stop the service, bus stop, the wait time is long, okay, yes, بس كم
    السعر, وقف الخدمة, كم دقيقة, enough data for a month, نعم, هلا
    """
)


@pytest.mark.parametrize("said", NODS)
def test_a_listening_sound_is_a_backchannel(said: str) -> None:
    assert is_backchannel(said)


@pytest.mark.parametrize("said", WORDS)
def test_words_that_say_more_are_no_backchannel(said: str) -> None:
    assert not is_backchannel(said)


@pytest.mark.parametrize("said", STOPS)
def test_a_word_that_silences_is_heard(said: str) -> None:
    assert says_stop(said)


@pytest.mark.parametrize("said", NO_STOPS)
def test_a_stop_inside_another_wish_is_none(said: str) -> None:
    assert not says_stop(said)


@pytest.mark.parametrize("said", ["", " ", "...", "🙂", "\x00", "m" * 100_000, "ok " * 20_000])
def test_hostile_text_never_stops_the_agent(said: str) -> None:
    assert not says_stop(said)


@pytest.mark.parametrize("said", ["", "...", "🙂", "ok " * 1000, "m" * 100_000 + "x"])
def test_hostile_text_is_no_backchannel(said: str) -> None:
    assert not is_backchannel(said)


def test_nothing_is_both() -> None:
    assert not [said for said in NODS if says_stop(said)]
    assert not [said for said in STOPS if is_backchannel(said)]
