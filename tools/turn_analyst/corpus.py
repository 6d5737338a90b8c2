"""Draws training turns from ``turns.yaml``: slots, openers, closers, slips of a recogniser.

Turns that are drawn from one line stay together, so that a split by lines tests on new ones.
"""

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from sipagent.ports import Intent
from sipagent.text.dangling import ASKING_AR, ASKING_EN, AUXILIARIES, SUBJECTS
from sipagent.text.words import words

FILE: Final = Path(__file__).parent / "turns.yaml"
_DEVELOPMENT: Final = Path(__file__).parents[2] / "tests" / "unit"
_WISHES: Final = {
    "human": Intent.HUMAN,
    "repeat": Intent.REQUEST,
    "other_language": Intent.REQUEST,
    "goodbye": Intent.SOCIAL,
}
_SLOT: Final = re.compile(r"\{(\w+)\}")
_DRAWS: Final = 3  # plain ones of a line with slots
_VARIED: Final = 3  # more of each line, with openers, closers and slips
_OPENER, _CLOSER, _SLIP, _LOST = 0.35, 0.35, 0.15, 0.1
_CALM: Final = 0.16  # frames of less mood stand beside any turn
_NO_FRAME: Final = frozenset({Intent.OTHER, Intent.SOCIAL})
_STRONG_FRAME: Final = frozenset(
    {Intent.QUESTION, Intent.REQUEST, Intent.COMPLAINT, Intent.HUMAN, Intent.INFORM}
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A labelled turn; ``line`` is where it was drawn from, ``plain`` whether as it stands there.

    A sentiment that nobody knows is NaN; ``language`` is "en", "ar", "mixed" or unknown.
    """

    text: str
    intent: Intent
    sentiment: float
    language: str
    line: int
    plain: bool = True


def load(path: Path = FILE) -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return table


def draw(table: dict[str, Any], seed: int) -> list[Turn]:
    """All training turns; the same for the same seed."""
    chance = random.Random(seed)
    turns: list[Turn] = []
    line = 0
    for group in table["turns"]:
        for text in filter(str.strip, group["texts"].splitlines()):
            turns.extend(_turns(table, group, text.strip(), line, chance))
            line += 1
    return turns + developed(line)


def developed(first_line: int) -> list[Turn]:
    """Questions and wishes that retrieval and wishes are developed with, as far as their form
    tells the intent; their mood is not known (NaN)."""
    rows = yaml.safe_load((_DEVELOPMENT / "development_questions.yaml").read_text("utf-8"))
    asked = [(row[3], Intent.QUESTION) for group in rows.values() for row in group]
    asked = [(text, intent) for text, intent in asked if _asks(words(text))]
    rows = yaml.safe_load((_DEVELOPMENT / "development_wishes.yaml").read_text("utf-8"))
    wished = [
        (row["text"], _WISHES[row["wish"]]) for row in rows["wishes"] if row["wish"] in _WISHES
    ]
    return [
        Turn(text, intent, math.nan, "", first_line + number)
        for number, (text, intent) in enumerate(asked + wished)
    ]


def _asks(spoken: Sequence[str]) -> bool:
    """Whether a question says so by its form."""
    if not ASKING_AR.isdisjoint(spoken) or spoken[0] in ASKING_EN:
        return True
    return spoken[0] in AUXILIARIES and spoken[1] in SUBJECTS - {"you"} | {"there", "the"}


def _turns(
    table: dict[str, Any], group: dict[str, Any], text: str, line: int, chance: random.Random
) -> Iterator[Turn]:
    intent, language = Intent(group["intent"]), group["language"]
    sentiment = float(group["sentiment"])
    draws = _DRAWS if _SLOT.search(text) else 1
    seen: set[str] = set()
    for number in range(draws + _VARIED):
        own = language if language in table["slots"] else chance.choice(["en", "ar"])
        drawn, mood = _filled(table["slots"][own], text, chance), sentiment
        if number >= draws:
            drawn, mood = _framed(table, own, intent, drawn, mood, chance)
        if drawn not in seen:
            seen.add(drawn)
            yield Turn(drawn, intent, mood, language, line, plain=number < draws)


def _filled(slots: dict[str, list[str]], text: str, chance: random.Random) -> str:
    return _SLOT.sub(lambda slot: chance.choice(slots[slot[1]]), text)


def _framed(
    table: dict[str, Any],
    language: str,
    intent: Intent,
    text: str,
    mood: float,
    chance: random.Random,
) -> tuple[str, float]:
    """The turn with what callers say before and after it, and a slip of the recogniser."""
    for place, likely in (("openers", _OPENER), ("closers", _CLOSER)):
        frame = chance.choice(table[place][language])
        if chance.random() >= likely or not _suits(frame["shift"], intent, mood):
            continue
        text = f"{frame['say']} {text}" if place == "openers" else f"{text} {frame['say']}"
        mood += frame["shift"]
    if chance.random() < _SLIP:
        text = _slipped(text, chance)
    said = text.split()
    if len(said) > 4 and chance.random() < _LOST:
        del said[chance.randrange(len(said))]
    return " ".join(said), max(-1.0, min(1.0, mood))


def _suits(shift: float, intent: Intent, mood: float) -> bool:
    """Whether a caller would say this beside a turn of the intent, in that mood."""
    if intent in _NO_FRAME:
        return False
    if abs(shift) > _CALM:
        return intent in _STRONG_FRAME and (mood <= 0.1 if shift < 0 else mood >= -0.1)
    return True


def _slipped(text: str, chance: random.Random) -> str:
    """One letter lost, doubled or exchanged with the next."""
    at = chance.randrange(len(text))
    match chance.randrange(3):
        case 0:
            return text[:at] + text[at + 1 :] if len(text) > 3 else text
        case 1:
            return text[:at] + text[at] + text[at:]
        case _:
            return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def split(turns: Sequence[Turn], parts: int, seed: int) -> list[list[Turn]]:
    """The turns in parts, by lines."""
    chance = random.Random(seed)
    part_of = {line: chance.randrange(parts) for line in {turn.line for turn in turns}}
    return [[turn for turn in turns if part_of[turn.line] == part] for part in range(parts)]
