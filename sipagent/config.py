"""How a node runs: ``sipagent.toml`` and ``SIPAGENT_*``, validated whole at start (D14).

Knows the settings and what would be right for each. Opens no socket and loads no engine.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from sipagent.config_faults import (
    ENV_PREFIX,
    faults,
    not_json,
    refuse,
    repeated,
    shared,
    unknown_variables,
)
from sipagent.errors import ConfigError
from sipagent.text.language import Language

DEFAULT_FILE: Final = "sipagent.toml"
PORTS_PER_CALL: Final = 2  # RTP and RTCP
HEADROOM_CALLS: Final = 64  # over max_calls: they have their ports when they are answered 503
MOST_TRUNKS: Final = 63  # PJSUA_MAX_ACC accounts in the wheel; one of them is the strangers'

# Where each engine is, by kind and name; ``sipagent.engines`` imports what is chosen.
ENGINES: Final[Mapping[str, Mapping[str, str]]] = {
    "voice": {
        "espeak": "sipagent.engines.tts_espeak:EspeakVoice",
    },
    "transcriber": {
        "whisper": "sipagent.engines.asr_whisper:WhisperTranscriber",
    },
    "responder": {
        "lexical": "sipagent.engines.llm_lexical:LexicalResponder",
    },
}

_PORT: Final = "a UDP port from 1 to 65535"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SipSettings(_Section):
    """Where SIP listens, and how many calls it takes."""

    bind: str = Field("127.0.0.1", description="an address of this machine, or 0.0.0.0 for all")
    port: int = Field(5060, ge=1, le=65535, description=_PORT)
    max_calls: int = Field(200, ge=1, le=1000, description="1 to 1000 calls at once")
    max_call_s: float = Field(
        7200.0, gt=0, le=86400, description="seconds that a call may last, up to 86400"
    )
    hold_s: float = Field(
        600.0, gt=0, le=86400, description="seconds that a caller may hold us, up to 86400"
    )
    drain_s: float = Field(
        30.0, ge=0, le=3600, description="seconds that SIGTERM waits for calls to end, 0 to 3600"
    )


class MediaSettings(_Section):
    """RTP ports and the bridge clock. A call has two ports: an even one, and the next for RTCP."""

    clock_hz: Literal[8000] = Field(8000, description="8000, the rate of G.711")
    rtp_port_min: int = Field(
        10000, ge=1024, le=65535, multiple_of=2, description="an even UDP port from 1024"
    )
    rtp_port_max: int = Field(
        19999,
        ge=1024,
        le=65535,
        validate_default=True,
        description="an odd UDP port over rtp_port_min",
    )

    @field_validator("rtp_port_max")
    @classmethod
    def _ends_the_range(cls, last: int, info: ValidationInfo) -> int:
        if last % 2 == 0:
            raise ValueError("an even last port leaves no port for its RTCP")
        first = info.data.get("rtp_port_min", last)
        if last < first:
            raise ValueError(f"{last} is under rtp_port_min, which is {first}")
        return last


class HearingSettings(_Section):
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
    end_silence_ms: int = Field(
        448, ge=100, le=5000, description="silence that ends a turn, 100 to 5000 ms"
    )
    interrupt_ms: int = Field(
        160,
        ge=32,
        le=2000,
        description="speech over the agent that interrupts it for good, 32 to 2000 ms",
    )
    # A recogniser hears 30 s at once and the ear keeps 30 s, which also hold a turn's pauses.
    max_turn_s: float = Field(20.0, gt=1, le=25, description="longest turn, 1 to 25 s")
    silence_s: float = Field(
        8.0, gt=0, le=120, description="silence after which the caller is asked again, up to 120 s"
    )
    silences: int = Field(2, ge=1, le=10, description="times to ask again before hanging up")


class WhisperSettings(_Section):
    """The Whisper recogniser, through faster-whisper."""

    model: str = Field("demo-asr", description="a folder, or a name under <data_dir>/models")
    device: Literal["cpu", "cuda", "auto"] = Field("cpu", description="cpu, cuda or auto")
    compute_type: str = Field("default", description="a CTranslate2 compute type, such as int8")
    threads: int = Field(1, ge=1, le=64, description="processor threads, 1 to 64")
    beam_size: int = Field(1, ge=1, le=10, description="1 (greedy) to 10")
    batch: int = Field(8, ge=1, le=256, description="utterances in one run, 1 to 256")
    waiting: int = Field(64, ge=1, le=4096, description="utterances that may wait, 1 to 4096")
    least_confidence: float = Field(
        0.5, ge=0, le=1, description="confidence below which nothing counts as words, 0 to 1"
    )
    most_no_speech: float = Field(
        0.6, ge=0, le=1, description="probability of no speech above which it is none, 0 to 1"
    )
    models_dir: Path | None = Field(None, description="a folder; by default <data_dir>/models")


class EspeakSettings(_Section):
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


class EngineSettings(_Section):
    """Which engine does what."""

    voice: str = Field("espeak", description=f"a voice engine: {_names('voice')}")
    transcriber: str = Field("whisper", description=f"a recogniser: {_names('transcriber')}")
    responder: str = Field("lexical", description=f"a responder: {_names('responder')}")
    deadline_s: float = Field(
        2.0,
        gt=0,
        le=60,
        description="seconds from the end of a turn to the first sound of the answer, up to 60",
    )
    whisper: WhisperSettings = Field(default_factory=lambda: WhisperSettings())
    espeak: EspeakSettings = Field(default_factory=lambda: EspeakSettings())

    @field_validator("voice", "transcriber", "responder")
    @classmethod
    def _is_in_the_table(cls, name: str, info: ValidationInfo) -> str:
        if name not in ENGINES[str(info.field_name)]:
            raise ValueError(f"no {info.field_name} is called {name!r}")
        return name

    def own(self, kind: Literal["voice", "transcriber", "responder"]) -> dict[str, object]:
        """The settings that belong to the chosen engine of a kind; its table has its name."""
        section = getattr(self, getattr(self, kind), None)
        return section.model_dump() if isinstance(section, BaseModel) else {}


class HandoffSettings(_Section):
    """How long a transfer may take."""

    accept_s: float = Field(5.0, gt=0, le=32, description="seconds for the answer to our REFER")
    ring_s: float = Field(
        30.0, gt=0, le=300, description="seconds in which the desk must answer, up to 300"
    )
    token_life_s: float = Field(300.0, gt=0, le=86400, description="life of a context token")


def _network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value))
    except ValueError as error:
        raise ValueError(str(error)) from None


Network = Annotated[
    IPv4Network | IPv6Network, PlainValidator(_network), PlainSerializer(str, return_type=str)
]


class Trunk(_Section):
    """A carrier's side: who may send us calls."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="lower case, digits and -")
    networks: tuple[Network, ...] = Field(
        min_length=1, description='a list of networks, such as ["54.172.60.0/30"]'
    )


