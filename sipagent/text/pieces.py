"""Plain text that is still being written, cut into pieces that can be spoken one by one.

The first piece is as short as sounds natural, later ones are sentences or long clauses. Takes
text without markup, in which a line's end ends a sentence. Knows no voice.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from sipagent.text.breath import best_cut
from sipagent.text.language import Language
from sipagent.text.marks import LONGEST_SAY_AS, TAG
from sipagent.text.sentences import ends_sentence
from sipagent.text.spoken import units

FIRST_WORDS: Final = 2
"""Words of a first piece that may end at a comma."""
LATER_WORDS: Final = 6
FIRST_BREATH: Final = 9
"""Words without a mark after which the first piece is cut where one may breathe."""
LATER_BREATH: Final = 18
LONGEST: Final = 2_000
"""Characters that are held at most; then a piece ends wherever there is a space, or none."""
_AGAIN: Final = 4
_NEAR: Final = 16
_LONGEST_NUMBER: Final = 40
_TAG: Final = "\ue001"
_CLOSERS: Final = "[\"'”’)\\]»]*"
_EDGE: Final = re.compile(
    rf"(?P<final>[.!?؟…]+){_CLOSERS}(?=[\s{_TAG}])|[,;:،؛–—]{_CLOSERS}(?=[\s{_TAG}])|(?P<line>\n)"
)
_GAP: Final = re.compile(rf"[ \t{_TAG}]*")
_TOKEN: Final = re.compile(r"\S+")
_LOOSE: Final = re.compile(r" (?=[.,!?؟،؛;:…]+(?:[\s<]|$))")
_LETTER: Final = re.compile(r"\w")


class Pieces:
    """Cuts what it is fed. Offsets are those of the text that was not given out yet."""

    def __init__(self, language: Language = Language.EN) -> None:
        self._language = language
        self._first = True
        self._open: list[tuple[str, str]] = []  # tags that reach into what is held
        self._hold("")

    def feed(self, text: str) -> list[str]:
        """The pieces that stand now."""
        self._text += text
        self._view += TAG.sub(lambda tag: _TAG * len(tag.group()), text)
        return list(self._stand())

    def end(self) -> list[str]:
        """What is left, as one piece."""
        return list(self._give(len(self._text)))

    def _hold(self, text: str) -> None:
        self._text = text
        self._view = TAG.sub(lambda tag: _TAG * len(tag.group()), text)  # tags hidden
        self._seen = 0  # up to where no piece ends
        self._words = 0  # before ``_counted``
        self._counted = 0
        self._breath = FIRST_BREATH if self._first else LATER_BREATH

    def _stand(self) -> Iterator[str]:
        while True:
            edge = self._next_edge()
            if edge is None:
                edge = self._next_breath()
            if edge is None and len(self._view) > LONGEST:
                edge = self._view.rfind(" ", 0, LONGEST) + 1 or LONGEST
            if edge is None:
                return
            yield from self._give(edge)

    def _next_edge(self) -> int | None:
        """Where the next piece ends at a mark, once what follows it is known."""
        for edge in _EDGE.finditer(self._view, self._seen):
            self._seen = edge.start()
            gap = _GAP.match(self._view, edge.end())
            follows = gap.end() if gap else edge.end()
            if not edge["line"] and (follows >= len(self._view) or self._half_number(follows)):
                return None
            if self._ends_piece(edge, follows):
                return self._with_closing_tags(edge.end(), follows)
            self._seen = edge.end()
        return None

    def _half_number(self, follows: int) -> bool:
        """Whether a number begins behind a mark and may go on: "March 12, 2026"."""
        number = self._view[follows : follows + _LONGEST_NUMBER]
        return number[0].isdecimal() and len(number) < _LONGEST_NUMBER and not _has_space(number)

    def _ends_piece(self, edge: re.Match[str], follows: int) -> bool:
        self._words += _count(self._view[self._counted : edge.end()])
        self._counted = edge.end()
        if not self._words or self._within_say_as(edge.end()):
            return False
        if edge["line"]:
            return True
        if edge["final"]:
            return ends_sentence(self._view, edge.end())
        enough = FIRST_WORDS if self._first else LATER_WORDS
        return self._words >= enough and not self._within_unit(edge.start(), follows)

    def _within_unit(self, place: int, follows: int) -> bool:
        """Whether a mark is a part of something that is read as one, such as a date."""
        near = self._view[max(0, place - _NEAR) : follows + _NEAR]
        if not any(sign.isdecimal() for sign in near):
            return False
        after = self._view[follows : follows + _LONGEST_NUMBER].split()[:1]
        before = self._view[: place + 1].replace(_TAG, "")
        words = len(before.split())
        ends = accumulate(
            len(unit.written.split()) for unit in units(" ".join([before, *after]), self._language)
        )
        return words not in ends

    def _within_say_as(self, place: int) -> bool:
        """Whether a say-as is open there that has not become too long to count."""
        recent = self._text[max(0, place - LONGEST_SAY_AS) : place].lower()
        return recent.rfind("<say-as") > recent.rfind("</say-as")

    def _with_closing_tags(self, end: int, follows: int) -> int:
        """The end of a piece with the breaks and closing tags behind it."""
        closing = [
            end + tag.end()
            for tag in TAG.finditer(self._text[end:follows])
            if tag["close"] or (tag["mark"] or "").lower() == "break"
        ]
        return closing[-1] if closing else end

    def _next_breath(self) -> int | None:
        """Where to cut when many words came and no mark: between units, never in one."""
        whole = max(self._view.rfind(" "), self._counted)
        self._words += _count(self._view[self._counted : whole])
        self._counted = whole
        if self._words < self._breath:
            return None
        tokens = [one for one in _TOKEN.finditer(self._view, 0, whole) if one[0].strip(_TAG)]
        found = units(" ".join(one.group().replace(_TAG, "") for one in tokens), self._language)
        cut = best_cut(found)
        place = sum(len(unit.written.split()) for unit in found[:cut]) if cut else 0
        if not place or self._within_say_as(tokens[place - 1].end()):
            self._breath += _AGAIN
            return None
        return tokens[place - 1].end()

    def _give(self, end: int) -> Iterator[str]:
        """The text up to ``end`` as a piece whose tags are all opened and closed."""
        piece, rest = self._text[:end], self._text[end:]
        opened = "".join(tag for _, tag in self._open)
        for tag in TAG.finditer(piece):
            self._track(tag)
        closed = "".join(f"</{name}>" for name, _ in reversed(self._open))
        if _LETTER.search(self._view[:end]):
            self._first = False
            yield tidy(f"{opened}{piece.strip()}{closed}")
        self._hold(rest)

    def _track(self, tag: re.Match[str]) -> None:
        name = (tag["mark"] or "").lower()
        if name in ("", "break") or tag["alone"]:
            return
        if not tag["close"]:
            self._open.append((name, tag.group()))
            return
        for position in range(len(self._open) - 1, -1, -1):
            if self._open[position][0] == name:
                del self._open[position]
                return


def tidy(text: str) -> str:
    """The text in one line, with no space in front of a mark where something was left out."""
    return _LOOSE.sub("", " ".join(text.split()))


def _count(view: str) -> int:
    """How many words a stretch has; marks alone are none."""
    return sum(_LETTER.search(token) is not None for token in view.replace(_TAG, " ").split())


def _has_space(text: str) -> bool:
    return any(sign.isspace() for sign in text)
