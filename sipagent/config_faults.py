"""What is wrong with a setting, as one line: where it stands, which it is, what would be right.

Reads a validated model's own descriptions; knows no setting by name.
"""

import os
import re
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

ENV_PREFIX: Final = "SIPAGENT_"

Place = tuple[int | str, ...]


def faults(settings: type[BaseModel], file: Path, text: str, error: ValidationError) -> list[str]:
    """A line per fault. A list that is empty only because its items are faulty adds none."""
    items = error.errors()
    locs = [item["loc"] for item in items]
    return [
        _fault(settings, file, text, item["loc"], item["msg"])
        for item in items
        if not any(
            len(loc) > len(item["loc"]) and loc[: len(item["loc"])] == item["loc"] for loc in locs
        )
    ]


def _fault(settings: type[BaseModel], file: Path, text: str, loc: Place, message: str) -> str:
    """One line: where, which key, what is wrong, what would be right."""
    key = ".".join(str(part) for part in loc) or "settings"
    variable = ENV_PREFIX + "__".join(str(part) for part in loc).upper()
    present = next((name for name in os.environ if name.upper() == variable), None)
    line = locate(text, loc)
    where = f"environment: {present}" if present else f"{file}:{line}" if line else str(file)
    where = where if text or present else "environment"
    right = _description(settings, loc)
    if message == "Extra inputs are not permitted":
        message, right = "unknown setting", _siblings(settings, loc)
    return f"{where}: {key}: {message.removeprefix('Value error, ')}" + (
        f"; expected {right}" if right else ""
    )


def _section_at(settings: type[BaseModel], loc: Place) -> type[BaseModel]:
    """The section that holds the last part of ``loc``."""
    model = settings
    for part in loc[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            kind: object = model.model_fields[part].annotation
            kind = getattr(kind, "__args__", (kind,))[0]
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


def _siblings(settings: type[BaseModel], loc: Place) -> str:
    model = _section_at(settings, loc)
    return "one of " + ", ".join(model.model_fields)


def locate(text: str, loc: Place) -> int | None:
    """The line of the key at ``loc`` in a TOML text, or of the nearest table around it."""
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
            table = tuple(header[1].split("."))
            lines[table] = number
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            lines[(*table, *key[1].split("."))] = number
    return next((lines[loc[:n]] for n in range(len(loc), 0, -1) if loc[:n] in lines), None)