DESK_URI_LONGEST: Final = 200  # a Refer-To of 512 octets also holds the token and two headers
_SIP_URI: Final = re.compile(
    r"""
    sips?: (?: [A-Za-z0-9_.!~*'()&=+$,/-] | %[0-9A-Fa-f]{2} )+   # a user without a password
    @ (?: [A-Za-z0-9.-]+ | \[[0-9A-Fa-f:.]+\] ) (?: :[0-9]{1,5} )?
    (?: ; (?: [A-Za-z0-9_.!~*'()[\]/:&+$=-] | %[0-9A-Fa-f]{2} )+ )*
    """,
    re.VERBOSE,
)


def _sip_uri(value: str) -> str:
    """A URI that Refer-To can hold with a token in its user part (RFC 3261 25.1)."""
    if not _SIP_URI.fullmatch(value):
        raise ValueError("not a SIP URI with a user part")
    if len(value) > DESK_URI_LONGEST:
        raise ValueError(
            f"{len(value)} characters; with the token, Refer-To takes {DESK_URI_LONGEST} at most"
        )
    return value


SipUri = Annotated[str, AfterValidator(_sip_uri)]


def _each_once(languages: tuple[Language, ...]) -> tuple[Language, ...]:
    refuse(repeated("languages", [((at,), one) for at, one in enumerate(languages)]))
    return languages


class Tenant(_Section):
    """A company: its numbers, its knowledge, its desk."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="lower case, digits and -")
    numbers: tuple[Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")], ...] = Field(
        min_length=1, description='a list of numbers in +E.164, such as ["+97142000000"]'
    )
    knowledge: Path = Field(description="a folder of Markdown documents")
    desk: SipUri = Field(description="where a human is reached, such as sip:desk@10.0.0.5")
    languages: Annotated[tuple[Language, ...], AfterValidator(_each_once)] = Field(
        (Language.EN, Language.AR),
        min_length=1,
        description='a list in the order of the greeting, such as ["ar", "en"]',
    )
    greeting: Mapping[Language, str] = Field(
        default_factory=dict, description='a table of texts: en = "Welcome to ...", ar = "..."'
    )


def demo_knowledge() -> Path:
    """The demo tenant's documents: in an installed package, else in the source tree."""
    package = Path(__file__).parent
    installed = package / "demo" / "kb"
    return installed if installed.is_dir() else package.parent / "kb" / "demo"


DEMO_TRUNKS: Final = (Trunk(name="loopback", networks=(IPv4Network("127.0.0.0/8"),)),)


