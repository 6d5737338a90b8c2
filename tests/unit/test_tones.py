"""Keys heard as tones, at the limits of ITU-T Q.24, and never in speech."""

import audioop
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from sipagent.dialog.turns import EndOfTurn
from sipagent.dtmf import DBM0, ROWS, keys, pair, sound
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.errors import NoSuchKey
from sipagent.events import DigitPressed, Event, TurnEnded
from sipagent.media.tick import Ear, Tick
from sipagent.media.tones import ToneDetector
from sipagent.media.vad import SileroVad
from sipagent.text.language import Language
from tests.contract.telephone import spoken, through_g711
from tests.unit.test_quiet import RULES, Recorded

KEYS = "".join(ROWS)
UTTERANCES = Path(__file__).parent.parent / "data" / "utterances.yaml"

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """How keys come: levels in dBm0, deviations of the frequencies, times in ms."""

    low: float = -9.0
    high: float = -7.0
    low_off: float = 0.0
    high_off: float = 0.0
    on_ms: int = 60
    off_ms: int = 60
    snr_db: float | None = None
    rate_hz: int = 8000

    def audio(self, digits: str, seed: int = 1) -> Samples:
        """The keys after a pause of any length, so that they begin anywhere in a window."""
        random = np.random.default_rng(seed)
        at_s = np.arange(self.on_ms * self.rate_hz // 1000) / self.rate_hz
        pause = np.zeros(self.off_ms * self.rate_hz // 1000)
        parts = [np.zeros(random.integers(800, 2400))]
        for digit in digits:
            low_hz, high_hz = pair(digit)
            phases = random.uniform(0, 2 * np.pi, 2)
            low = np.sin(2 * np.pi * low_hz * (1 + self.low_off) * at_s + phases[0])
            high = np.sin(2 * np.pi * high_hz * (1 + self.high_off) * at_s + phases[1])
            parts += [DBM0 * 10 ** (self.low / 20) * low + DBM0 * 10 ** (self.high / 20) * high]
            parts += [pause]
        audio = np.concatenate(parts)
        if self.snr_db is not None:
            power = DBM0**2 / 2 * (10 ** (self.low / 10) + 10 ** (self.high / 10))
            noise = np.sqrt(power / 10 ** (self.snr_db / 10))
            audio += random.standard_normal(len(audio)) * noise
        return audio


def pcm(audio: Samples) -> bytes:
    return np.clip(np.rint(audio), -32768, 32767).astype("<i2").tobytes()


def through_a_law(sound: bytes) -> bytes:
    return audioop.alaw2lin(audioop.lin2alaw(sound, 2), 2)


def heard(sound: bytes, rate_hz: int = 8000) -> str:
    """What is told of a sound that comes in frames of 20 ms, and of the silence after it."""
    detector = ToneDetector(rate_hz)
    frame = rate_hz // 50 * 2
    sound += bytes(10 * frame)
    return "".join(detector.feed(sound[at : at + frame]) for at in range(0, len(sound), frame))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("code", [through_g711, through_a_law])
@pytest.mark.parametrize(
    "line",
    [
        Line(),
        Line(on_ms=40, off_ms=40),
        Line(on_ms=2000),
        Line(-25, -25, on_ms=40, off_ms=40),
        Line(0, 0, on_ms=40, off_ms=40),
        Line(-13, -9, on_ms=40, off_ms=40),
        Line(-9, -17, on_ms=40, off_ms=40),
        *(
            Line(low_off=low, high_off=high, on_ms=40, off_ms=40, snr_db=15)
            for low in (-0.015, 0.015)
            for high in (-0.015, 0.015)
        ),
        Line(snr_db=15, on_ms=40, off_ms=40),
        Line(-25, -25, snr_db=15),
        Line(snr_db=10),
    ],
    ids=str,
)
def test_a_key_is_heard_at_the_limits_of_q_24(
    line: Line, code: Callable[[bytes], bytes], seed: int
) -> None:
    assert heard(code(pcm(line.audio(KEYS, seed)))) == KEYS


def test_a_key_is_heard_at_16_khz() -> None:
    for line in (Line(rate_hz=16000), Line(rate_hz=16000, snr_db=15, on_ms=40, off_ms=40)):
        assert heard(pcm(line.audio(KEYS)), 16000) == KEYS


@pytest.mark.parametrize(
    "line",
    [
        Line(on_ms=23),
        Line(on_ms=23, snr_db=15),
        Line(low_off=0.035),
        Line(high_off=-0.035),
        Line(low_off=-0.035, on_ms=500, snr_db=20),
        Line(-55, -55, on_ms=500),
        Line(-9, -60, on_ms=500),
        Line(-20, -7, on_ms=500),
    ],
    ids=str,
)
def test_what_is_shorter_weaker_or_beside_its_frequency_is_no_key(line: Line) -> None:
    for seed in range(10):
        assert heard(through_g711(pcm(line.audio(KEYS, seed)))) == ""


@pytest.mark.parametrize(("gap_ms", "digits"), [(10, "5"), (20, "5"), (40, "55"), (60, "55")])
def test_a_lost_packet_does_not_make_two_presses_of_one_and_a_pause_does(
    gap_ms: int, digits: str
) -> None:
    for seed in range(20):
        line = Line(on_ms=80, off_ms=gap_ms)
        assert heard(through_g711(pcm(line.audio("55", seed)))) == digits


def test_a_key_that_follows_without_a_pause_is_another() -> None:
    assert heard(pcm(Line(off_ms=0).audio(KEYS))) == KEYS


@pytest.mark.parametrize("repeated", [False, True], ids=["silence", "the last one again"])
def test_keys_survive_five_lost_packets_of_a_hundred(repeated: bool) -> None:
    """No two in a row: they are as long as a pause between two presses."""
    audio = Line(on_ms=100).audio(KEYS * 4, 3)
    frames = audio[: len(audio) // 160 * 160].reshape(-1, 160)
    random = np.random.default_rng(4)
    for lost in range(20, len(frames), 20):
        at = lost - int(random.integers(0, 18))
        frames[at] = frames[at - 1] if repeated else 0
    assert heard(through_g711(pcm(frames.ravel()))) == KEYS * 4


@pytest.mark.parametrize("language", Language)
async def test_speech_holds_no_key(language: Language) -> None:
    """Every test utterance: talk-off would press keys for a caller who only speaks."""
    voice = EspeakVoice()
    texts = yaml.safe_load(UTTERANCES.read_text(encoding="utf-8"))["utterances"]
    said = b""
    for item in texts:
        if item["language"] == language:
            said += b"".join(part.pcm for part in await spoken(voice, item["text"], language))
    assert len(said) > 16000 * 60
    assert heard(through_g711(said)) == ""


def test_noise_and_single_tones_hold_no_key() -> None:
    random = np.random.default_rng(5)
    assert heard(pcm(random.standard_normal(8000 * 60) * 3000)) == ""
    at_s = np.arange(8000) / 8000
    for hz in (350, 425, 440, 480, 620, 697, 941, 1209, 1400, 1633, 2100):
        assert heard(pcm(8000 * np.sin(2 * np.pi * hz * at_s))) == ""
    ringing = np.sin(2 * np.pi * 440 * at_s) + np.sin(2 * np.pi * 480 * at_s)
    assert heard(pcm(8000 * ringing)) == ""


@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_our_own_tones_are_heard(rate_hz: int) -> None:
    assert heard(sound(KEYS, rate_hz), rate_hz) == KEYS


def test_what_no_telephone_has_is_said_so() -> None:
    assert keys("12a*#") == "12A*#"
    for digits in ("1,2", "E", " ", "٣", "R"):
        with pytest.raises(NoSuchKey, match="0-9"):
            keys(digits)


@pytest.mark.parametrize("tones", [True, False])
async def test_keys_after_words_do_not_prolong_the_turn(tones: bool) -> None:
    """On a noisy line the VAD's model takes them for speech, unless it is told."""
    (speech,) = await spoken(EspeakVoice(), "I lost my card yesterday", Language.EN)
    words = np.frombuffer(speech.pcm, "<i2").astype(np.float64)
    keyed = Line(-3, -3, on_ms=200, snr_db=10).audio(KEYS)
    samples = np.frombuffer(
        through_g711(pcm(np.concatenate([words, keyed, np.zeros(8000)]))), "<i2"
    )
    events: list[Event] = []
    detector = ToneDetector(8000) if tones else None
    ear = Ear(Recorded(samples), 8000, EndOfTurn(RULES), events.extend, detector)
    tick = Tick(SileroVad(8000))
    tick.add(ear)
    for _ in range(len(samples) // 160 + 100):
        tick.step()
    digits = [event.digit for event in events if isinstance(event, DigitPressed)]
    turns = [event for event in events if isinstance(event, TurnEnded)]
    assert "".join(digits) == (KEYS if tones else "")
    assert (turns[0].ended_ms < len(words) // 8 + 1000) is tones
