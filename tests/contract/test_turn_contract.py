"""What every turn detector must do; the real model's judgement where its extra is installed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from sipagent.engines.resample import resample
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.engines.turn_smart import SmartTurn, SmartTurnSettings, TurnFeatures, model_path
from sipagent.errors import EngineError, ExtraMissing, ModelMissing
from sipagent.ports import TurnDetector
from sipagent.text.language import Language
from tests.contract.sounds import noise, tone
from tests.contract.stand_in import turn_model
from tests.contract.telephone import TELEPHONE_HZ, telephone


@pytest.fixture(params=["stand-in", "smart-turn"])
async def detector(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TurnDetector]:
    if request.param == "stand-in":
        (tmp_path / "turn.onnx").write_bytes(turn_model())
        engine = SmartTurn(SmartTurnSettings(model=tmp_path / "turn.onnx"))
    else:
        engine = installed()
    yield engine
    await engine.close()


def installed() -> SmartTurn:
    """The real one. Skips where its extra is not installed."""
    try:
        return SmartTurn()
    except ExtraMissing as missing:
        pytest.skip(str(missing))


def sound(length_s: float, level: float = 3000, seed: int = 1) -> bytes:
    hiss = noise(length_s, level, seed)
    return (hiss + tone(300, length_s, level)[: len(hiss)]).astype("<i2").tobytes()


@pytest.mark.parametrize("length_s", [0.01, 0.2, 3.0, 8.0, 20.0])
async def test_a_turn_of_any_length_gets_a_probability(
    detector: TurnDetector, length_s: float
) -> None:
    assert 0.0 <= await detector.finished(sound(length_s), TELEPHONE_HZ) <= 1.0


async def test_nothing_is_no_finished_turn(detector: TurnDetector) -> None:
    assert await detector.finished(b"", TELEPHONE_HZ) == 0.0


async def test_only_the_last_eight_seconds_count(detector: TurnDetector) -> None:
    last = sound(8, seed=3)
    alone = await detector.finished(last, TELEPHONE_HZ)
    assert await detector.finished(sound(5, seed=4) + last, TELEPHONE_HZ) == pytest.approx(alone)


async def test_the_end_of_the_sound_counts(detector: TurnDetector) -> None:
    quiet = np.zeros(2 * TELEPHONE_HZ, "<i2").tobytes()
    one = await detector.finished(sound(2) + quiet, TELEPHONE_HZ)
    other = await detector.finished(quiet + sound(2), TELEPHONE_HZ)
    assert abs(one - other) > 0.001


async def test_turns_judged_together_are_judged_as_alone(detector: TurnDetector) -> None:
    turns = [sound(length_s, seed=seed) for seed, length_s in enumerate((1, 2, 4, 6, 9, 0.5))]
    alone = [await detector.finished(turn, TELEPHONE_HZ) for turn in turns]
    together = await asyncio.gather(*(detector.finished(turn, TELEPHONE_HZ) for turn in turns))
    assert together == pytest.approx(alone, abs=1e-3)


async def test_a_closed_detector_refuses(detector: TurnDetector) -> None:
    await detector.close()
    with pytest.raises(EngineError, match="closed"):
        await detector.finished(sound(1), TELEPHONE_HZ)


@pytest.mark.parametrize(("length_s", "rate_hz"), [(3.0, 8000), (12.0, 8000), (0.5, 16_000)])
def test_features_are_those_the_model_was_trained_on(length_s: float, rate_hz: int) -> None:
    """The end at the end, silence before it, mean 0 and variance 1, then Whisper's own."""
    random = np.random.default_rng(7)
    pcm = (random.standard_normal(int(length_s * rate_hz)).cumsum() * 90 % 9000).astype("<i2")
    samples = pcm.astype(np.float32) / np.float32(32768)
    wide = resample(samples[-8 * rate_hz :], rate_hz, 16_000)[-128_000:]
    window = np.concatenate([np.zeros(128_000 - len(wide), np.float32), wide])
    window = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
    theirs = FeatureExtractor(feature_size=80, chunk_length=8)(window, padding=0)
    ours = TurnFeatures()(pcm.tobytes(), rate_hz)
    assert ours.shape == theirs[:, :800].shape == (80, 800)
    assert np.abs(ours - theirs[:, :800]).max() < 1e-4


def framework(folder: Path, *models: str) -> Path:
    """The package as it is installed: a framework that must not be imported, and its data."""
    data = folder / "pipecat" / "audio" / "turn" / "smart_turn" / "data"
    data.mkdir(parents=True)
    (folder / "pipecat" / "__init__.py").write_text("raise RuntimeError('imported')")
    for model in models:
        (data / model).write_bytes(turn_model())
    return folder


async def test_the_newest_model_of_the_package_is_found_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = framework(
        tmp_path, "smart-turn-v3.0.onnx", "smart-turn-v3.2-cpu.onnx", "smart-turn-v3.2-gpu.onnx"
    )
    monkeypatch.syspath_prepend(folder)
    assert model_path().name == "smart-turn-v3.2-cpu.onnx"
    detector = SmartTurn.from_settings({})
    assert 0.0 <= await detector.finished(sound(1), TELEPHONE_HZ) <= 1.0
    assert "pipecat" not in sys.modules
    await detector.close()


def test_a_package_without_a_model_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(framework(tmp_path))
    with pytest.raises(ExtraMissing, match="pip install --no-deps pipecat-ai"):
        SmartTurn()


def test_a_file_that_is_no_model_is_a_missing_model(tmp_path: Path) -> None:
    (tmp_path / "turn.onnx").write_bytes(b"not ONNX")
    with pytest.raises(ModelMissing, match="does not load"):
        SmartTurn(SmartTurnSettings(model=tmp_path / "turn.onnx"))


@pytest.mark.parametrize(
    ("whole", "broken_off", "language"),
    [
        ("i want to speak to a human agent", "i want to speak to a", Language.EN),
        ("where is your branch in sharjah", "where is your branch in", Language.EN),
        ("وين فرعكم في الشارقة", "وين فرعكم في", Language.AR),
    ],
)
async def test_a_whole_sentence_sounds_more_finished_than_its_beginning(
    whole: str, broken_off: str, language: Language
) -> None:
    detector = installed()
    judged = [
        await detector.finished(await telephone(EspeakVoice(), text, language), TELEPHONE_HZ)
        for text in (whole, broken_off)
    ]
    assert judged[0] > 0.5 > judged[1]
    await detector.close()
