"""What a scenario's caller says, as sound, and when."""

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sipagent.cli.phone import script
from sipagent.cli.scenario import noises
from sipagent.cli.scenario.booth import prepared
from sipagent.cli.scenario.schema import Scenario
from sipagent.engines.levels import active_dbfs, trimmed

RATE_HZ = 8000


async def sounds(*steps: dict[str, Any], **settings: Any) -> list[NDArray[np.float32]]:
    """The sound of each step, -1 to 1."""
    scenario = Scenario.model_validate({"name": "one", "steps": steps, **settings})
    played = await prepared(scenario, Path(), RATE_HZ)
    return [
        np.frombuffer(played.sounds[step], "<i2").astype(np.float32) / np.float32(32768)
        for step in played.steps
    ]


def quiet_ms(sound: NDArray[np.float32]) -> int:
    """The longest silence within a sound."""
    loud = np.flatnonzero(np.abs(sound) > 1e-3)
    return round(1000 * int(np.diff(loud).max()) / RATE_HZ)


async def test_a_pause_within_a_text_is_as_long_as_it_is_written() -> None:
    (sound,) = await sounds({"say": ["two zero", 1.5, "four eight"]})
    assert quiet_ms(sound) == pytest.approx(1500, abs=60)


async def test_a_text_begins_and_ends_without_silence() -> None:
    (sound,) = await sounds({"say": "hello there"})
    assert len(trimmed(sound, RATE_HZ)[0]) == pytest.approx(len(sound), abs=RATE_HZ // 50)


async def test_speech_has_the_level_of_a_caller_and_what_is_added_to_it() -> None:
    usual, soft = await sounds({"say": "hello"}, {"say": "hello", "level_db": -12})
    assert active_dbfs(usual, RATE_HZ) == pytest.approx(-20, abs=1)
    assert active_dbfs(soft, RATE_HZ) == pytest.approx(-32, abs=1)


async def test_a_faster_pace_is_shorter_and_another_voice_another_sound() -> None:
    text = "when do you open on friday"
    usual, fast, other = await sounds(
        {"say": text}, {"say": text, "pace": 1.5}, {"say": text, "voice": "en+m3"}
    )
    assert len(fast) < 0.8 * len(usual)
    assert len(other) != len(usual) or not np.array_equal(other, usual)


async def test_noise_lies_under_what_is_said() -> None:
    (clean,) = await sounds({"say": ["hello", 1.0, "there"]})
    (noisy,) = await sounds({"say": ["hello", 1.0, "there"]}, noise_dbfs=-46.0)
    pause = slice(len(noisy) // 2 - 800, len(noisy) // 2 + 800)
    assert not np.any(clean[pause])
    assert 20 * np.log10(np.sqrt(np.mean(noisy[pause] ** 2))) == pytest.approx(-46, abs=1)


@pytest.mark.parametrize(("sound", "seconds"), [("cough", 0.71), ("knock", 0.64), ("noise", 1.5)])
async def test_made_sounds_are_the_same_in_every_run(sound: str, seconds: float) -> None:
    step = {"sound": sound, **({"seconds": seconds} if sound == "noise" else {})}
    (first,), (second,) = await sounds(step), await sounds(step)
    assert np.array_equal(first, second)
    assert len(first) / RATE_HZ == pytest.approx(seconds, abs=0.01)
    assert active_dbfs(first, RATE_HZ) > -26


def test_a_cough_is_two_bursts_and_no_tone() -> None:
    cough = np.abs(noises.cough(RATE_HZ))
    peaks = [cough[round(a * RATE_HZ) : round((a + 0.1) * RATE_HZ)].max() for a in (0.0, 0.36)]
    between = cough[round(0.3 * RATE_HZ) : round(0.35 * RATE_HZ)].max()
    assert min(peaks) > 10 * max(between, 1e-9)


async def test_a_recording_sounds_as_it_is(tmp_path: Path) -> None:
    tone = np.rint(8000 * np.sin(np.arange(RATE_HZ) / 3)).astype("<i2")
    with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(tone.tobytes())
    scenario = Scenario.model_validate({"name": "one", "steps": [{"sound": "tone.wav"}]})
    played = await prepared(scenario, tmp_path, RATE_HZ)
    sound = np.frombuffer(played.sounds[played.steps[0]], "<i2")
    assert np.abs(sound.astype(int) - tone).max() <= 2


async def test_each_step_has_its_moment_and_its_number() -> None:
    scenario = Scenario.model_validate(
        {
            "name": "one",
            "steps": [
                {"expect": {"says": "welcome"}},
                {"keys": ["20", 1.0, "48#"], "over_s": 1.5},
                {"silence_s": 4, "after_s": 2},
                {"hang_up": True, "at_once": True},
            ],
        }
    )
    played = await prepared(scenario, Path(), RATE_HZ)
    assert played.steps == (
        script.Step(script.AfterBeginning(1.5), script.Keys("20")),
        script.Step(script.At(0), script.Silence(1.0)),
        script.Step(script.At(0), script.Keys("48#")),
        script.Step(script.WhenSilent(2.0), script.Silence(4.0)),
        script.Step(script.At(0), script.HangUp()),
    )
    assert played.numbers == (1, 1, 1, 2, 3)


async def test_the_same_words_twice_are_two_steps() -> None:
    said = await sounds({"say": "hello"}, {"say": "hello", "pace": 1.5})
    assert len(said[1]) < 0.8 * len(said[0])
