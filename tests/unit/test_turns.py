"""When the caller speaks, pauses and has finished."""

from sipagent.dialog.turns import EndOfTurn, TurnRules
from sipagent.events import (
    Event,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechSustained,
    StillSpeaking,
    TurnEnded,
)

RULES = TurnRules(
    threshold=0.5,
    min_speech_ms=32,
    sustained_ms=160,
    partial_ms=256,
    pause_ms=192,
    end_silence_ms=448,
    max_turn_ms=3200,
)
WINDOW_MS = 32


def hear(turn: EndOfTurn, *spans: tuple[int, float], start_ms: int = 0) -> list[Event]:
    """Feed spans of (ms, speech probability)."""
    events: list[Event] = []
    at_ms = start_ms
    for span_ms, speech in spans:
        for _ in range(span_ms // WINDOW_MS):
            events += turn.feed(at_ms, WINDOW_MS, speech)
            at_ms += WINDOW_MS
    return events


def test_silence_says_nothing() -> None:
    assert hear(EndOfTurn(RULES), (3200, 0.1)) == []


def test_448_ms_of_silence_after_speech_ends_the_turn() -> None:
    events = hear(EndOfTurn(RULES), (320, 0.0), (640, 0.9), (448, 0.0))
    assert events == [
        SpeechStarted(at_ms=320),
        SpeechSustained(started_ms=320),
        StillSpeaking(started_ms=320, at_ms=576),
        StillSpeaking(started_ms=320, at_ms=832),
        SpeechPaused(started_ms=320, ended_ms=960),
        TurnEnded(started_ms=320, ended_ms=960),
    ]


def test_less_silence_does_not_end_the_turn() -> None:
    events = hear(EndOfTurn(RULES), (640, 0.9), (416, 0.0), (320, 0.9), (448, 0.0))
    assert [event for event in events if isinstance(event, TurnEnded)] == [
        TurnEnded(started_ms=0, ended_ms=640 + 416 + 320)
    ]


def test_each_pause_is_told_once() -> None:
    events = hear(EndOfTurn(RULES), (320, 0.9), (256, 0.0), (320, 0.9), (256, 0.0))
    pauses = [event for event in events if isinstance(event, SpeechPaused)]
    assert pauses == [SpeechPaused(0, 320), SpeechPaused(0, 320 + 256 + 320)]


def test_speech_goes_on_through_a_dip_that_would_not_have_begun_it() -> None:
    events = hear(EndOfTurn(RULES), (320, 0.9), (640, 0.4), (448, 0.0))
    assert events[-1] == TurnEnded(started_ms=0, ended_ms=960)


def test_a_dip_alone_begins_nothing() -> None:
    assert hear(EndOfTurn(RULES), (640, 0.4)) == []


def test_a_click_is_a_turn_that_was_never_sustained() -> None:
    events = hear(EndOfTurn(RULES), (64, 0.9), (448, 0.0))
    assert not [event for event in events if isinstance(event, SpeechSustained)]
    assert events[-1] == TurnEnded(started_ms=0, ended_ms=64)


def test_a_turn_without_end_is_cut_at_its_limit() -> None:
    events = hear(EndOfTurn(RULES), (4000, 0.9))
    assert TurnEnded(started_ms=0, ended_ms=3200) in events


def test_the_next_turn_begins_afresh() -> None:
    turn = EndOfTurn(RULES)
    hear(turn, (320, 0.9), (448, 0.0))
    events = hear(turn, (320, 0.9), (448, 0.0), start_ms=10_000)
    assert events[0] == SpeechStarted(at_ms=10_000)
    assert events[-1] == TurnEnded(started_ms=10_000, ended_ms=10_320)


def test_speech_that_goes_on_is_told_once_a_pause_and_looked_at_anew_from_there() -> None:
    events = hear(EndOfTurn(RULES), (320, 0.9), (256, 0.0), (320, 0.9), (448, 0.0))
    assert events[-4:] == [
        SpeechResumed(started_ms=576),
        StillSpeaking(started_ms=0, at_ms=832),
        SpeechPaused(started_ms=0, ended_ms=896),
        TurnEnded(started_ms=0, ended_ms=896),
    ]


def test_a_turn_that_is_known_to_be_complete_ends_sooner() -> None:
    turn = EndOfTurn(RULES)
    hear(turn, (320, 0.9), (224, 0.0))
    turn.end_turn_after(256, ended_ms=320)
    assert hear(turn, (32, 0.0), start_ms=544) == [TurnEnded(started_ms=0, ended_ms=320)]


def test_a_number_that_is_known_to_go_on_is_waited_for() -> None:
    turn = EndOfTurn(RULES)
    hear(turn, (320, 0.9), (224, 0.0))
    turn.end_turn_after(2400, ended_ms=320)
    assert hear(turn, (2144, 0.0), start_ms=544) == []
    assert hear(turn, (32, 0.0), start_ms=2688) == [TurnEnded(started_ms=0, ended_ms=320)]


def test_what_is_known_of_a_pause_that_is_past_says_nothing_of_the_next() -> None:
    turn = EndOfTurn(RULES)
    hear(turn, (320, 0.9), (224, 0.0), (320, 0.9))
    turn.end_turn_after(200, ended_ms=320)
    assert not [event for event in hear(turn, (416, 0.0)) if isinstance(event, TurnEnded)]
