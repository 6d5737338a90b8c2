"""Marks in a text for how to speak it: a small part of SSML, read without ever failing.

| mark | what it does |
|---|---|
| ``<break time="300ms"/>``, ``<break strength="strong"/>`` | silence there |
| ``<prosody rate="slow">``, x-slow, fast, x-fast, 90%, +10% | pace; nested ones multiply |
| ``<emphasis>`` | weight on the words |
| ``<style name="calm">`` | a manner that the voice may know |
| ``<say-as interpret-as="digits">`` | how to read the words; see ``SayAs`` |

Silence is at most ``LONGEST_BREAK_MS`` in one place and ``MOST_SILENCE_MS`` in a text, pace between
``SLOWEST`` and ``FASTEST``: a model that writes marks can neither stall a call nor rush it. Unknown
and broken tags are dropped and their text stays. A manner that is never closed lasts to the end; a
say-as that is never closed, or covers more than ``LONGEST_SAY_AS``, does nothing. Knows no voice.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

LONGEST_BREAK_MS: Final = 2_000
MOST_SILENCE_MS: Final = 5_000
SLOWEST: Final = 0.5
FASTEST: Final = 2.0
LONGEST_SAY_AS: Final = 200
_DEEPEST: Final = 16

MARKS: Final = ("break", "prosody", "emphasis", "style", "say-as")
BLOCKS: Final = frozenset(
    {"br", "p", "div", "li", "ul", "ol", "tr", "table", "hr", "section", "speak"}
    | {f"h{level}" for level in range(1, 7)}
)
_NAMES: Final = "|".join(MARKS)
_ATTRIBUTE: Final = (
    r"\s{1,9}[\w:-]{1,30}\s{0,9}=\s{0,9}(?:\"[^\"<>]{0,100}\"?|'[^'<>]{0,100}'?|[^\s\"'<>]{1,100})?"
)
TAG: Final = re.compile(
    rf"""
    < (?P<close>/)? (?P<mark>{_NAMES}) (?![\w-]) (?P<given>(?:{_ATTRIBUTE}){{0,8}})
      \s{{0,9}} (?P<alone>/)? >?
  | </? (?P<other>[A-Za-z][\w:-]{{0,30}}) (?:\s[^<>]{{0,300}})? /? >
  | <!--.{{0,300}}?--> | <[!?][^<>]{{0,300}}>
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_VALUE: Final = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"?|'([^']*)'?|(\S+))")
_TIME: Final = re.compile(r"\s*\+?([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s)\s*")
_RATE: Final = re.compile(r"\s*([+-]?)([0-9]{1,4}(?:\.[0-9]{1,4})?)\s*(%?)\s*")
_STYLE: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_STRENGTHS_MS: Final = {
    "none": 0, "x-weak": 50, "weak": 150, "medium": 300, "strong": 500, "x-strong": 800,
}  # fmt: skip
_RATES: Final = {
    "x-slow": 0.65, "slow": 0.8, "medium": 1.0, "default": 1.0, "fast": 1.2, "x-fast": 1.45,
}  # fmt: skip
_USUAL_BREAK_MS: Final = 300


@dataclass(frozen=True, slots=True)
class Manner:
    """``pace`` 1.0 is the voice's own speed, 0.8 is slower; ``style`` is empty or a name."""

    pace: float = 1.0
    emphasis: bool = False
    style: str = ""


class SayAs(StrEnum):
    """What a stretch of text is, where its letters and digits do not tell."""

    DIGITS = "digits"
    TELEPHONE = "telephone"
    DATE = "date"
    TIME = "time"
    CURRENCY = "currency"
    CARDINAL = "cardinal"
    ORDINAL = "ordinal"
    SPELL_OUT = "spell-out"


@dataclass(frozen=True, slots=True)
class Said:
    """The text from ``start`` to ``end`` is to be read as ``kind``."""

    start: int
    end: int
    kind: SayAs


@dataclass(frozen=True, slots=True)
class Change:
    """From ``start`` on, the text is spoken in this manner."""

    start: int
    manner: Manner


