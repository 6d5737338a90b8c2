"""Scenario files from disk: every fault in any of them is told before the first call.

Finds the files, reads them, and tries what they name: voices and recordings. Places no call.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from sipagent.cli.phone.rtp import RATE_HZ
from sipagent.cli.phone.script import BadStep
from sipagent.cli.phone.sound import read_wav
from sipagent.cli.scenario import yaml_lines
from sipagent.cli.scenario.schema import SOUNDS, Scenario, ScenarioFile, Step
from sipagent.cli.scenario.voices import voice
from sipagent.config.faults import Fault, Place
from sipagent.errors import ModelMissing, StartError

SUFFIXES: Final = (".yaml", ".yml")


class BadScenario(StartError):
    """A scenario file is not as it must be. Exit status 2."""

    code = "bad-scenario"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A scenario and where it stands. ``path`` is where its recordings are looked for."""

    scenario: Scenario
    path: Path


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at some paths; ``skipped`` are files of a folder that hold no scenarios."""

    scenarios: tuple[Loaded, ...]
    skipped: tuple[Path, ...]


def read(paths: Sequence[Path]) -> Found:
    """The scenarios of files, and of the YAML files in folders, in order.

    A file of a folder counts where it has ``scenarios`` at its top. Raises ``BadScenario`` with a
    line per fault: file and line, key, what is wrong.
    """
    loaded: list[Loaded] = []
    skipped: list[Path] = []
    told: list[str] = []
    first: dict[str, str] = {}
    for path, named in _files(paths):
        try:
            text = path.read_text(encoding="utf-8")
            values, lines = yaml_lines.read(text)
        except OSError as error:
            told.append(f"{path}: {error.strerror}; name a scenario file or a folder of them")
            continue
        except UnicodeDecodeError:
            told.append(f"{path}: not UTF-8 text; save it as UTF-8")
            continue
        except yaml_lines.NotYaml as error:
            told.append(f"{path}:{error.line}: {error}" if error.line else f"{path}: {error}")
            continue
        if not named and not (isinstance(values, dict) and "scenarios" in values):
            skipped.append(path)
            continue
        found, faults = _judged(path, values)
        for at, one in enumerate(found):
            place = f"{path}:{yaml_lines.line_of(lines, ('scenarios', at, 'name'))}"
            there = first.setdefault(one.scenario.name, place)
            if there != place:
                what = f"{one.scenario.name} stands at {there} already; names are given once"
                faults.append((("scenarios", at, "name"), what))
        loaded += found
        told += [
            f"{path}:{yaml_lines.line_of(lines, place)}: {_key(place)}: {what}"
            for place, what in faults
        ]
    if not loaded and not told:
        told = [f"{path}: no scenario file in it; name one" for path in paths]
    if told:
        raise BadScenario("\n".join(told))
    return Found(tuple(loaded), tuple(skipped))


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file, and whether it was named itself."""
    for path in paths:
        if path.is_dir():
            for one in sorted(path.iterdir()):
                if one.suffix in SUFFIXES and one.is_file():
                    yield one, False
        else:
            yield path, True


def _key(place: Place) -> str:
    return ".".join(map(str, place)) or "file"


def _judged(path: Path, values: object) -> tuple[list[Loaded], list[Fault]]:
    try:
        file = ScenarioFile.model_validate(values)
    except ValidationError as error:
        return [], list(yaml_lines.faults(ScenarioFile, error))
    faults: list[Fault] = []
    for at, scenario in enumerate(file.scenarios):
        for language, name in scenario.voices.items():
            faults += _voice_faults(("scenarios", at, "voices", language.value), name)
        for number, step in enumerate(scenario.steps):
            faults += _step_faults(("scenarios", at, "steps", number), step, path.parent)
    return [Loaded(scenario, path) for scenario in file.scenarios], faults


def _step_faults(place: Place, step: Step, folder: Path) -> Iterator[Fault]:
    if step.voice:
        yield from _voice_faults((*place, "voice"), step.voice)
    if step.sound and step.sound not in SOUNDS:
        if not step.sound.lower().endswith(".wav"):
            yield (*place, "sound"), f"no sound {step.sound!r}; there are {', '.join(SOUNDS)}"
            return
        try:
            read_wav(folder / step.sound, RATE_HZ)
        except BadStep as error:
            yield (*place, "sound"), str(error)


def _voice_faults(place: Place, name: str) -> Iterator[Fault]:
    try:
        voice({}, name)
    except ModelMissing as error:
        yield place, str(error)
