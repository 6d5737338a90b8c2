"""How a node runs: ``sipagent.toml`` and ``SIPAGENT_*``, validated whole at start (D14).

Knows the settings and what would be right for each. Opens no socket and loads no engine.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from sipagent.config.engines import EngineSettings, HearingSettings
from sipagent.config.faults import (
    ENV_PREFIX,
    faults,
    not_json,
    refuse,
    shared,
    unknown_variables,
)
from sipagent.config.sip import (
    DEMO_TRUNKS,
    HEADROOM_CALLS,
    MOST_TRUNKS,
    PORTS_PER_CALL,
    MediaSettings,
    SipSettings,
    Trunk,
)
from sipagent.config.tenants import HandoffSettings, Tenant, demo_tenants, documented
from sipagent.errors import ConfigError

DEFAULT_FILE: Final = "sipagent.toml"


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
    tenants: tuple[Annotated[Tenant, AfterValidator(documented)], ...] = Field(
        default_factory=demo_tenants, min_length=1, description="[[tenants]] tables"
    )

    def voice(self) -> dict[str, object]:
        """The chosen voice's own settings; models lie in the data directory by default."""
        own = self.engines.own("voice")
        if "models_dir" not in own:
            return own
        return {**own, "models_dir": own["models_dir"] or self.data_dir / "models"}

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
    def _trunks_are_told_apart(
        cls, trunks: tuple[Trunk, ...], info: ValidationInfo
    ) -> tuple[Trunk, ...]:
        found = shared("trunks", trunks, "name", "networks")
        sip = info.data.get("sip")
        if sip and not sip.proxies:
            what = "a trunk without networks is reached by no call; give it some or set sip.proxies"
            found += [((at,), what) for at, trunk in enumerate(trunks) if not trunk.networks]
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
    """A relative path of a tenant counts from the file that names it."""
    rows = values.get("tenants")
    for row in rows if isinstance(rows, list) else ():
        for key in ("knowledge", "records", "clone"):
            if isinstance(row, dict) and isinstance(row.get(key), str):
                row[key] = str(folder / row[key])


def tenants_by_number(settings: Settings) -> Mapping[str, Tenant]:
    """Which tenant owns each number."""
    return {number: tenant for tenant in settings.tenants for number in tenant.numbers}
