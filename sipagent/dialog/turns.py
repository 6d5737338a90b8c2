"""When the caller speaks, pauses, and has finished. Owns no clock (D5)."""

from dataclasses import dataclass
from typing import Final

from sipagent.events import (
    Event,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechSustained,
    StillSpeaking,
    TurnEnded,
)

HYSTERESIS: Final = 0.15  # speech goes on while its probability is this far below the threshold


@dataclass(frozen=True, slots=True)
class TurnRules:
    """Durations in ms; ``threshold`` is the speech probability that begins speech.

    ``end_silence_ms`` ends a turn of which nothing more is known.
    """

    threshold: float
    min_speech_ms: int
    sustained_ms: int
    partial_ms: int
    pause_ms: int
    end_silence_ms: int
    max_turn_ms: int


class EndOfTurn:
    """Turn speech probabilities into events; implements the port ``Listener``.

    ``SpeechStarted`` and ``SpeechSustained`` come once a turn, ``StillSpeaking`` each
    ``partial_ms`` of it, ``SpeechPaused`` and ``SpeechResumed`` once a pause, ``TurnEnded`` last.
    """

    def __init__(self, rules: TurnRules) -> None:
        self._rules = rules
        self._begin()

    def _begin(self) -> None:
        self._started_ms = 0
        self._ended_ms = 0
        self._speech_ms = 0
        self._silence_ms = 0
        self._told_ms = 0  # up to where StillSpeaking has told
        self._in_turn = False
        self._sustained = False
        self._paused = False
        self._patience_ms = self._rules.end_silence_ms

    def end_turn_after(self, silence_ms: int, ended_ms: int) -> None:
        """End the turn once silence has lasted so long since ``ended_ms``, unless speech came."""
        if ended_ms == self._ended_ms:
            self._patience_ms = silence_ms

    def feed(self, at_ms: int, window_ms: int, speech: float) -> tuple[Event, ...]:
        rules = self._rules
        speaking = self._in_turn and not self._paused
        if speech >= rules.threshold - (HYSTERESIS if speaking else 0):
            return self._hear(at_ms, window_ms)
        return self._miss(window_ms)

    def _hear(self, at_ms: int, window_ms: int) -> tuple[Event, ...]:
        rules, events = self._rules, list[Event]()
        if self._speech_ms == 0:
            self._started_ms = self._told_ms = at_ms
        self._speech_ms += window_ms
        self._silence_ms = 0
        self._patience_ms = rules.end_silence_ms
        self._ended_ms = at_ms + window_ms
        if self._paused:
            self._paused = False
            self._told_ms = at_ms
            events.append(SpeechResumed(started_ms=at_ms))
        if not self._in_turn and self._speech_ms >= rules.min_speech_ms:
            self._in_turn = True
            events.append(SpeechStarted(at_ms=self._started_ms))
        if not self._sustained and self._speech_ms >= rules.sustained_ms:
            self._sustained = True
            events.append(SpeechSustained(started_ms=self._started_ms))
        if self._in_turn and self._ended_ms - self._told_ms >= rules.partial_ms:
            self._told_ms = self._ended_ms
            events.append(StillSpeaking(started_ms=self._started_ms, at_ms=self._ended_ms))
        if self._in_turn and self._ended_ms - self._started_ms >= rules.max_turn_ms:
            events.append(self._end())
        return tuple(events)

    def _miss(self, window_ms: int) -> tuple[Event, ...]:
        if not self._in_turn:
            self._speech_ms = 0
            return ()
        self._silence_ms += window_ms
        if self._silence_ms >= self._patience_ms:
            return (self._end(),)
        if self._silence_ms >= self._rules.pause_ms and not self._paused:
            self._paused = True
            return (SpeechPaused(started_ms=self._started_ms, ended_ms=self._ended_ms),)
        return ()

    def _end(self) -> TurnEnded:
        ended = TurnEnded(started_ms=self._started_ms, ended_ms=self._ended_ms)
        self._begin()
        return ended
