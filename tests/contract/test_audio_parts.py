"""Resampling, features, windows and batches that the speech engines share."""

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from sipagent.engines.batching import Batcher
from sipagent.engines.levels import active_dbfs, normalised, trimmed
from sipagent.engines.log_mel import LogMel
from sipagent.engines.resample import resample
from sipagent.engines.windows import windows
from sipagent.errors import EngineError


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


class Gate:
    """A run that waits until it is let go, and notes how many requests each run had."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.sizes: list[int] = []

    def run(self, requests: Sequence[int]) -> list[int]:
        self.open.wait(5)
        self.sizes.append(len(requests))
        if 13 in requests:
            raise ValueError("unlucky")
        return [request * 2 for request in requests]


async def test_requests_that_wait_share_a_run_and_keep_their_results() -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, largest=4)
    tasks = [asyncio.create_task(batcher.submit(number)) for number in range(6)]
    await asyncio.sleep(0.05)
    gate.open.set()
    assert await asyncio.gather(*tasks) == [0, 2, 4, 6, 8, 10]
    assert sum(gate.sizes) == 6
    assert max(gate.sizes) <= 4
    assert len(gate.sizes) < 6
    await batcher.close()


async def test_a_failed_run_fails_its_requests_and_serves_the_next() -> None:
    gate = Gate()
    gate.open.set()
    batcher = Batcher("gate", gate.run)
    with pytest.raises(EngineError, match="gate: ValueError: unlucky"):
        await batcher.submit(13)
    assert await batcher.submit(4) == 8
    await batcher.close()


async def test_a_full_queue_refuses_rather_than_answers_late() -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, largest=1, waiting=1)
    first = asyncio.create_task(batcher.submit(1))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(batcher.submit(2))
    await asyncio.sleep(0)
    with pytest.raises(EngineError, match="1 requests wait"):
        await batcher.submit(3)
    gate.open.set()
    assert [*await asyncio.gather(first, second)] == [2, 4]
    await batcher.close()


async def test_a_cancelled_request_that_waits_is_never_run() -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, largest=1)
    first = asyncio.create_task(batcher.submit(1))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(batcher.submit(13))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    await asyncio.sleep(0)
    gate.open.set()
    assert await first == 2
    assert await batcher.submit(5) == 10
    assert gate.sizes == [1, 1]
    await batcher.close()


async def test_a_closed_batcher_refuses_what_waits_and_what_comes() -> None:
    gate = Gate()
    gate.open.set()
    batcher = Batcher("gate", gate.run)
    await batcher.close()
    await batcher.close()
    with pytest.raises(EngineError, match="it is closed"):
        await batcher.submit(1)
