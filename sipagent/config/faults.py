"""What is wrong with a setting, as one line: where it stands, which it is, what would be right.

Reads a validated model's own descriptions; knows no setting by name.
"""

import difflib
import json
import os
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from sipagent.errors import StartError

ENV_PREFIX: Final = "SIPAGENT_"
_WHOLE: Final = "whole"  # the type of a fault whose text says itself what would be right

Place = tuple[int | str, ...]
Fault = tuple[Place, str]


class Unusable(StartError):
    """A setting is right in itself, and this machine or its files do not allow it."""

    def __init__(self, place: Place, what: str) -> None:
        super().__init__(what)
        self.place = place


def placed(file: Path, error: Unusable) -> str:
    """``error`` with the place that its setting is from. One that a single variable gives, or
    nobody, needs none: what would be right names it."""
    variable = _variable(error.place)
    if variable and variable.upper() == _named(error.place):
        return str(error)
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    line = locate(text, error.place, least=2)  # a section alone did not give the value
    if variable or line:
        where = f"environment: {variable}" if variable else f"{file}:{line}"
        return f"{where}: {_key(error.place)}: {error}"
    return str(error)


def refuse(found: Iterable[Fault]) -> None:
    """In a validator: raise these, each at its own place within the value, if there are any."""
    details = [
        InitErrorDetails(
            type=PydanticCustomError(_WHOLE, "{what}", {"what": what}), loc=loc, input=None
        )
        for loc, what in found
    ]
    if details:
        raise ValidationError.from_exception_data("settings", details)


def repeated(table: str, values: Iterable[tuple[Place, Hashable]]) -> list[Fault]:
    """A fault for each value that stands at an earlier place too."""
    first: dict[Hashable, Place] = {}
    return [
        (loc, f"{value} is {_key((table, *first[value]))} already; give it once")
        for loc, value in values
        if first.setdefault(value, loc) != loc
    ]


def shared(table: str, rows: Sequence[BaseModel], *keys: str) -> list[Fault]:
    """A fault for each value of ``keys`` that two rows share; a list shares each of its items."""
    found: list[Fault] = []
    for key in keys:
        values: list[tuple[Place, Hashable]] = []
        for row, one in enumerate(rows):
            value = getattr(one, key)
            if isinstance(value, tuple):
                values += (((row, key, at), item) for at, item in enumerate(value))
            else:
                values.append(((row, key), value))
        found += repeated(table, values)
    return found


def faults(settings: type[BaseModel], file: Path, text: str, error: ValidationError) -> list[str]:
    """A line per fault. A list that is empty only because its items are faulty adds none."""
    items = error.errors()
    locs = [item["loc"] for item in items]
    return [
        _fault(settings, file, text, item)
        for item in items
        if not any(
            len(loc) > len(item["loc"]) and loc[: len(item["loc"])] == item["loc"] for loc in locs
        )
    ]


def unknown_variables(settings: type[BaseModel]) -> list[str]:
    """A misspelt variable is a fault, not silence. Nested names are judged by the sections."""
    sections = [ENV_PREFIX + field.upper() for field in settings.model_fields]
    return [
        f"environment: {name}: unknown setting; {_meant(name.split('__')[0], sections)} (__NAME)"
        for name in sorted(os.environ)
        if name.startswith(ENV_PREFIX)
        and name.removeprefix(ENV_PREFIX).lower().split("__")[0] not in settings.model_fields
    ]


def not_json(error: Exception) -> str:
    """One line for a variable that should hold a section or a list, and does not."""
    cause = error.__cause__
    text = cause.doc if isinstance(cause, json.JSONDecodeError) else None
    names = [name for name in os.environ if name.upper().startswith(ENV_PREFIX)]
    name = next((name for name in names if os.environ[name] == text), f"{ENV_PREFIX}*")
    return (
        f"environment: {name}: not JSON; expected a JSON object or list; "
        f"single settings are {ENV_PREFIX}SECTION__NAME"
    )


