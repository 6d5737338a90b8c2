"""The gate before the VAD's model, and the ear that has one."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from sipagent.dialog.turns import EndOfTurn, TurnRules
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.events import Event, TurnEnded
from sipagent.media.quiet import HANGOVER_WINDOWS, QuietLine
from sipagent.media.tick import Ear, Tick
from sipagent.media.vad import SileroVad
from sipagent.text.language import Language
from tests.contract.telephone import spoken, through_g711
from tests.unit.test_call import Wire

WINDOW = 256
RATE_HZ = 8000
RULES = TurnRules(0.5, 64, 200, 250, 128, 500, 20_000)


def noise(dbfs: float, seed: int = 1) -> Iterator[bytes]:
    """Windows of room noise as G.711 brings them."""
    random = np.random.default_rng(seed)
    while True:
        samples = random.standard_normal(WINDOW) * 32768 * 10 ** (dbfs / 20)
        yield through_g711(samples.astype("<i2").tobytes())


def verdicts(line: QuietLine, windows: Iterator[bytes], count: int) -> list[bool]:
    return [line.is_quiet(window) for window in islice(windows, count)]


@pytest.mark.parametrize("dbfs", [-90, -70, -60, -54])
def test_a_quiet_line_is_passed_over_once_its_noise_is_known(dbfs: float) -> None:
    heard = verdicts(QuietLine(), noise(dbfs), 1000)
    assert heard[:HANGOVER_WINDOWS] == [False] * HANGOVER_WINDOWS
    assert all(heard[HANGOVER_WINDOWS:])


@pytest.mark.parametrize("dbfs", [-48, -30])
def test_a_line_as_loud_as_soft_speech_is_never_passed_over(dbfs: float) -> None:
    assert not any(verdicts(QuietLine(), noise(dbfs), 1000))


def test_what_rises_over_the_noise_opens_at_once_and_for_the_gaps_after_it() -> None:
    line = QuietLine()
    verdicts(line, noise(-70), 200)
    assert verdicts(line, noise(-60), 1) == [False]  # still weaker than a voice
    after = verdicts(line, noise(-70), HANGOVER_WINDOWS + 2)
    assert after == [False] * HANGOVER_WINDOWS + [True] * 2


def test_noise_that_rises_is_the_new_silence_within_two_seconds() -> None:
    line = QuietLine()
    verdicts(line, noise(-75), 200)
    heard = verdicts(line, noise(-58), 200)
    assert not any(heard[:30])
    assert all(heard[80:])


class Recorded(Wire):
    """A port that brings a recording, 20 ms at a time."""

    def __init__(self, samples: NDArray[np.int16]) -> None:
        self._samples = samples
        self._at = 0

    def read(self) -> bytes:
        self._at += 160
        return self._samples[self._at - 160 : self._at].tobytes()


async def test_an_ear_passes_over_the_quiet_and_keeps_the_time() -> None:
    """Two turns after two seconds of room noise: both heard, where they were said."""
    random = np.random.default_rng(2)
    (speech,) = await spoken(EspeakVoice(), "I lost my card yesterday", Language.EN)
    turn = np.frombuffer(speech.pcm, "<i2")
    pause = np.zeros(2 * RATE_HZ, np.int16)
    said = np.concatenate([pause, turn, pause, turn, pause])
    said = (said + random.standard_normal(len(said)) * 32).astype("<i2")
    events: list[Event] = []
    listener = EndOfTurn(RULES)
    ear = Ear(Recorded(said), RATE_HZ, listener, events.extend)
    vad = CountingVad()
    tick = Tick(vad)
    tick.add(ear)
    for _ in range(len(said) // 160):
        tick.step()
    turns = [event for event in events if isinstance(event, TurnEnded)]
    length_ms = len(turn) * 1000 // RATE_HZ
    expected = [(2000, 2000 + length_ms), (4000 + length_ms, 4000 + 2 * length_ms)]
    assert len(turns) == 2
    for heard, (start, end) in zip(turns, expected, strict=True):
        assert abs(heard.started_ms - start) <= 200
        assert abs(heard.ended_ms - end) <= 300
    windows = len(said) // WINDOW
    assert vad.judged < 0.75 * windows


class CountingVad(SileroVad):
    """The real model, counting what it is asked."""

    judged = 0

    def __init__(self) -> None:
        super().__init__(RATE_HZ)

    def probabilities(self, windows, states):  # type: ignore[no-untyped-def]
        self.judged += len(windows)
        return super().probabilities(windows, states)


def test_what_the_port_had_no_room_for_is_silence_on_the_clock() -> None:
    """After a stall the media clock, and with it every time in the record, is right again."""

    class Stalled(Recorded):
        def lost(self) -> int:
            return 800 if self._at >= 320 else 0

    ear = Ear(Stalled(np.zeros(480, np.int16)), RATE_HZ, EndOfTurn(RULES), lambda events: None)
    for _ in range(3):
        ear.read()
    assert ear.now_ms == 60 + 100
