"""Calls on a clock of their own: time that nobody waits for, and the node's own conversation."""

import asyncio
import time

import numpy as np
import pytest

from sipagent.events import Interrupted, PlayoutPaused, PlayoutResumed, TurnEnded
from sipagent.media.vad import SileroVad
from sipagent.ports import Expect, Kind, Question, Transcript, Utterance
from sipagent.text.language import Language
from tests.bench.delays import (
    BROKEN_OFF,
    BROKEN_OFF_DBFS,
    WHOLE,
    WHOLE_DBFS,
    FixedResponder,
    FixedTranscriber,
    hummed,
)
from tests.bench.simulated import ChargedTranscriber, Hearers, Scene, speech_of
from tests.bench.simulated_clock import RealTime, simulate
from tests.bench.simulated_line import SimulatedLine
from tests.bench.talkers import Said, spoken

RATE_HZ = 8000
EN = Language.EN


class Scribe:
    """The port ``Transcriber``: hears the same words in everything."""

    name = "scribe"
    waited_s = 0.0

    def __init__(self, text: str) -> None:
        self._text = text

    async def transcribe(self, utterance: Utterance) -> Transcript:
        return Transcript(self._text, EN, 0.9)

    async def close(self) -> None: ...


def _sentence() -> bytes:
    samples = spoken(Said("I have a question about my bill"))
    return np.rint(32767 * samples).astype("<i2").tobytes()


def _speech(seconds: float) -> bytes:
    return np.ones(round(seconds * RATE_HZ), "<i2").tobytes()


def test_an_hour_of_waiting_takes_no_time() -> None:
    async def hour() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    assert simulate(hour()) == pytest.approx(3600)
    assert time.monotonic() - began < 5


def test_what_nothing_brings_is_not_waited_for() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="everything waits"):
        simulate(forever())


def test_real_work_takes_none_of_the_simulated_time() -> None:
    real = RealTime()

    async def work() -> int:
        return 42

    async def main() -> tuple[int, float]:
        return real.run(work()), asyncio.get_running_loop().time()

    assert simulate(main()) == (42, 0.0)
    real.close()


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_frames_go_both_ways_as_time_passes() -> None:
    clock = Clock()
    line = SimulatedLine(clock)
    assert line.say(b"\1\0" * 160) == 0
    line.write(_speech(1.0))
    clock.now_s = 0.1
    assert line.read() == b"\1\0" * 160 + bytes(2 * 640)
    assert line.position() == 800
    assert line.sounded_ms == [0, 20, 40, 60, 80]


def test_a_paused_line_plays_nothing_and_goes_on_where_it_stood() -> None:
    clock = Clock()
    line = SimulatedLine(clock)
    line.write(_speech(1.0))
    clock.now_s = 0.04
    assert line.pause() == 320
    clock.now_s = 1.0
    line.resume()
    clock.now_s = 1.02
    assert line.position() == 480
    assert line.flush() == 480
    assert line.sounded_ms == [0, 20, 1000]


def test_an_echo_comes_back_a_delay_after_what_was_played_and_not_while_it_is_paused() -> None:
    clock = Clock()
    line = SimulatedLine(clock)
    line.echo(b"\7\0" * 480, delay_ms=100)
    line.write(_speech(1.0))
    clock.now_s = 0.04
    line.pause()
    clock.now_s = 0.2
    heard = np.frombuffer(line.read(), "<i2")
    assert np.flatnonzero(heard == 7).tolist() == list(range(800, 1120))


def test_speech_shares_its_sound_among_its_words_by_their_letters() -> None:
    speech = speech_of("a bcd", EN, bytes(200) + b"\1\0" * 600 + bytes(200))
    assert [(one.text, one.start, one.end) for one in speech.words] == [
        ("a", 100, 300),
        ("bcd", 300, 700),
    ]


