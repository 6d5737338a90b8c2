"""The Whisper recogniser: its profiles, which a tenant picks, and what all of them share.

Knows models by name and loads none.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from sipagent.config.section import Section

Device = Literal["cpu", "cuda", "auto"]
BY_DEVICE: Final = "auto"  # as a compute type: float16 on a GPU, int8 on a processor


class WhisperProfile(Section):
    """A model and how it is run: what a tenant pays in time for being understood."""

    model: str = Field(description="a folder, or a name under <data_dir>/models")
    beam_size: int = Field(1, ge=1, le=10, description="1 (greedy) to 10")
    device: Device | None = Field(
        None, description="cpu, cuda or auto; by default as engines.whisper says"
    )
    compute_type: str | None = Field(
        None, description="a CTranslate2 compute type; by default as engines.whisper says"
    )
    least_confidence: float = Field(
        0.35, ge=0, le=1, description="confidence below which nothing counts as words, 0 to 1"
    )


# Distilled models understand English alone; turbo has the languages of large-v3.
PROFILES: Final[Mapping[str, WhisperProfile]] = {
    "demo": WhisperProfile(model="demo-asr", device="cpu", least_confidence=0.5),
    "high-accuracy": WhisperProfile(model="large-v3", beam_size=5),
    "balanced": WhisperProfile(model="large-v3"),
    "low-latency": WhisperProfile(model="large-v3-turbo"),
}


class WhisperSettings(Section):
    """The Whisper recogniser, through faster-whisper."""

    profiles: Mapping[str, WhisperProfile] = Field(
        default_factory=lambda: PROFILES,
        validate_default=True,
        description="[engines.whisper.profiles.NAME] tables, beside or instead of the known ones",
    )
    profile: str = Field(
        "demo", description=f"the profile of tenants that name none: {', '.join(PROFILES)}"
    )
    model: str | None = Field(
        None, description="a folder, or a name under <data_dir>/models, instead of the profile's"
    )
    device: Device = Field("auto", description="cpu, cuda or auto (cuda where there is one)")
    compute_type: str = Field(
        BY_DEVICE,
        description="auto (float16 on cuda, int8 on cpu) or a CTranslate2 compute type",
    )
    threads: int = Field(1, ge=1, le=64, description="processor threads, 1 to 64")
    beam_size: int | None = Field(
        None, ge=1, le=10, description="1 (greedy) to 10, instead of the profile's"
    )
    batch: int | None = Field(
        None, ge=1, le=256, description="utterances in one run, 1 to 256; by default 32 on cuda"
    )
    waiting: int = Field(64, ge=1, le=4096, description="utterances that may wait, 1 to 4096")
    least_confidence: float | None = Field(
        None, ge=0, le=1, description="confidence of words, 0 to 1, instead of the profile's"
    )
    most_no_speech: float = Field(
        0.6, ge=0, le=1, description="probability of no speech above which it is none, 0 to 1"
    )
    models_dir: Path | None = Field(None, description="a folder; by default <data_dir>/models")

    @field_validator("profiles")
    @classmethod
    def _known_ones_stay(cls, given: Mapping[str, WhisperProfile]) -> Mapping[str, WhisperProfile]:
        return {**PROFILES, **given}

    @field_validator("profile")
    @classmethod
    def _is_a_profile(cls, name: str, info: ValidationInfo) -> str:
        profiles = info.data.get("profiles", {})  # not there where they are faulty themselves
        if profiles and name not in profiles:
            raise ValueError(f"no profile is called {name!r}; there are: {', '.join(profiles)}")
        return name

    def chosen(self, name: str = "") -> WhisperProfile:
        """The profile of a name with everything said; without one, the node's own, with what
        the node says instead. Raises ``KeyError``.
        """
        profile = self.profiles[name or self.profile]
        said: dict[str, object] = {}
        if not name:
            if self.model not in (None, profile.model):  # nothing is known of it
                profile = WhisperProfile(model=self.model or "", beam_size=profile.beam_size)
            own = {"beam_size": self.beam_size, "least_confidence": self.least_confidence}
            said = {key: value for key, value in own.items() if value is not None}
            if self.device != "auto":
                said["device"] = self.device
        said.setdefault("device", profile.device or self.device)
        said["compute_type"] = profile.compute_type or self.compute_type
        return profile.model_copy(update=said)
