"""The arguments of a tool call: JSON as a model wrote it, judged by the tool's own schema.

Knows the part of JSON Schema that tools need. A schema that asks for more is refused when the
tool is offered, so that nothing goes unchecked in silence. A core: no I/O, no tool.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, Final

from sipagent.errors import ConfigError

LONGEST: Final = 16_384  # characters
MOST_FAULTS: Final = 5

Schema = Mapping[str, Any]

_ANNOTATIONS: Final = frozenset(
    ("title", "description", "default", "examples", "format", "$schema", "deprecated")
)


class BadArguments(Exception):
    """The arguments do not fit; the text says where and why, for the model to read."""


def parsed(arguments: str, schema: Schema) -> Mapping[str, object]:
    """The arguments, which fit ``schema``; nothing at all stands for none. Raises
    ``BadArguments``.
    """
    if len(arguments) > LONGEST:
        raise BadArguments(f"more than {LONGEST} characters")
    try:
        value = json.loads(arguments or "{}", parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        raise BadArguments("not JSON") from None
    if not isinstance(value, dict):
        raise BadArguments("not a JSON object")
    found = faults(value, schema)
    if found:
        raise BadArguments("; ".join(found[:MOST_FAULTS]))
    return value


def check(schema: Schema, at: str = "parameters") -> None:
    """Raise ``ConfigError`` for a schema that uses more than is known here."""
    unknown = sorted(schema.keys() - _RULES.keys() - _ANNOTATIONS)
    if unknown:
        raise ConfigError(f"{at}: {', '.join(unknown)}: not known here; use another keyword")
    for kind in _kinds(schema):
        if kind not in _TYPES:
            raise ConfigError(f"{at}: type {kind!r} is none of {', '.join(sorted(_TYPES))}")
    try:
        re.compile(schema.get("pattern", ""))
    except re.error as error:
        raise ConfigError(f"{at}: pattern: {error}") from None
    for name, inner in schema.get("properties", {}).items():
        check(inner, f"{at}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            check(schema[key], f"{at}.{key}")
    for inner in schema.get("anyOf", ()):
        check(inner, f"{at}.anyOf")


def faults(value: object, schema: Schema, at: str = "") -> list[str]:
    """What is wrong with a value, each with its place; empty where it fits."""
    kinds = _kinds(schema)
    if kinds and not any(_TYPES[kind](value) for kind in kinds):
        return [f"{at or 'arguments'}: not of type {' or '.join(kinds)}"]
    return [
        fault
        for keyword, rule in _RULES.items()
        if keyword in schema
        for fault in rule(value, schema[keyword], schema, at)
    ]


def _kinds(schema: Schema) -> Sequence[str]:
    kinds = schema.get("type", ())
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


def _finite(written: str) -> float:
    """JSON knows no infinity, which Python reads from 1e999 too."""
    number = float(written)
    if not isfinite(number):
        raise ValueError(written)
    return number


def _size(value: object) -> float | None:
    """A number as such; true is none."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: object) -> bool:
    size = _size(value)
    return size is not None and (isinstance(size, int) or size.is_integer())


_TYPES: Final[Mapping[str, Callable[[object], bool]]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": _whole,
    "number": lambda value: _size(value) is not None,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def _same(one: object, other: object) -> bool:
    """Equal as JSON, where true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _one_of(value: object, choices: Any, _: Schema, at: str) -> list[str]:
    if any(_same(value, one) for one in choices):
        return []
    return [f"{at}: none of {json.dumps(list(choices), ensure_ascii=False)}"]


def _properties(value: object, known: Any, _: Schema, at: str) -> list[str]:
    if not isinstance(value, dict):
        return []
    return [
        fault
        for name, inner in known.items()
        if name in value
        for fault in faults(value[name], inner, _under(at, name))
    ]


def _required(value: object, names: Any, _: Schema, at: str) -> list[str]:
    if not isinstance(value, dict):
        return []
    return [f"{_under(at, name)}: missing" for name in names if name not in value]


def _others(value: object, rule: Any, schema: Schema, at: str) -> list[str]:
    if not isinstance(value, dict) or rule is True:
        return []
    others = [name for name in value if name not in schema.get("properties", {})]
    if rule is False:
        return [f"{_under(at, str(name)[:40])}: unknown" for name in others]
    return [fault for name in others for fault in faults(value[name], rule, _under(at, name))]


def _items(value: object, inner: Any, _: Schema, at: str) -> list[str]:
    if not isinstance(value, list):
        return []
    return [
        fault for place, one in enumerate(value) for fault in faults(one, inner, f"{at}[{place}]")
    ]


def _any_of(value: object, choices: Any, _: Schema, at: str) -> list[str]:
    return [] if any(not faults(value, one, at) for one in choices) else [f"{at}: fits no choice"]


def _matches(value: object, pattern: Any, _: Schema, at: str) -> list[str]:
    if not isinstance(value, str) or re.search(pattern, value):
        return []
    return [f"{at}: does not match {pattern}"]


def _limit(
    of: Callable[[object], float | None], fits: Callable[[float, float], bool], words: str
) -> Callable[[object, Any, Schema, str], list[str]]:
    """A rule that compares some measure of a value with a number."""

    def rule(value: object, limit: Any, _: Schema, at: str) -> list[str]:
        measure = of(value)
        return [] if measure is None or fits(measure, limit) else [f"{at}: {words} {limit}"]

    return rule


def _letters(value: object) -> float | None:
    return len(value) if isinstance(value, str) else None


def _count(value: object) -> float | None:
    return len(value) if isinstance(value, list) else None


def _under(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


_RULES: Final[Mapping[str, Callable[[object, Any, Schema, str], list[str]]]] = {
    "type": lambda *_: [],  # judged before the others
    "enum": _one_of,
    "const": lambda value, one, schema, at: _one_of(value, (one,), schema, at),
    "properties": _properties,
    "required": _required,
    "additionalProperties": _others,
    "items": _items,
    "anyOf": _any_of,
    "pattern": _matches,
    "minimum": _limit(_size, lambda size, limit: size >= limit, "less than"),
    "maximum": _limit(_size, lambda size, limit: size <= limit, "more than"),
    "exclusiveMinimum": _limit(_size, lambda size, limit: size > limit, "not more than"),
    "exclusiveMaximum": _limit(_size, lambda size, limit: size < limit, "not less than"),
    "minLength": _limit(_letters, lambda size, limit: size >= limit, "shorter than"),
    "maxLength": _limit(_letters, lambda size, limit: size <= limit, "longer than"),
    "minItems": _limit(_count, lambda size, limit: size >= limit, "fewer items than"),
    "maxItems": _limit(_count, lambda size, limit: size <= limit, "more items than"),
}
