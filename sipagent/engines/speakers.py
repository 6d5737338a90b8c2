"""Whose voice a cloning engine borrows: presets, and people who have agreed to it.

Nobody is cloned without a record of who agreed, when, and in which words, which belongs to one
recording by its hash. Knows no engine, and cannot know whether a record is true.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError, model_validator

from sipagent.config.section import Section
from sipagent.engines.levels import active_dbfs
from sipagent.engines.wav_stream import NoSound, SoundStream
from sipagent.errors import ConfigError, ModelMissing
from sipagent.text.language import Language

PRESETS: Final = Path(__file__).parent / "presets"
PRESETS_FILE: Final = "presets.toml"
SAMPLE_FILE: Final = "sample.wav"
CONSENT_FILE: Final = "consent.toml"
SHORTEST_S: Final = 6.0  # what XTTS v2's authors ask for; 13 s are better
LONGEST_S: Final = 60.0
QUIETEST_DBFS: Final = -45.0
LOWEST_HZ: Final = 16_000


class ConsentMissing(ConfigError):
    """A voice is to be cloned, and there is no valid record that its owner agreed."""

    code = "consent-missing"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose voice: one that the model has by name (``own``), or that of recordings.

    ``language`` is the only one it is meant for, if any. ``digest`` names the recordings.
    """

    name: str
    language: Language | None
    own: str = ""
    samples: tuple[Path, ...] = ()
    digest: str = ""


class Preset(Section):
    """A table of ``presets.toml``."""

    language: Language
    accent: str = Field(min_length=1)
    speaker: str = ""
    samples: tuple[str, ...] = ()
    rights: str = ""

    @model_validator(mode="after")
    def _speaks_with_something(self) -> "Preset":
        if bool(self.speaker) is bool(self.samples):
            raise ValueError("name either a speaker of the model or samples")
        if self.samples and not self.rights.strip():
            raise ValueError("samples are somebody's voice: say in rights who allowed their use")
        return self


class Consent(Section):
    """``consent.toml``: who agreed, when, in which words, and to which recording."""

    person: str = Field(min_length=2, description="the name of who is heard in the sample")
    given: date = Field(description="the day of the agreement, such as 2026-03-01")
    words: str = Field(min_length=20, description="what was agreed, in the person's own words")
    sample_sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="what sha256sum says of it")
    withdrawn: date | None = Field(None, description="the day it was withdrawn")


def load_presets(folder: Path) -> Mapping[str, Speaker]:
    """The presets of a folder by name. Raises ``ConfigError`` and ``ModelMissing``."""
    file = folder / PRESETS_FILE
    if not file.is_file():
        raise ModelMissing(f"{folder} has no {PRESETS_FILE}; copy the one in {PRESETS}")
    found = {}
    for name, table in _toml(file).items():
        try:
            preset = Preset.model_validate(table)
        except ValidationError as error:
            raise ConfigError(f"{file}: {name}: {_first_fault(error)}") from None
        samples = tuple(folder / sample for sample in preset.samples)
        for sample in samples:
            if not sample.is_file():
                raise ModelMissing(f"the preset {name} needs {sample}, which is not there")
        found[name] = Speaker(name, preset.language, preset.speaker, samples, digest(samples))
    return found


def load_clone(folder: Path, today: date) -> Speaker:
    """The person who speaks in ``sample.wav`` of a folder, where ``consent.toml`` allows it.

    Raises ``ConsentMissing`` where it does not, ``ModelMissing`` without a sample.
    """
    sample, file = folder / SAMPLE_FILE, folder / CONSENT_FILE
    if not sample.is_file():
        raise ModelMissing(f"no voice can be cloned from {folder}: it has no {SAMPLE_FILE}")
    if not file.is_file():
        raise ConsentMissing(
            f"{sample} is not cloned: {file} must say who agreed to it (person), when (given), in "
            f"which words (words) and to which recording (sample_sha256)"
        )
    try:
        consent = Consent.model_validate(_toml(file))
    except ValidationError as error:
        raise ConsentMissing(f"{sample} is not cloned: {file}: {_first_fault(error)}") from None
    if consent.withdrawn is not None:
        raise ConsentMissing(f"{sample} is not cloned: {consent.person} has withdrawn the consent")
    if consent.given > today:
        raise ConsentMissing(f"{sample} is not cloned: {file}: given on a day that is to come")
    if consent.sample_sha256 != _sha256(sample):
        raise ConsentMissing(
            f"{sample} is not cloned: the consent in {file} is to another recording"
        )
    return Speaker(folder.name, None, "", (sample,), digest((sample,)))


def digest(samples: tuple[Path, ...]) -> str:
    """A name for the content of recordings; empty without any."""
    return hashlib.sha256("".join(map(_sha256, samples)).encode()).hexdigest() if samples else ""


def recording(path: Path) -> tuple[NDArray[np.float32], int]:
    """A WAV file as float32 mono, and its rate. Raises ``ModelMissing`` where it is no speech."""
    stream = SoundStream(rate_hz=0)
    data = path.read_bytes()
    try:
        samples = stream.feed(data)
        stream.end()
    except NoSound as error:
        raise ModelMissing(f"{path} cannot be heard: {error}") from None
    if not data.startswith(b"RIFF") or stream.rate_hz < LOWEST_HZ:
        raise ModelMissing(f"{path} must be WAV at {LOWEST_HZ} Hz or more")
    if active_dbfs(samples, stream.rate_hz) < QUIETEST_DBFS:
        raise ModelMissing(f"{path} is too quiet to hear a voice in it")
    return samples, stream.rate_hz


def _toml(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not TOML: {error}") from None


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}".removeprefix(": ")
