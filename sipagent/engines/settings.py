"""An engine's own settings, from the node's configuration. Knows no engine."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from sipagent.errors import ConfigError

T = TypeVar("T")


def settings_of(kind: type[T], engine: str, given: Mapping[str, object]) -> T:
    """The settings dataclass ``kind`` filled from a table of the configuration.

    Raises ``ConfigError`` for a name that the engine does not have, a missing one without a
    default, and a value of another type.
    """
    hints = get_type_hints(kind)
    for name in given:
        if name not in hints:
            known = ", ".join(sorted(hints))
            raise ConfigError(f"engine {engine}: no setting {name!r}; it has: {known}")
    values: dict[str, Any] = {}
    for item in fields(kind):  # type: ignore[arg-type]
        if item.name in given:
            values[item.name] = _value(engine, item.name, hints[item.name], given[item.name])
        elif item.default is MISSING and item.default_factory is MISSING:
            raise ConfigError(f"engine {engine}: setting {item.name!r} is missing")
    return kind(**values)


def _value(engine: str, name: str, kind: Any, given: object) -> object:
    if kind is Path and isinstance(given, str):
        return Path(given)
    if kind is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    if not isinstance(given, kind) or (kind is int and isinstance(given, bool)):
        raise ConfigError(f"engine {engine}: setting {name!r} must be {kind.__name__}")
    return given