def _fault(settings: type[BaseModel], file: Path, text: str, item: ErrorDetails) -> str:
    """One line: where, which key, what is wrong, what would be right."""
    loc, message, given = item["loc"], item["msg"], item["input"]
    right = None if item["type"] == _WHOLE else _description(settings, loc)
    if item["type"] == "extra_forbidden":
        known = list(_section_at(settings, loc).model_fields)
        message, right = f"unknown setting; {_meant(str(loc[-1]), known)}", None
    elif item["type"] == "tuple_type" and isinstance(given, str):
        message, right = f"a list is expected: {json.dumps([given])}", None
    return f"{_where(file, text, loc)}: {_key(loc)}: {message.removeprefix('Value error, ')}" + (
        f"; expected {right}" if right else ""
    )


def _meant(name: str, known: Sequence[str]) -> str:
    """Which setting was meant, where one is near, and which there are."""
    near = difflib.get_close_matches(name, known, n=1)
    question = f"did you mean {near[0]}? Known" if near else "known"
    return f"{question} are {', '.join(known)}"


def _key(loc: Place) -> str:
    return ".".join(map(str, loc)) or "settings"


def _where(file: Path, text: str, loc: Place) -> str:
    """The variable or the line that gave the value, or that made its default a wrong one."""
    line = locate(text, loc)
    variable = _variable(loc) or (None if line else _variable_near(loc))
    if variable:
        return f"environment: {variable}"
    if line:
        return f"{file}:{line}"
    return str(file) if text else "environment"


def _variable(loc: Place) -> str | None:
    """The variable that gave the value. A list in the environment replaces the file's."""
    given = {name.upper(): name for name in os.environ}
    lists = [n for n in range(1, len(loc)) if isinstance(loc[n], int)]
    names = (_named(loc[:n]) for n in (len(loc), *lists))
    return next((given[name] for name in names if name in given), None)


def _variable_near(loc: Place) -> str | None:
    """A variable of the same section."""
    section = _named(loc[:1])
    names = sorted(name for name in os.environ if name.upper().split("__")[0] == section)
    return next(iter(names), None)


def _named(loc: Place) -> str:
    return ENV_PREFIX + "__".join(map(str, loc)).upper()


def _section_at(settings: type[BaseModel], loc: Place) -> type[BaseModel]:
    """The section that holds the last part of ``loc``."""
    model = settings
    for part in loc[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            kind: object = model.model_fields[part].annotation
            kind = getattr(kind, "__args__", (kind,))[0]
            kind = getattr(kind, "__origin__", kind)  # Annotated's own
            if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
                break  # a leaf inside a list
            model = kind
    return model


def _description(settings: type[BaseModel], loc: Place) -> str | None:
    model = _section_at(settings, loc)
    names = [part for part in loc if isinstance(part, str)]
    for name in reversed(names):
        if name in model.model_fields:
            return model.model_fields[name].description
    return None


def locate(text: str, loc: Place, least: int = 1) -> int | None:
    """The line of the key at ``loc`` in a TOML text, or of the nearest table around it that has
    ``least`` names."""
    seen: dict[tuple[str, ...], int] = {}
    lines: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if array := re.match(r"\s*\[\[\s*([\w.-]+)\s*\]\]", line):
            name = tuple(array[1].split("."))
            seen[name] = seen.get(name, -1) + 1
            table = (*name, seen[name])
            lines[table] = number
        elif header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            table = _within(tuple(header[1].split(".")), seen)
            lines[table] = number
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            lines[(*table, *key[1].split("."))] = number
    around = (loc[:n] for n in range(len(loc), least - 1, -1))
    return next((lines[one] for one in around if one in lines), None)


def _within(name: tuple[str, ...], seen: Mapping[tuple[str, ...], int]) -> Place:
    """The place of a table that may lie in the latest row of a list."""
    row = seen.get(name[:1])
    return name if row is None else (name[0], row, *name[1:])
