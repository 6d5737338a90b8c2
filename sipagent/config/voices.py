"""How each voice other than espeak-ng speaks: Piper, XTTS v2, any OpenAI-compatible server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, JsonValue, SecretStr, field_validator

from sipagent.config.section import Section
from sipagent.text.language import Language

# What the engine writes into each request to a speech server itself, by the protocol's names.
OWN_FIELDS: Final = frozenset(("model", "input", "voice", "response_format", "speed"))


class PiperSettings(Section):
    """Voices of Piper, a file each, synthesised on the processor."""

    english: str = Field(
        "en_US-ljspeech-medium", description="a name in models_dir, or the path of an .onnx file"
    )
    arabic: str = Field(
        "ar_JO-kareem-medium", description="a name in models_dir, or the path of an .onnx file"
    )
    english_speaker: int | None = Field(None, ge=0, description="for a voice of many speakers")
    arabic_speaker: int | None = Field(None, ge=0, description="for a voice of many speakers")
    english_pace: float = Field(1.0, ge=0.5, le=2, description="1 is the voice's own, 0.5 to 2")
    arabic_pace: float = Field(1.0, ge=0.5, le=2, description="1 is the voice's own, 0.5 to 2")
    variation: float | None = Field(
        None, ge=0, le=2, description="of sound, 0 to 2; by default the voice's own"
    )
    rhythm_variation: float | None = Field(
        None, ge=0, le=2, description="of lengths, 0 to 2; by default the voice's own"
    )
    threads: int = Field(1, ge=1, le=64, description="processor threads of one synthesis, 1 to 64")
    workers: int = Field(1, ge=1, le=64, description="clauses synthesised at once, 1 to 64")
    waiting: int = Field(64, ge=1, le=4096, description="clauses that may wait, 1 to 4096")
    models_dir: Path | None = Field(None, description="a folder; by default <data_dir>/models")

    def voice(self, language: Language) -> str:
        return self.arabic if language is Language.AR else self.english

    def speaker(self, language: Language) -> int | None:
        return self.arabic_speaker if language is Language.AR else self.english_speaker

    def pace(self, language: Language) -> float:
        return self.arabic_pace if language is Language.AR else self.english_pace


class XttsSettings(Section):
    """XTTS v2 through coqui-tts. Its weights are for non-commercial use: read docs/voices.md."""

    may_use_weights: bool = Field(
        False,
        description="true says that you may use the weights for what this node does; "
        "those of XTTS v2 forbid commercial use",
    )
    model: str = Field("xtts-v2", description="a folder, or a name under models_dir")
    english: str = Field("uae-english", description="the preset that speaks English")
    arabic: str = Field("gulf-arabic", description="the preset that speaks Arabic")
    presets: Path | None = Field(
        None, description="a folder with presets.toml and samples; by default the package's"
    )
    clone: Path | None = Field(
        None, description="a folder with sample.wav and consent.toml: speak with that voice instead"
    )
    device: Literal["cpu", "cuda", "auto"] = Field("auto", description="cpu, cuda or auto")
    threads: int = Field(4, ge=1, le=64, description="processor threads without a GPU, 1 to 64")
    chunk_tokens: int = Field(
        10, ge=2, le=200, description="audio tokens (46 ms each) that come at a time, 2 to 200"
    )
    temperature: float = Field(0.7, gt=0, le=2, description="up to 2; higher varies more")
    first_ms: int = Field(
        100, ge=0, le=2000, description="sound that is passed on first; 0 for whole clauses"
    )
    waiting: int = Field(32, ge=1, le=4096, description="clauses that may wait, 1 to 4096")
    models_dir: Path | None = Field(None, description="a folder; by default <data_dir>/models")

    def preset(self, language: Language) -> str:
        return self.arabic if language is Language.AR else self.english


class OpenAiSpeechSettings(Section):
    """A speech server that answers ``POST <url>/audio/speech`` as OpenAI's does."""

    url: str = Field(
        "http://127.0.0.1:8000/v1",
        pattern=r"^https?://[^@\s?#]+$",
        description="the address that ends in /v1, without user and password",
    )
    model: str = Field("tts-1", description="the server's name of a model")
    english: str = Field("alloy", description="the server's name of an English voice")
    arabic: str = Field("alloy", description="the server's name of an Arabic voice")
    api_key: SecretStr = Field(SecretStr(""), description="the server's key, where it wants one")
    api_key_variable: str = Field(
        "", description="the environment variable that holds the key, such as OPENAI_API_KEY"
    )
    extra: Mapping[str, JsonValue] = Field(
        default_factory=dict,
        description="a table of further fields of each request, such as exaggeration = 0.4",
    )
    english_extra: Mapping[str, JsonValue] = Field(
        default_factory=dict, description="a table of further fields of English requests"
    )
    arabic_extra: Mapping[str, JsonValue] = Field(
        default_factory=dict, description="a table of further fields of Arabic requests"
    )
    language_field: str = Field(
        "", description="the field that takes en or ar, where the server has one"
    )
    style_field: str = Field(
        "", description="the field that takes a clause's style, such as instructions"
    )
    split_languages: bool = Field(
        True,
        description="a request for each language of a mixed clause; false where one reads both",
    )
    response_format: Literal["pcm", "wav"] = Field("pcm", description="pcm or wav")
    pcm_rate_hz: int = Field(
        24000, ge=8000, le=48000, description="rate of pcm that says none itself, 8000 to 48000"
    )
    first_ms: int = Field(
        100, ge=0, le=2000, description="sound that is passed on first; 0 for whole clauses"
    )
    connect_s: float = Field(1.0, gt=0, le=60, description="seconds to connect, up to 60")
    first_sound_s: float = Field(
        5.0, gt=0, le=60, description="seconds to the first sound of a clause, up to 60"
    )
    sound_s: float = Field(
        3.0, gt=0, le=60, description="seconds between two pieces of sound, up to 60"
    )
    longest_s: float = Field(
        30.0, gt=1, le=300, description="most sound that a clause may have, 1 to 300 s"
    )
    connections: int = Field(64, ge=1, le=4096, description="requests at once, 1 to 4096")

    @field_validator("extra", "english_extra", "arabic_extra")
    @classmethod
    def _leaves_our_own_alone(cls, extra: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        ours = sorted(OWN_FIELDS & extra.keys())
        if ours:
            raise ValueError(f"{', '.join(ours)}: written by sipagent itself")
        return extra

    def voice(self, language: Language) -> str:
        return self.arabic if language is Language.AR else self.english

    def fields(self, language: Language) -> dict[str, JsonValue]:
        """The fields that the operator added to requests in a language."""
        own = self.arabic_extra if language is Language.AR else self.english_extra
        named = {self.language_field: language.value} if self.language_field else {}
        return {**named, **self.extra, **own}
