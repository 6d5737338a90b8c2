"""Speech to text by Whisper models through CTranslate2: the embedded one and the real ones.

A profile is a model and how it is run. However many tenants and profiles there are, each model
is loaded once, and its runs serve all of them.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from sipagent.config.hearing import WhisperProfile, WhisperSettings
from sipagent.engines.inventions import Limits
from sipagent.engines.model_folder import find_model
from sipagent.engines.whisper_engine import Request, WhisperEngine
from sipagent.engines.whisper_model import WhisperModel
from sipagent.errors import ConfigError
from sipagent.ports import Transcript, Utterance

MODELS_DIR: Final = Path("models")


class WhisperTranscriber:
    """The port ``Transcriber``: one profile of an engine that others may share.

    What is less sure than the profile's ``least_confidence``, or more than ``most_no_speech``
    likely to be no speech at all, is not taken for words. Raises ``ModelMissing`` where the model
    is not on disk.
    """

    def __init__(
        self,
        settings: WhisperSettings | None = None,
        profile: str = "",
        engine: WhisperEngine | None = None,
    ) -> None:
        settings = settings or WhisperSettings()
        chosen = settings.chosen(profile)
        self._engine = engine or _loaded(settings, chosen)
        self._engine.open()
        self._beam_size = chosen.beam_size
        self._limits = Limits(chosen.least_confidence, settings.most_no_speech)
        self._name = f"{self._engine.name} {profile}".rstrip()

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "WhisperTranscriber":
        """The node's own profile."""
        return cls(WhisperSettings.model_validate(settings))

    @classmethod
    def of_profiles(
        cls, settings: Mapping[str, object], names: Iterable[str]
    ) -> dict[str, "WhisperTranscriber"]:
        """A transcriber for each name, which share the models that they have in common.

        The empty name is the node's own profile. Raises ``ConfigError`` for an unknown name.
        """
        said = WhisperSettings.model_validate(settings)
        engines: dict[tuple[object, ...], WhisperEngine] = {}
        found: dict[str, WhisperTranscriber] = {}
        for name in dict.fromkeys(names):
            if name and name not in said.profiles:
                there = ", ".join(said.profiles)
                raise ConfigError(f"no recogniser's profile is called {name!r}; there are: {there}")
            chosen = said.chosen(name)
            model = (_folder(said, chosen).resolve(), chosen.device, chosen.compute_type)
            if model not in engines:
                engines[model] = _loaded(said, chosen)
            found[name] = cls(said, name, engines[model])
        return found

    @property
    def name(self) -> str:
        return self._name

    async def transcribe(self, utterance: Utterance) -> Transcript:
        """Recognise one utterance; longer than the window, it is cut in pauses."""
        if not utterance.languages:
            raise ValueError("at least one language must be allowed")
        return await self._engine.hear(Request(utterance, self._beam_size, self._limits))

    @property
    def waited_s(self) -> float:
        return self._engine.waited_s

    async def close(self) -> None:
        await self._engine.close()


def _folder(settings: WhisperSettings, profile: WhisperProfile) -> Path:
    return find_model(profile.model, settings.models_dir or MODELS_DIR)


def _loaded(settings: WhisperSettings, profile: WhisperProfile) -> WhisperEngine:
    folder = _folder(settings, profile)
    model = WhisperModel(
        folder, profile.device or "auto", profile.compute_type or "default", settings.threads
    )
    return WhisperEngine(f"whisper {folder.name}", model, settings.batch, settings.waiting)