def demo_tenants() -> tuple[Tenant, ...]:
    """The tenant that answers where none is configured."""
    return (
        Tenant(
            name="demo",
            numbers=("+97142000000",),
            knowledge=demo_knowledge(),
            desk="sip:desk@127.0.0.1:5070",
            greeting={
                Language.EN: "Welcome to Noor. I am an automatic assistant. How can I help you?",
                Language.AR: "أهلا بك في نور. أنا مساعد آلي. كيف أساعدك؟",
            },
        ),
    )


def _documented(tenant: Tenant) -> Tenant:
    """A tenant whose documents are there. What is in them, loading them tells."""
    folder = tenant.knowledge
    if not os.path.isdir(folder):
        refuse([(("knowledge",), f"no folder {folder}; name one that holds documents (*.md)")])
    elif not any(folder.glob("*.md")):
        refuse([(("knowledge",), f"{folder} holds no document; put one there (*.md)")])
    return tenant


class Settings(BaseSettings):
    """Everything that ``sipagent.toml`` and ``SIPAGENT_*`` may say."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data_dir: Path = Field(Path("data"), description="a folder for call records and models")
    sip: SipSettings = Field(default_factory=lambda: SipSettings())
    media: MediaSettings = Field(default_factory=lambda: MediaSettings())
    hearing: HearingSettings = Field(default_factory=lambda: HearingSettings())
    engines: EngineSettings = Field(default_factory=lambda: EngineSettings())
    handoff: HandoffSettings = Field(default_factory=lambda: HandoffSettings())
    trunks: tuple[Trunk, ...] = Field(DEMO_TRUNKS, min_length=1, description="[[trunks]] tables")
    tenants: tuple[Annotated[Tenant, AfterValidator(_documented)], ...] = Field(
        default_factory=demo_tenants, min_length=1, description="[[tenants]] tables"
    )

    def recogniser(self) -> dict[str, object]:
        """The chosen recogniser's own settings; models lie in the data directory by default."""
        own = self.engines.own("transcriber")
        return {**own, "models_dir": own.get("models_dir") or self.data_dir / "models"}

    @field_validator("media")
    @classmethod
    def _ports_carry_the_calls(cls, media: MediaSettings, info: ValidationInfo) -> MediaSettings:
        sip = info.data.get("sip")  # not there where it is faulty itself
        ports = media.rtp_port_max - media.rtp_port_min + 1
        wanted = PORTS_PER_CALL * (sip.max_calls + HEADROOM_CALLS) if sip else 0
        if sip and ports < wanted:
            what = (
                f"{sip.max_calls} calls, and {HEADROOM_CALLS} more until they are refused, need "
                f"{wanted} RTP ports and there are {ports}; "
                f"make room for {wanted - ports} more or lower sip.max_calls"
            )
            refuse([(("rtp_port_max",), what)])
        return media

    @field_validator("trunks")
    @classmethod
    def _trunks_are_told_apart(cls, trunks: tuple[Trunk, ...]) -> tuple[Trunk, ...]:
        found = shared("trunks", trunks, "name", "networks")
        if len(trunks) > MOST_TRUNKS:
            what = f"one trunk more than {MOST_TRUNKS}; give one trunk the networks of several"
            found.append(((MOST_TRUNKS,), what))
        refuse(found)
        return trunks

    @field_validator("tenants")
    @classmethod
    def _numbers_have_one_owner(cls, tenants: tuple[Tenant, ...]) -> tuple[Tenant, ...]:
        refuse(shared("tenants", tenants, "name", "numbers"))
        return tenants

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return env_settings, init_settings


def load(path: Path | None = None) -> Settings:
    """Read ``path`` (default ``sipagent.toml`` if it exists) and the environment.

    Raises ``ConfigError`` with one line per fault: file and line, key, what is wrong and what
    would be right. What rows must not share, and whether a tenant's documents are there, is judged
    once the rows are right in themselves.
    """
    file = path or Path(DEFAULT_FILE)
    text = _read(file) if path is not None or file.is_file() else ""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not TOML: {error}") from None
    except (ValueError, RecursionError):  # what tomllib leaves to int() and to the stack
        raise ConfigError(f"{file}: a number has too many digits, or lists are too deep") from None
    _anchor(values, file.parent)
    found = unknown_variables(Settings)
    try:
        settings = Settings(**values)
    except (SettingsError, RecursionError) as error:
        found.append(not_json(error))
    except ValidationError as error:
        found += faults(Settings, file, text, error)
    if found:
        raise ConfigError("\n".join(found))
    return settings


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}; name an existing file") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not UTF-8 text; save it as UTF-8") from None


def _anchor(values: Mapping[str, Any], folder: Path) -> None:
    """A relative knowledge folder counts from the file that names it."""
    rows = values.get("tenants")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("knowledge"), str):
            row["knowledge"] = str(folder / row["knowledge"])


def tenants_by_number(settings: Settings) -> Mapping[str, Tenant]:
    """Which tenant owns each number."""
    return {number: tenant for tenant in settings.tenants for number in tenant.numbers}