@dataclass(frozen=True, slots=True)
class Break:
    """Silence at a place of the text."""

    at: int
    ms: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its marks, and what they said. Offsets are those of ``text``, in order."""

    text: str
    changes: tuple[Change, ...] = ()
    said: tuple[Said, ...] = ()
    breaks: tuple[Break, ...] = ()


def without_marks(text: str) -> str:
    """The words of a text alone, as they stand in a record."""
    return read(text).text


def read(text: str) -> Marked:
    """A text taken apart. Never raises; the time is linear in its length."""
    reader = _Reader()
    start = 0
    for tag in TAG.finditer(text):
        reader.words(text[start : tag.start()])
        reader.tag(tag)
        start = tag.end()
    reader.words(text[start:])
    return reader.marked()


@dataclass(frozen=True, slots=True)
class _Open:
    """A mark that was opened: its name, where, and what it changes."""

    name: str
    at: int
    pace: float = 1.0
    emphasis: bool = False
    style: str = ""
    kind: SayAs | None = None


class _Reader:
    """Collects a text and its marks from left to right."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._changes: list[Change] = []
        self._said: list[Said] = []
        self._breaks: list[Break] = []
        self._silence_ms = 0
        self._since = 0  # the piece behind the last break

    def marked(self) -> Marked:
        return Marked(
            "".join(self._pieces), tuple(self._changes), tuple(self._said), tuple(self._breaks)
        )

    def words(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def tag(self, tag: re.Match[str]) -> None:
        name = (tag["mark"] or tag["other"] or "").lower()
        if name == "break":
            self._break(_attributes(tag["given"]))
        elif name in BLOCKS:
            self.words("\n")
        elif tag["mark"] is None or (tag["alone"] and not tag["close"]):
            return
        elif tag["close"]:
            self._close(name)
        elif len(self._open) < _DEEPEST:
            self._open.append(_opened(name, _attributes(tag["given"]), self._length))
            self._changed()

    def _break(self, given: dict[str, str]) -> None:
        ms = min(_break_ms(given), LONGEST_BREAK_MS)
        if self._breaks and not "".join(self._pieces[self._since :]).strip():
            ms = min(ms, LONGEST_BREAK_MS - self._breaks[-1].ms)
        ms = min(ms, MOST_SILENCE_MS - self._silence_ms)
        if ms <= 0:
            return
        self._silence_ms += ms
        self._breaks.append(Break(self._length, ms))
        self.words(" ")
        self._since = len(self._pieces)

    def _close(self, name: str) -> None:
        """Close the innermost mark of that name; one that was never opened is ignored."""
        for position in range(len(self._open) - 1, -1, -1):
            if self._open[position].name == name:
                closed = self._open.pop(position)
                break
        else:
            return
        inside = any(other.kind for other in self._open)
        covers = self._length - closed.at
        if closed.kind and not inside and 0 < covers <= LONGEST_SAY_AS:
            self._said.append(Said(closed.at, self._length, closed.kind))
        self._changed()

    def _changed(self) -> None:
        pace, emphasis, style = 1.0, False, ""
        for mark in self._open:
            pace *= mark.pace
            emphasis = emphasis or mark.emphasis
            style = mark.style or style
        manner = Manner(round(min(max(pace, SLOWEST), FASTEST), 3), emphasis, style)
        before = self._changes[-1].manner if self._changes else Manner()
        if manner == before:
            return
        if self._changes and self._changes[-1].start == self._length:
            self._changes.pop()
        self._changes.append(Change(self._length, manner))


def _attributes(given: str | None) -> dict[str, str]:
    return {
        name.lower(): (double or single or bare).strip().lower()
        for name, double, single, bare in _VALUE.findall(given or "")
    }


def _opened(name: str, given: dict[str, str], at: int) -> _Open:
    opened = _Open(name, at)
    if name == "prosody":
        return replace(opened, pace=_pace(given.get("rate", "")))
    if name == "emphasis":
        return replace(opened, emphasis=given.get("level") not in ("none", "reduced"))
    if name == "style":
        style = given.get("name", "")
        return replace(opened, style=style if _STYLE.fullmatch(style) else "")
    kind = _ALSO.get(given.get("interpret-as", ""), given.get("interpret-as", ""))
    return replace(opened, kind=SayAs(kind) if kind in _KINDS else None)


_KINDS: Final = frozenset(kind.value for kind in SayAs)
_ALSO: Final = {"characters": "spell-out", "number": "cardinal", "verbatim": "spell-out"}


def _pace(rate: str) -> float:
    if rate in _RATES:
        return _RATES[rate]
    found = _RATE.fullmatch(rate)
    if found is None:
        return 1.0
    sign, number, percent = found.groups()
    value = float(number) / (100 if percent else 1)
    if sign:
        value = 1 + value if sign == "+" else 1 - value
    return min(max(value, SLOWEST), FASTEST) if value else 1.0


def _break_ms(given: dict[str, str]) -> int:
    if "time" in given:
        found = _TIME.fullmatch(given["time"])
        return round(float(found[1]) * (1000 if found[2] == "s" else 1)) if found else 0
    return _STRENGTHS_MS.get(given.get("strength", ""), _USUAL_BREAK_MS)
