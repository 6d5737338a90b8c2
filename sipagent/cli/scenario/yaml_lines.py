"""YAML with the line of every value, and faults that say where they stand.

Reads plain words as they are written: ``yes``, ``no`` and ``12:30`` are texts here, since callers
say them. Knows models by their own descriptions, and no key by name.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml
from pydantic import BaseModel, ValidationError

from sipagent.config.faults import Place

Lines = Mapping[Place, int]
_DEEPEST: Final = 32
_WHOLE: Final = "whole"  # the type of a fault whose text says itself what would be right
_PLAIN: Final = {"missing": "missing", "tuple_type": "not a list", "dict_type": "no table of keys"}
_TYPES: Final = (
    ("tag:yaml.org,2002:bool", r"true|false", "tf"),
    ("tag:yaml.org,2002:null", r"null|~|", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]+", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)", "-+.0123456789"),
    ("tag:yaml.org,2002:merge", r"<<", "<"),
)


class NotYaml(Exception):
    """A text that cannot be read; ``line`` is where, 0 where that is not known."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


class _Loader(yaml.SafeLoader):
    """Few types; a number with a zero in front stays what it is, and yes is a word."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # yaml's own name and form


for _tag, _pattern, _first in _TYPES:
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))


def read(text: str) -> tuple[object, Lines]:
    """The text's value, and the line of each place in it. Raises ``NotYaml``."""
    loader = _Loader(text)
    lines: dict[Place, int] = {}
    try:
        node = loader.get_single_node()
        value = None if node is None else _value(loader, node, (), lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise NotYaml(line, f"not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise NotYaml(0, f"not YAML: {' '.join(str(error).split())}") from None
    finally:
        loader.dispose()
    return value, lines


def _value(loader: _Loader, node: yaml.Node, at: Place, lines: dict[Place, int]) -> object:
    lines.setdefault(at, node.start_mark.line + 1)
    if len(at) > _DEEPEST:
        raise NotYaml(lines[at], "too deep")
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        return _mapping(loader, node, at, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, one, (*at, n), lines) for n, one in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except ValueError:
        raise NotYaml(lines[at], f"{node.value!r} is no value") from None


def _mapping(
    loader: _Loader, node: yaml.MappingNode, at: Place, lines: dict[Place, int]
) -> dict[str, object]:
    found: dict[str, object] = {}
    written: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise NotYaml(line, "a key is a word")
        merged = not node.start_mark.index <= key.start_mark.index < node.end_mark.index
        if key.value in written and not merged:
            raise NotYaml(line, f"{key.value} stands here twice; give it once")
        if not merged:
            written.add(key.value)
        lines[(*at, key.value)] = line
        found[key.value] = _value(loader, value, (*at, key.value), lines)
    return found


def line_of(lines: Lines, place: Place) -> int:
    """The line of a place, or of the nearest one around it."""
    return next((lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in lines), 1)


def faults(model: type[BaseModel], error: ValidationError) -> list[tuple[Place, str]]:
    """Each fault's place, and what is wrong and would be right. A fault that only follows from
    others within it is left out.
    """
    items = error.errors()
    places = [_keys(item["loc"]) for item in items]
    found: dict[tuple[Place, str], None] = {}
    for item, place in zip(items, places, strict=True):
        if not any(len(one) > len(place) and one[: len(place)] == place for one in places):
            found[place, _told(model, place, item["type"], item["msg"])] = None
    return list(found)


def _keys(loc: Place) -> Place:
    """The place in the file: without the names that pydantic gives to what it tried."""
    return tuple(part for part in loc if not (isinstance(part, str) and "[" in part))


def _told(model: type[BaseModel], place: Place, kind: str, message: str) -> str:
    message = message.removeprefix("Value error, ")
    if kind == _WHOLE:
        return message
    if kind == "extra_forbidden":
        return f"unknown; expected one of {', '.join(_model_at(model, place).model_fields)}"
    if kind == "model_type":
        keys = ", ".join(_model_at(model, (*place, "")).model_fields)
        return f"no table of keys; expected one of {keys}"
    message = _PLAIN.get(kind, message)
    right = _description(model, place)
    return f"{message[:1].lower()}{message[1:]}" + (f"; expected {right}" if right else "")


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    """The model that holds the last part of a place."""
    for part in place[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            inner = _inner(model.model_fields[part].annotation)
            if inner is None:
                break
            model = inner
    return model


def _inner(kind: Any) -> type[BaseModel] | None:
    """The model within a field's type: itself, of a list, or beside None."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    inner = (_inner(one) for one in getattr(kind, "__args__", ()))
    return next((one for one in inner if one is not None), None)


def _description(model: type[BaseModel], place: Place) -> str | None:
    model = _model_at(model, place)
    for part in reversed(place):
        if isinstance(part, str) and part in model.model_fields:
            return model.model_fields[part].description
    return None
