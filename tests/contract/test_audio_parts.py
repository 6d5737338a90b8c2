"""Resampling, features, levels and windows that the speech engines share."""

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from sipagent.engines.levels import (
    active_dbfs,
    click_share,
    normalised,
    sounding_s,
    tonal_share,
    trimmed,
)
from sipagent.engines.log_mel import LogMel
from sipagent.engines.resample import resample
from sipagent.engines.windows import windows


def tone(
    hz: float, rate_hz: int, seconds: float = 0.5
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.sin(2 * np.pi * hz * np.arange(int(rate_hz * seconds)) / rate_hz).astype(np.float32)


@pytest.mark.parametrize(
    ("from_hz", "to_hz"),
    [(22050, 8000), (22050, 16000), (8000, 16000), (24000, 8000), (48000, 8000)],
)
@pytest.mark.parametrize("hz", [200.0, 1000.0, 3000.0])
def test_a_tone_keeps_its_pitch_level_and_time(from_hz: int, to_hz: int, hz: float) -> None:
    found = resample(tone(hz, from_hz), from_hz, to_hz)
    expected = tone(hz, to_hz)
    middle = slice(to_hz // 50, len(expected) - to_hz // 50)
    assert abs(len(found) - len(expected)) <= 1
    assert np.abs(found[middle] - expected[middle]).max() < 0.01


def test_what_the_lower_rate_cannot_hold_is_removed() -> None:
    found = resample(tone(6000, 22050), 22050, 8000)
    assert 20 * np.log10(np.abs(found[200:-200]).max()) < -60


def test_doubling_the_rate_leaves_no_image() -> None:
    spectrum = np.abs(np.fft.rfft(resample(tone(1000, 8000, 1.0), 8000, 16000)[2000:14000]))
    assert spectrum[len(spectrum) * 5 // 8 :].max() / spectrum.max() < 0.001


def test_resampling_nothing_gives_nothing() -> None:
    assert len(resample(np.zeros(0, np.float32), 8000, 16000)) == 0


@pytest.mark.parametrize("mels", [80, 128])
def test_features_are_those_the_models_were_trained_on(mels: int) -> None:
    samples = np.random.default_rng(2).standard_normal(16000).astype(np.float32) * 0.1
    theirs = FeatureExtractor(feature_size=mels)(samples, padding=160)
    assert np.abs(LogMel(mels)(samples) - theirs).max() < 1e-4


def test_trimming_leaves_10_ms_before_the_sound() -> None:
    sound = np.concatenate([np.zeros(4000), np.full(800, 0.5), np.zeros(4000)]).astype(np.float32)
    kept, cut = trimmed(sound, 8000)
    assert cut == 3920
    assert len(kept) == 80 + 800 + 160


def test_level_is_of_the_speech_and_not_of_its_pauses() -> None:
    speech = np.concatenate([tone(300, 8000), np.zeros(12000, np.float32)]) * np.float32(0.01)
    assert active_dbfs(normalised(speech, 8000, -20), 8000) == pytest.approx(-20, abs=0.5)


def test_sound_is_counted_without_its_pauses() -> None:
    pause = np.zeros(8000, np.float32)
    speech = np.concatenate([pause, tone(300, 8000, 0.5), pause, tone(300, 8000, 0.25), pause])
    assert sounding_s(speech, 8000) == pytest.approx(0.75, abs=0.03)
    assert sounding_s(pause, 8000) == sounding_s(pause[:0], 8000) == 0.0


def test_a_few_tones_are_told_from_a_sound_of_many() -> None:
    chord = sum(tone(hz, 8000, 1.0) for hz in (262, 330, 392, 523))
    voice = sum(tone(hz, 8000, 1.0) / (1 + hz / 500) for hz in range(120, 3400, 120))
    assert tonal_share(np.asarray(chord, np.float32), 8000) > 0.9
    assert tonal_share(np.asarray(voice, np.float32), 8000) < 0.1
    assert tonal_share(np.zeros(8000, np.float32), 8000) == 0.0
    assert tonal_share(np.zeros(10, np.float32), 8000) == 0.0


def test_clicks_are_told_from_a_sound_that_lasts() -> None:
    clicks = np.zeros(16000, np.float32)
    clicks[800::4000] = 0.9
    assert click_share(clicks, 8000) == 1.0
    assert click_share(tone(300, 8000), 8000) == 0.0
    assert click_share(np.zeros(8000, np.float32), 8000) == 0.0
    assert click_share(np.zeros(10, np.float32), 8000) == 0.0


def test_short_speech_is_one_window() -> None:
    assert [len(one) for one in windows(tone(300, 16000, 7.0), 16000, 7.6)] == [7 * 16000]


def test_long_speech_is_cut_in_its_pauses() -> None:
    pause = np.zeros(16000 // 2, np.float32)
    speech = tone(300, 16000, 3.0)
    found = windows(np.concatenate([speech, pause, speech, pause, speech]), 16000, 7.6)
    assert [len(one) / 16000 for one in found] == pytest.approx([3.25, 3.5, 3.25], abs=0.02)


def test_speech_without_a_pause_is_cut_where_it_is_quietest() -> None:
    speech = tone(300, 16000, 10.0)
    speech[5 * 16000 : 5 * 16000 + 2400] *= 0.2
    found = windows(speech, 16000, 7.6)
    assert len(found) == 2
    assert len(found[0]) / 16000 == pytest.approx(5.075, abs=0.08)
    assert sum(map(len, found)) == len(speech)


def test_short_speech_is_cut_in_long_pauses_where_the_model_needs_it() -> None:
    pause = np.zeros(16000, np.float32)
    speech = np.concatenate([tone(300, 16000, 1.0), pause, tone(300, 16000, 2.0)])
    assert [len(one) for one in windows(speech, 16000, 7.6)] == [len(speech)]
    found = windows(speech, 16000, 7.6, apart=True)
    assert [len(one) / 16000 for one in found] == pytest.approx([1.15, 2.15], abs=0.02)


def test_a_short_pause_cuts_nothing() -> None:
    pause = np.zeros(16000 // 2, np.float32)
    speech = np.concatenate([tone(300, 16000, 1.0), pause, tone(300, 16000, 1.0)])
    assert len(windows(speech, 16000, 7.6, apart=True)) == 1
