"""A sound as the node's VAD and its listener hear it, window by window. Knows no call."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from sipagent.call import turn_rules
from sipagent.config import HearingSettings
from sipagent.dialog.turns import EndOfTurn, TurnRules
from sipagent.events import Event, TurnEnded
from sipagent.media.quiet import QuietLine
from sipagent.media.vad import WINDOW_MS, SileroVad, VadState

RATE_HZ: Final = 8000
USUAL_MS: Final = 448


def probabilities(vad: SileroVad, pcm: bytes) -> list[float]:
    """Of speech, in each whole window of int16 mono at 8 kHz, quiet ones judged as the ear does."""
    state, line = VadState(RATE_HZ), QuietLine()
    size = 2 * vad.window_samples
    found = []
    for at in range(0, len(pcm) - size + 1, size):
        window = pcm[at : at + size]
        if line.is_quiet(window):
            state.skip(window)
            found.append(0.0)
        else:
            found += vad.probabilities([window], [state])
    return found


def rules(silence_ms: int = USUAL_MS) -> TurnRules:
    """The node's own, where nothing but silence ends a turn."""
    return replace(turn_rules(HearingSettings()), end_silence_ms=silence_ms)


def fed(listener: EndOfTurn, speech: Sequence[float]) -> Iterator[tuple[float, Event]]:
    """What a listener tells, and when in ms: at the end of the window that it heard."""
    for number, share in enumerate(speech):
        for event in listener.feed(number * WINDOW_MS, WINDOW_MS, share):
            yield (number + 1) * WINDOW_MS, event


def turns(speech: Sequence[float], silence_ms: int = USUAL_MS) -> list[tuple[float, TurnEnded]]:
    """The turns that silence alone ends, and when it does."""
    return [
        (at, event)
        for at, event in fed(EndOfTurn(rules(silence_ms)), speech)
        if isinstance(event, TurnEnded)
    ]
