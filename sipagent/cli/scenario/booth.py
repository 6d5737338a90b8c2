"""A scenario's steps as the phone's: what is said, as sound, and the moment of each.

Knows neither what is expected nor how a call goes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.cli.phone import script
from sipagent.cli.phone.sound import read_wav
from sipagent.cli.scenario import noises
from sipagent.cli.scenario.schema import Part, Scenario, Step
from sipagent.cli.scenario.voices import voice
from sipagent.engines.levels import normalised, trimmed
from sipagent.text.script import language_of

SPEECH_DBFS: Final = -20.0
SOUND_DBFS: Final = -22.0
PEAK: Final = 0.98
FULL_SCALE: Final = 32768.0

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Played:
    """A phone's steps with the sounds of those that have one: int16 at the bridge's rate.

    ``numbers`` holds for each of them which step of the scenario it is.
    """

    steps: tuple[script.Step, ...]
    sounds: Mapping[script.Step, bytes]
    numbers: tuple[int, ...]


async def prepared(scenario: Scenario, folder: Path, rate_hz: int) -> Played:
    """The steps in which the caller does something. Raises ``BadStep`` or ``EngineError``."""
    steps: list[script.Step] = []
    sounds: dict[script.Step, bytes] = {}
    numbers: list[int] = []
    for number, step in enumerate(scenario.steps):
        moment = _moment(step)
        for content in _contents(step, number):
            taken = script.Step(moment, content)
            if isinstance(content, script.Made):
                sounds[taken] = await _sound(scenario, step, folder, rate_hz)
            steps.append(taken)
            numbers.append(number)
            moment = script.At(0)  # what belongs to one step follows at once
    return Played(tuple(steps), sounds, tuple(numbers))


def _moment(step: Step) -> script.When:
    if step.over_s is not None:
        return script.AfterBeginning(step.over_s)
    if step.at_once:
        return script.At(0)
    return script.WhenSilent(step.after_s or 0.0)


def _contents(step: Step, number: int) -> Sequence[script.Content]:
    match step.act:
        case "say":
            return [script.Made(told(step.say), number)]
        case "sound":
            return [script.Made(f"({step.sound})", number)]
        case "keys":
            return [
                script.Silence(part) if isinstance(part, float) else script.Keys(part.upper())
                for part in step.keys
            ]
        case "silence_s":
            return [script.Silence(step.silence_s or 0.0)]
        case "hang_up":
            return [script.HangUp()]
        case _:
            return []


def told(parts: Sequence[Part]) -> str:
    """A text with its pauses, for a person.

    >>> told(("two zero", 1.5, "four"))
    'two zero … four'
    """
    return " ".join("…" if isinstance(part, float) else part for part in parts)


async def _sound(scenario: Scenario, step: Step, folder: Path, rate_hz: int) -> bytes:
    if step.act == "say":
        sound = await _speech(scenario, step, rate_hz)
    else:
        sound = await asyncio.to_thread(_noise, step, folder, rate_hz)
    sound = sound * np.float32(10 ** (step.level_db / 20))
    if scenario.noise_dbfs is not None:
        line = noises.line(len(sound) / rate_hz, rate_hz)
        sound = sound + line * _gain(line, scenario.noise_dbfs)
    return bytes(np.rint(np.clip(sound, -PEAK, PEAK) * (FULL_SCALE - 1)).astype("<i2"))


async def _speech(scenario: Scenario, step: Step, rate_hz: int) -> Samples:
    """The texts without the silence around them, and the pauses as they are written."""
    speaker = voice(scenario.voices, step.voice, step.pace)
    pieces: list[Samples] = []
    for part in step.say:
        if isinstance(part, float):
            pieces.append(np.zeros(round(part * rate_hz), np.float32))
            continue
        found = (language_of(word) for word in part.split())
        language = next((one for one in found if one), step.language or scenario.language)
        clauses = [one.pcm async for one in speaker.speak(part, language, rate_hz)]
        spoken = np.frombuffer(b"".join(clauses), "<i2").astype(np.float32) / FULL_SCALE
        pieces.append(normalised(trimmed(spoken, rate_hz)[0], rate_hz, SPEECH_DBFS))
        if not len(pieces[-1]):
            raise script.BadStep(f"{part!r} has nothing that can be spoken")
    return np.concatenate(pieces)


def _noise(step: Step, folder: Path, rate_hz: int) -> Samples:
    match step.sound:
        case "cough":
            sound = noises.cough(rate_hz)
        case "knock":
            sound = noises.knock(rate_hz)
        case "noise":
            sound = noises.noise(step.seconds, rate_hz)
        case file:
            pcm = read_wav(folder / file, rate_hz)
            return np.frombuffer(pcm, "<i2").astype(np.float32) / FULL_SCALE
    return normalised(sound, rate_hz, SOUND_DBFS)


def _gain(sound: Samples, dbfs: float) -> np.float32:
    rms = float(np.sqrt(np.mean(sound * sound))) if len(sound) else 1.0
    return np.float32(10 ** (dbfs / 20) / max(rms, 1e-9))
