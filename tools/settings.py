"""Writes docs/settings.md, each setting with default and meaning: ``python -m tools.settings``.

Reads the descriptions of the settings themselves, so that there is one place to mend.
"""

import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from sipagent.config import Settings

FILE: Final = Path(__file__).parents[1] / "docs" / "settings.md"
HEAD: Final = " ".join(
    (
        "# Every setting\n\nMade from the settings' own words by `python -m tools.settings`.",
        "A setting stands in `sipagent.toml`; one outside of a `[[list]]` of tables may also come",
        "from the environment, as `SIPAGENT_<SECTION>__<NAME>`, and a whole list as JSON:",
        """`SIPAGENT_TRUNKS='[{"name": "a", "networks": ["192.0.2.0/24"]}]'`.""",
        "A wrong one is told at start with its place and what would be right.\n",
    )
)


def text() -> str:
    """The whole document."""
    return "\n".join([HEAD, *_tables(Settings, "")])


def _tables(model: type[BaseModel], name: str, brackets: str = "[]") -> Iterator[str]:
    """A table of the model's own settings, then those of the tables in it."""
    inner = {field: _table_in(info) for field, info in model.model_fields.items()}
    rows = [
        f"| `{field}` | {_default(info)} | {_cell(info.description or '')} |"
        for field, info in model.model_fields.items()
        if inner[field] is None
    ]
    opening, closing = brackets[: len(brackets) // 2], brackets[len(brackets) // 2 :]
    heading = f"`{opening}{name}{closing}`" if name else "Outside of any table"
    if rows:
        yield f"## {heading}\n"
        yield "| setting | default | meaning |\n|---|---|---|"
        yield "\n".join(rows) + "\n"
    for field, found in inner.items():
        if found is not None:
            table, kind = found
            path = ".".join(filter(None, (name, field)))
            if kind == "list":
                yield from _tables(table, path, "[[]]")
            else:
                yield from _tables(table, path if kind == "one" else f"{path}.NAME")


def _table_in(info: FieldInfo) -> tuple[type[BaseModel], str] | None:
    """The model of a setting that is a table, tables in a list, or tables by name."""
    kinds = _classes(info.annotation)
    tables = [kind for kind in kinds if issubclass(kind, BaseModel)]
    if not tables:
        return None
    if isinstance(info.annotation, type):
        return tables[0], "one"
    return tables[0], "list" if tuple in kinds else "named"


def _classes(annotation: Any) -> list[type]:
    """Every class in a type, its own origin first."""
    origin = getattr(annotation, "__origin__", annotation)
    own = [origin] if isinstance(origin, type) else []
    return [*own, *(one for inner in get_args(annotation) for one in _classes(inner))]


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "(needed)"
    value = info.get_default(call_default_factory=True, validated_data={})
    return "" if value in (None, "", (), {}) else f"`{_toml(value)}`"


def _toml(value: object) -> str:
    """A value as the file would say it."""
    if isinstance(value, SecretStr):
        return _toml(value.get_secret_value())
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Enum):
        return _toml(value.value)
    plain = value if isinstance(value, bool | int | float) else str(value)
    return json.dumps(plain, ensure_ascii=False)


def _cell(words: str) -> str:
    """Text that ends no cell and no line, and is no HTML."""
    return words.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