def _scene(text: str) -> Scene:
    """A caller says a sentence a second into 20 s of the agent's; ``text`` is what is heard."""
    said = _sentence()

    async def play() -> Scene:
        real = RealTime()
        hearers = Hearers(SileroVad(RATE_HZ), ChargedTranscriber(Scribe(text), real, 0.1))
        scene = Scene(hearers, speech_of("The agent speaks of this and that.", EN, _speech(20)))

        async def script() -> None:
            await asyncio.sleep(1.0)
            scene.line.say(said)
            await asyncio.sleep(len(said) / 2 / RATE_HZ + 3)

        try:
            await scene.play(script())
        finally:
            real.close()
        return scene

    return simulate(play())


def test_words_stop_the_agent_of_a_scene() -> None:
    scene = _scene("i have a question")
    assert scene.when(PlayoutPaused)[0] < 1300
    assert len(scene.when(Interrupted)) == 1


def test_a_backchannel_lets_it_go_on() -> None:
    scene = _scene("mm")
    assert scene.when(PlayoutResumed)
    assert not scene.when(Interrupted)
    assert scene.line.sounded_ms[-1] > scene.when(PlayoutResumed)[-1]


@pytest.mark.parametrize(("asks", "waits"), [(Expect(), False), (Expect(Kind.DIGITS, 9, 9), True)])
def test_a_scene_asks_for_digits_and_then_waits_for_all_of_them(asks: Expect, waits: bool) -> None:
    said = _sentence()

    async def play() -> tuple[list[int], int]:
        real = RealTime()
        hearers = Hearers(
            SileroVad(RATE_HZ), ChargedTranscriber(Scribe("it is one two three"), real, 0.1)
        )
        scene = Scene(hearers, speech_of("Hello.", EN, _speech(0.2)), asks)
        ended = [0]

        async def script() -> None:
            await asyncio.sleep(0.5)
            await scene.asked()
            began = scene.line.say(said)
            ended[0] = began + len(said) * 1000 // 2 // RATE_HZ
            await asyncio.sleep(len(said) / 2 / RATE_HZ + 4)

        try:
            await scene.play(script())
        finally:
            real.close()
        return scene.when(TurnEnded), ended[0]

    ends, speech_ended = simulate(play())
    assert (ends[-1] - speech_ended > 2000) is waits


def test_delays_take_their_time_once_for_many_calls() -> None:
    says = (Said(WHOLE, WHOLE_DBFS), Said(BROKEN_OFF, BROKEN_OFF_DBFS)) * 10
    sounds = [np.rint(32767 * spoken(one)).astype("<i2").tobytes() for one in says]

    async def ask() -> tuple[list[str], float]:
        asked = [
            FixedTranscriber().transcribe(Utterance(sound, RATE_HZ, (EN,))) for sound in sounds
        ]
        heard = await asyncio.gather(*asked)
        return [one.text for one in heard], asyncio.get_running_loop().time()

    texts, took_s = simulate(ask())
    assert texts == [WHOLE, BROKEN_OFF] * 10
    assert took_s == pytest.approx(0.1)


def test_the_first_token_takes_its_time_and_the_rest_none() -> None:
    async def ask() -> list[float]:
        loop = asyncio.get_running_loop()
        parts = FixedResponder().respond(Question("bench", WHOLE, EN))
        return [loop.time() async for _ in parts]

    assert simulate(ask()) == pytest.approx([0.2, 0.2])


def test_a_hum_sounds_all_along_and_has_each_word_in_its_place() -> None:
    speech = hummed("one two", EN, RATE_HZ)
    assert speech.samples == 7 * 800
    assert [(one.text, one.start, one.end) for one in speech.words] == [
        ("one", 0, 2400),
        ("two", 3200, 5600),
    ]
    frames = np.frombuffer(speech.pcm, "<i2").astype(float).reshape(-1, 160)
    assert np.sqrt((frames**2).mean(axis=1)).min() > 2000
