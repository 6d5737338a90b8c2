"""``tests/data/bargein.yaml`` and ``turns.yaml`` as values. Draws nothing and makes no sound."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from sipagent.text.language import Language

DATA: Final = Path(__file__).parents[2] / "data"
TURN_KINDS: Final = ("complete", "incomplete", "hesitation", "digits")

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who may speak: so many speakers of a language, from these voices, paces and pitches."""

    each: int
    words_per_minute: Range
    pitch: Range
    variants: tuple[str, ...]
    accents: dict[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A row of ``turns.yaml``. ``groups`` and ``rest`` are what sounds between pauses."""

    text: str
    language: Language
    kind: str
    expect: str
    digits: int | None
    groups: tuple[str, ...]
    rest: tuple[str, ...]
    finished: bool


@dataclass(frozen=True, slots=True)
class Spec:
    """All of it; ``classes`` and ``turn_rules`` are the file's own words."""

    seed: int
    lead_ms: Range
    tail_ms: float
    room_dbfs: Range
    cast: Cast
    classes: dict[str, dict[str, Any]]
    turn_rules: dict[str, Any]
    turns: tuple[Turn, ...]


def read(folder: Path = DATA) -> Spec:
    """Both files. Raises ``KeyError`` or ``ValueError`` where one is not as it must be."""
    raw = yaml.safe_load((folder / "bargein.yaml").read_text("utf-8"))
    rows = yaml.safe_load((folder / "turns.yaml").read_text("utf-8"))["turns"]
    people = raw["speakers"]
    return Spec(
        seed=raw["seed"],
        lead_ms=between(raw["lead_ms"]),
        tail_ms=raw["tail_ms"],
        room_dbfs=between(raw["room_dbfs"]),
        cast=Cast(
            each=people["each"],
            words_per_minute=between(people["words_per_minute"]),
            pitch=between(people["pitch"]),
            variants=tuple(people["variants"]),
            accents={language: tuple(people[language]) for language in (Language.EN, Language.AR)},
        ),
        classes=raw["classes"],
        turn_rules=raw["turns"],
        turns=tuple(_turn(row) for row in rows),
    )


def between(pair: list[float]) -> Range:
    low, high = pair
    if low > high:
        raise ValueError(f"{low} is more than {high}")
    return low, high


def _turn(row: dict[str, Any]) -> Turn:
    rest = row.get("rest", [])
    return Turn(
        text=row["text"],
        language=Language(row["language"]),
        kind=row["class"],
        expect=row["expect"],
        digits=row.get("digits"),
        groups=tuple(row.get("groups", [row["text"]])),
        rest=(rest,) if isinstance(rest, str) else tuple(rest),
        finished=row.get("finished", row["class"] == "complete"),
    )
