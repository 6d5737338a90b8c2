"""Word error rates, and finding a sentence again in what came over a line."""

import numpy as np
import pytest

from sipagent.ports import Transcript
from sipagent.text.language import Language
from tests.bench.lossy_calls import RATE_HZ, Line, Spoken, cut, reel, straight
from tests.bench.words_lost import Heard, distance, error_rate, interval

EN = Language.EN


def _heard(wanted: str, found: str) -> Heard:
    return Heard(Spoken(wanted, EN, "en+f5", b""), Transcript(found, EN, 0.9))


@pytest.mark.parametrize(
    ("wanted", "heard", "errors"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a c", 1),
        ("a b c", "a x b c", 1),
        ("a b c", "a x c", 1),
        ("a b c", "", 3),
        ("", "a b", 2),
        ("a b c d", "b c d e", 2),
    ],
)
def test_words_inserted_left_out_or_replaced_are_errors(
    wanted: str, heard: str, errors: int
) -> None:
    assert distance(wanted.split(), heard.split()) == errors


def test_the_rate_counts_words_not_sentences() -> None:
    heard = [_heard("one two three four", "one two three"), _heard("five six", "five six")]
    assert error_rate(heard) == pytest.approx(100 / 6)


def test_marks_and_capitals_are_no_errors() -> None:
    assert error_rate([_heard("two sim cards", "Two SIM cards.")]) == 0


def test_resampled_rates_lie_around_the_rate() -> None:
    heard = [_heard("one two", "one two"), _heard("one two", "one")] * 20
    value, low, high = interval(heard)
    assert value == 25
    assert 0 < low < 25 < high < 50


def _tone(seconds: float, hz: float) -> bytes:
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * at)).astype("<i2").tobytes()


def test_sentences_are_found_again_however_late_the_line_is() -> None:
    one = reel([Spoken("a", EN, "", _tone(0.7, 400)), Spoken("b", EN, "", _tone(1.1, 900))])
    late = np.concatenate([np.zeros(1200, np.int16), straight(one)])
    pieces = [np.frombuffer(piece, "<i2") for piece in cut(one, late)]
    for piece, seconds in zip(pieces, (0.7, 1.1), strict=True):
        loud = np.flatnonzero(np.abs(piece.astype(int)) > 2000)
        assert loud[-1] - loud[0] == pytest.approx(seconds * RATE_HZ, abs=80)
        assert loud[0] == pytest.approx(0.25 * RATE_HZ, abs=240)


def test_a_line_is_named_by_what_it_loses() -> None:
    assert Line(0.03).name == "3 % lost"
    assert Line(0.01, False).name == "1 % lost, not concealed"
