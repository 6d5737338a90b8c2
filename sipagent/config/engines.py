"""Which engine does what, and how; when the caller speaks and when he has finished."""

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from sipagent.config.faults import refuse
from sipagent.config.hearing import WhisperSettings as WhisperSettings
from sipagent.config.models import AgentSettings, OpenAiSettings
from sipagent.config.section import Section
from sipagent.config.voices import OpenAiSpeechSettings, PiperSettings, XttsSettings
from sipagent.text.language import Language

# Where each engine is, by kind and name; ``sipagent.engines`` imports what is chosen.
ENGINES: Final[Mapping[str, Mapping[str, str]]] = {
    "voice": {
        "espeak": "sipagent.engines.tts_espeak:EspeakVoice",
        "piper": "sipagent.engines.tts_piper:PiperVoice",
        "xtts": "sipagent.engines.tts_xtts:XttsVoice",
        "openai-speech": "sipagent.engines.tts_openai:OpenAiSpeech",
    },
    "transcriber": {
        "whisper": "sipagent.engines.asr_whisper:WhisperTranscriber",
    },
    "responder": {
        "lexical": "sipagent.engines.llm_lexical:LexicalResponder",
    },
    "analyst": {
        "linear": "sipagent.engines.analyst_linear:LinearAnalyst",
    },
    "turn_detector": {
        "smart-turn": "sipagent.engines.turn_smart:SmartTurn",
    },
    "model": {
        "openai": "sipagent.engines.llm_openai:OpenAiModel",
    },
}


EngineKind = Literal["voice", "transcriber", "responder", "model", "analyst", "turn_detector"]
BY_MODEL: Final = {"responder": "agent", "analyst": "model"}  # what a language model does


class HearingSettings(Section):
    """When the caller speaks, pauses and has finished."""

    threshold: float = Field(
        0.5, gt=0, lt=1, description="speech probability that begins speech, 0 to 1"
    )
    min_speech_ms: int = Field(
        32, ge=32, le=500, description="speech that makes the agent pause, 32 to 500 ms"
    )
    pause_ms: int = Field(
        192, ge=32, le=1000, description="silence after which recognition starts, 32 to 1000 ms"
    )
    partial_ms: int = Field(
        250, ge=100, le=2000, description="speech between two looks at its words, 100 to 2000 ms"
    )
    least_silence_ms: int = Field(
        256, ge=100, le=5000, description="silence that ends a complete turn, 100 to 5000 ms"
    )
    end_silence_ms: int = Field(
        448,
        ge=100,
        le=5000,
        description="silence that ends a turn which may or may not be complete, 100 to 5000 ms",
    )
    most_silence_ms: int = Field(
        1500,
        ge=100,
        le=5000,
        description="silence that ends a turn which breaks off, 100 to 5000 ms",
    )
    digits_silence_ms: int = Field(
        2500,
        ge=100,
        le=8000,
        description="silence that ends a number of fewer digits than asked for, 100 to 8000 ms",
    )
    sustained_ms: int = Field(
        160,
        ge=32,
        le=2000,
        description="speech by which the caller takes his turn up again, 32 to 2000 ms",
    )
    # A recogniser hears 30 s at once and the ear keeps 30 s, which also hold a turn's pauses.
    max_turn_s: float = Field(20.0, gt=1, le=25, description="longest turn, 1 to 25 s")
    silence_s: float = Field(
        8.0, gt=0, le=120, description="silence after which the caller is asked again, up to 120 s"
    )
    silences: int = Field(2, ge=1, le=10, description="times to ask a silent caller again")
    offer_human: bool = Field(
        True, description="whether a silent caller is then offered a human, before we hang up"
    )
    barge_in: Literal["speech", "digits", "off"] = Field(
        "speech", description="what may interrupt the agent: speech, digits or off"
    )


class EspeakSettings(Section):
    """The espeak-ng voice."""

    english: str = Field("en-us", description="an English voice of espeak-ng, such as en+f2")
    arabic: str = Field("ar", description="an Arabic voice of espeak-ng, such as ar+f2")
    words_per_minute: int = Field(160, ge=80, le=400, description="80 to 400")
    arabic_words_per_minute: int = Field(150, ge=80, le=400, description="80 to 400")
    pitch: int = Field(50, ge=0, le=99, description="0 to 99")

    def voice(self, language: Language) -> str:
        return self.arabic if language is Language.AR else self.english

    def pace(self, language: Language) -> int:
        """Words per minute."""
        return self.arabic_words_per_minute if language is Language.AR else self.words_per_minute


def _names(kind: str) -> str:
    return ", ".join(sorted(ENGINES[kind]))


class EngineSettings(Section):
    """Which engine does what."""

    voice: str = Field("espeak", description=f"a voice engine: {_names('voice')}")
    transcriber: str = Field("whisper", description=f"a recogniser: {_names('transcriber')}")
    responder: str = Field(
        "lexical", description=f"a responder: {_names('responder')}, or agent (needs a model)"
    )
    model: str = Field("", description=f"a language model, or none: {_names('model')}")
    analyst: str = Field(
        "linear", description=f"an analyst: {_names('analyst')}, or model (needs a model)"
    )
    turn_detector: str = Field(
        "", description=f"a turn detector, or none: {_names('turn_detector')}"
    )
    deadline_s: float = Field(
        2.0,
        gt=0,
        le=60,
        description="seconds from the end of a turn to the first sound of the answer, up to 60",
    )
    filler_s: float = Field(
        1.2,
        gt=0,
        le=60,
        description="seconds after which a caller hears that the answer is coming, up to 60",
    )
    most_wait_s: float = Field(
        1.0,
        gt=0,
        le=60,
        description="seconds that a request waits for an engine before new calls get 503, up to 60",
    )
    whisper: WhisperSettings = Field(default_factory=lambda: WhisperSettings())
    espeak: EspeakSettings = Field(default_factory=lambda: EspeakSettings())
    piper: PiperSettings = Field(default_factory=lambda: PiperSettings())
    xtts: XttsSettings = Field(default_factory=lambda: XttsSettings())
    openai_speech: OpenAiSpeechSettings = Field(default_factory=lambda: OpenAiSpeechSettings())
    openai: OpenAiSettings = Field(default_factory=lambda: OpenAiSettings())
    agent: AgentSettings = Field(default_factory=lambda: AgentSettings())

    @field_validator("voice", "transcriber", "responder", "model", "analyst", "turn_detector")
    @classmethod
    def _is_in_the_table(cls, name: str, info: ValidationInfo) -> str:
        kind = str(info.field_name)
        may_be_none = cls.model_fields[kind].default == ""
        known = name in ENGINES[kind] or name == BY_MODEL.get(kind) or (may_be_none and not name)
        if not known:
            raise ValueError(f"no {kind.replace('_', ' ')} is called {name!r}")
        return name

    @model_validator(mode="after")
    def _has_its_model(self) -> "EngineSettings":
        refuse(
            ((kind,), f"{name} needs a language model; set engines.model to {_names('model')}")
            for kind, name in BY_MODEL.items()
            if getattr(self, kind) == name and not self.model
        )
        return self

    def own(self, kind: EngineKind) -> dict[str, object]:
        """The settings that belong to the chosen engine of a kind; its table has its name."""
        section = getattr(self, getattr(self, kind).replace("-", "_"), None)
        return section.model_dump() if isinstance(section, BaseModel) else {}
