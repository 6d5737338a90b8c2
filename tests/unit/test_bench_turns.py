"""How judges of turns are judged, and how clips are read."""

import json
import wave
from pathlib import Path
from typing import Any

import pytest

from sipagent.ports import Expect, Kind
from sipagent.text.language import Language
from tests.bench.clipset import Labelled, Stretch, made
from tests.bench.simulated_clock import RealTime
from tests.bench.turn_ends import asked_at_pauses, cut_share, delay_ms, exact_words, judged
from tests.bench.vad_windows import turns

WINDOW = 32


def _clip(*stretches: tuple[int, int, str], **label: Any) -> Labelled:
    said = {"language": "en", "expect": "open", "duration_ms": 9000, **label}
    return Labelled(
        Path("clips/incomplete/0001.wav"),
        "incomplete",
        tuple(Stretch(*one) for one in stretches),
        said,
    )


BROKEN = _clip((500, 1500, "i want to know about the"), (3500, 4500, "family plan"))


def test_an_end_in_a_pause_is_a_cut_and_the_one_after_the_speech_is_late_by_its_silence() -> None:
    ended = judged(BROKEN, [2000, 5000])
    assert ended.cut
    assert ended.delay_ms == 500
    assert ended.clip.name == "incomplete/0001"


def test_a_turn_that_is_waited_for_is_not_cut() -> None:
    assert not judged(BROKEN, [5000]).cut


def test_an_end_within_the_last_words_is_a_cut_too() -> None:
    assert judged(BROKEN, [4400, 5000]).cut


def test_a_turn_that_never_ends_is_endlessly_late() -> None:
    never = judged(BROKEN, [])
    assert never.delay_ms is None
    assert delay_ms([never, judged(BROKEN, [5000])], 95) == float("inf")


def test_an_agent_that_sounds_in_the_pause_has_spoken_over_the_caller() -> None:
    assert judged(BROKEN, [2000], sounded_ms=[2400]).spoken_over
    assert not judged(BROKEN, [2000], sounded_ms=[100, 5200]).spoken_over


def test_cuts_are_counted_in_per_cent() -> None:
    assert cut_share([judged(BROKEN, [2000, 5000]), judged(BROKEN, [5000])]) == 50


def test_with_exact_words_a_broken_sentence_is_waited_for_as_long_as_its_words_ask() -> None:
    short = _clip((500, 1500, "i want to know about the"), (2000, 3000, "family plan"))
    assert not exact_words(short).cut
    assert exact_words(BROKEN).cut  # nobody waits for two seconds


def test_with_exact_words_a_number_is_waited_for_until_its_digits_are_there() -> None:
    dictated = _clip(
        (500, 1500, "two zero four"), (3500, 4500, "eight one five"), expect="digits", digits=6
    )
    assert dictated.expect == Expect(Kind.DIGITS, 6, 6)
    ended = exact_words(dictated)
    assert not ended.cut
    assert ended.delay_ms is not None
    assert ended.delay_ms < 300


def _speech(*stretches_ms: tuple[int, int], until_ms: int) -> list[float]:
    """The probability of speech in each window."""
    return [
        1.0 if any(first <= at < last for first, last in stretches_ms) else 0.0
        for at in range(0, until_ms, WINDOW)
    ]


def test_silence_alone_ends_a_turn_so_long_after_its_last_window() -> None:
    ((at, event),) = turns(_speech((320, 1600), until_ms=4000), silence_ms=700)
    assert event.ended_ms == 1600
    assert at == 1600 + 704


class Detector:
    """The port ``TurnDetector``: sure that what is short is complete."""

    name = "detector"
    waited_s = 0.0

    def __init__(self, probability: float) -> None:
        self._probability = probability
        self.asked: list[int] = []

    async def finished(self, pcm: bytes, rate_hz: int) -> float:
        self.asked.append(len(pcm) * 1000 // 2 // rate_hz)
        return self._probability

    async def close(self) -> None: ...


@pytest.mark.parametrize(("probability", "ends_ms"), [(0.9, [1600 + 224]), (0.1, [1600 + 3008])])
def test_a_detector_alone_is_asked_at_the_pause_or_three_seconds_end_the_turn(
    probability: float, ends_ms: list[float]
) -> None:
    detector, real = Detector(probability), RealTime()
    speech = _speech((320, 1600), until_ms=6000)
    assert asked_at_pauses(detector, real, speech, bytes(6000 * 16)) == ends_ms
    assert detector.asked == [1600 + 96 - (320 - 200)]
    real.close()


def _write(folder: Path, kind: str, most: str) -> None:
    """A class of two clips, as the generator writes them."""
    (folder / kind).mkdir(parents=True)
    labels = []
    for number in range(2):
        with wave.open(str(folder / kind / f"000{number}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes(3200) + b"\1\0" * 1600)
        stretch = {"start_ms": 200, "end_ms": 400, "text": "mm"}
        labels.append(
            {"file": f"000{number}.wav", "class": kind, "stretches": [stretch], "language": "ar"}
        )
    (folder / kind / "labels.json").write_text(json.dumps(labels))
    (folder / kind / "made").write_text(most)


def test_clips_that_were_made_are_read_with_their_labels(tmp_path: Path) -> None:
    _write(tmp_path, "backchannel", most="")
    first, second = made(tmp_path, ("backchannel",))
    assert (first.name, second.name) == ("backchannel/0000", "backchannel/0001")
    assert first.language is Language.AR
    assert first.room() == bytes(3200)
    assert first.sounding() == b"\1\0" * 1600
    assert len(first.sounding(early_ms=100)) == 3200 + 1600
    assert not first.echoes


def test_fewer_clips_than_were_made_are_the_first_ones(tmp_path: Path) -> None:
    _write(tmp_path, "cough", most="2")
    assert [clip.name for clip in made(tmp_path, ("cough",), most=1)] == ["cough/0000"]
