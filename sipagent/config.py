"""How a node runs: ``sipagent.toml`` and ``SIPAGENT_*``, validated whole at start (D14).

Knows the settings and what would be right for each. Opens no socket and loads no engine.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from sipagent.config_faults import ENV_PREFIX, faults
from sipagent.errors import ConfigError
from sipagent.text.language import Language

DEFAULT_FILE: Final = "sipagent.toml"
PORTS_PER_CALL: Final = 2  # RTP and RTCP

_PORT: Final = "a UDP port from 1 to 65535"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _odd(port: int) -> int:
    if port % 2 == 0:
        raise ValueError("an even last port leaves no port for its RTCP")
    return port


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
    rtp_port_max: Annotated[int, AfterValidator(_odd)] = Field(
        19999, ge=1024, le=65535, description="an odd UDP port over rtp_port_min"
    )

    @model_validator(mode="after")
    def _ports_in_order(self) -> "MediaSettings":
        if self.rtp_port_max <= self.rtp_port_min:
            raise ValueError(f"rtp_port_max must be over rtp_port_min ({self.rtp_port_min})")
        return self


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
    max_turn_s: float = Field(20.0, gt=1, le=60, description="longest turn, 1 to 60 s")
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


class EngineSettings(_Section):
    """Which engine does what."""

    voice: str = Field("espeak", description="a voice engine: espeak")
    transcriber: str = Field("whisper", description="a recogniser: whisper")
    responder: str = Field("lexical", description="a responder: lexical")
    deadline_s: float = Field(
        2.0, gt=0, le=60, description="seconds an engine may take in mid-call, up to 60"
    )
    whisper: WhisperSettings = Field(default_factory=lambda: WhisperSettings())
    espeak: EspeakSettings = Field(default_factory=lambda: EspeakSettings())

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


class Tenant(_Section):
    """A company: its numbers, its knowledge, its desk."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="lower case, digits and -")
    numbers: tuple[Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")], ...] = Field(
        min_length=1, description='a list of numbers in +E.164, such as ["+97142000000"]'
    )
    knowledge: Path = Field(description="a folder of Markdown documents")
    desk: SipUri = Field(description="where a human is reached, such as sip:desk@10.0.0.5")
    languages: tuple[Language, ...] = Field(
        (Language.EN, Language.AR), min_length=1, description="in the order of the greeting"
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
    tenants: tuple[Tenant, ...] = Field(
        default_factory=demo_tenants, min_length=1, description="[[tenants]] tables"
    )

    def recogniser(self) -> dict[str, object]:
        """The chosen recogniser's own settings; models lie in the data directory by default."""
        own = self.engines.own("transcriber")
        return {**own, "models_dir": own.get("models_dir") or self.data_dir / "models"}

    @model_validator(mode="after")
    def _numbers_have_one_owner(self) -> "Settings":
        owner: dict[str, str] = {}
        for tenant in self.tenants:
            for number in tenant.numbers:
                if owner.setdefault(number, tenant.name) != tenant.name:
                    raise ValueError(f"{number} belongs to {owner[number]} and to {tenant.name}")
        return self

    @model_validator(mode="after")
    def _names_are_given_once(self) -> "Settings":
        for table, rows in (("trunks", self.trunks), ("tenants", self.tenants)):
            names = [row.name for row in rows]
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"two [[{table}]] have the name {name!r}; name each once")
        return self

    @model_validator(mode="after")
    def _ports_carry_the_calls(self) -> "Settings":
        ports = self.media.rtp_port_max - self.media.rtp_port_min + 1
        wanted = PORTS_PER_CALL * self.sip.max_calls
        if ports < wanted:
            raise ValueError(
                f"{self.sip.max_calls} calls need {wanted} RTP ports and there are {ports}; "
                f"raise media.rtp_port_max by {wanted - ports} or lower sip.max_calls"
            )
        return self

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
    would be right.
    """
    file = path or Path(DEFAULT_FILE)
    text = ""
    if path is not None or file.is_file():
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{file}: {error.strerror}; name an existing file") from None
        except UnicodeDecodeError:
            raise ConfigError(f"{file}: not UTF-8 text; save it as UTF-8") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not TOML: {error}") from None
    except (ValueError, RecursionError):  # what tomllib leaves to int() and to the stack
        raise ConfigError(f"{file}: a number has too many digits, or lists are too deep") from None
    _refuse_unknown_environment()
    try:
        settings = Settings(**values)
    except (SettingsError, RecursionError) as error:
        raise ConfigError(_not_json(error)) from None
    except ValidationError as error:
        raise ConfigError("\n".join(faults(Settings, file, text, error))) from None
    return settings.model_copy(
        update={"tenants": tuple(_anchored(tenant, file.parent) for tenant in settings.tenants)}
    )


def _anchored(tenant: Tenant, folder: Path) -> Tenant:
    """A relative knowledge folder counts from the file that names it."""
    return tenant.model_copy(update={"knowledge": folder / tenant.knowledge})


def _refuse_unknown_environment() -> None:
    """A misspelt variable is a fault, not silence. Nested names are judged by the sections."""
    for name in os.environ:
        head = name.removeprefix(ENV_PREFIX).lower().split("__")[0]
        if name.startswith(ENV_PREFIX) and head not in Settings.model_fields:
            known = ", ".join(ENV_PREFIX + field.upper() for field in Settings.model_fields)
            raise ConfigError(f"environment: {name}: unknown setting; known are {known} (__NAME)")


def _not_json(error: Exception) -> str:
    """One line for a variable that should hold a section or a list, and does not."""
    cause = error.__cause__
    text = cause.doc if isinstance(cause, json.JSONDecodeError) else None
    names = [name for name in os.environ if name.upper().startswith(ENV_PREFIX)]
    name = next((name for name in names if os.environ[name] == text), f"{ENV_PREFIX}*")
    return (
        f"environment: {name}: not JSON; expected a JSON object or list; "
        f"single settings are {ENV_PREFIX}SECTION__NAME"
    )


def tenants_by_number(settings: Settings) -> Mapping[str, Tenant]:
    """Which tenant owns each number."""
    return {number: tenant for tenant in settings.tenants for number in tenant.numbers}
