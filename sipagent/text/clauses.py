"""Text as pieces that a voice can speak one by one, short enough to begin at once.

A clause ends at a mark, where its manner changes, at a break, or where a long stretch can breathe.
Joining the words of all clauses gives the words of the text, without the marks of ``marks``.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from sipagent.text import marks
from sipagent.text.breath import MAX_WORDS as MAX_WORDS
from sipagent.text.breath import MIN_WORDS, breaths, weight
from sipagent.text.language import Language
from sipagent.text.marks import Manner as Manner
from sipagent.text.marks import Marked, Said
from sipagent.text.script import dominant, language_of
from sipagent.text.sentences import spans
from sipagent.text.spoken import Reading, Unit, clean, units
from sipagent.text.spoken.say_as import read_as

SENTENCE_PAUSE_MS: Final = 160
COLON_PAUSE_MS: Final = 110
CLAUSE_PAUSE_MS: Final = 70
BREATH_PAUSE_MS: Final = 40
_CLOSERS: Final = r"[\"'”’)\]»]*$"
_MARK: Final = re.compile(rf"[,;:،؛–—]{_CLOSERS}")
_COLON: Final = re.compile(rf"[;:؛]{_CLOSERS}")
_FINAL: Final = re.compile(rf"[.!?؟…]{_CLOSERS}")
USUAL: Final = Manner()


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece to speak in one breath: as written, as said, and how.

    ``pause_ms`` is the silence after it.
    """

    text: str
    units: tuple[Unit, ...]
    language: Language
    manner: Manner = USUAL
    pause_ms: int = CLAUSE_PAUSE_MS

    def said(self, language: Language | None = None) -> str:
        """What to say for it; numbers without words around them in ``language``."""
        again = language is not None and language is not self.language
        read = _read_again(self.units, language) if language and again else self.units
        return " ".join(unit.said for unit in read)


def clauses(
    text: str, language: Language | None = None, max_words: int = MAX_WORDS
) -> list[Clause]:
    """The clauses of a text in order, each of at most ``max_words`` written words.

    Two words of a reading count as one. ``language`` is that of the reply:
    numbers without a word before them are read in it; None takes that of most words.
    """
    marked = marks.read(clean(text))
    language = language or dominant(marked.text, Language.EN)
    return [
        clause
        for stretch in _stretches(marked)
        for clause in _of_stretch(marked, stretch, language, max_words)
    ]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words of one sentence in one manner; ``break_ms`` is the silence that a mark puts behind.

    ``ends`` says that the sentence ends with it, ``last`` that the text does.
    """

    start: int
    end: int
    sentence: int
    manner: Manner
    break_ms: int = 0
    ends: bool = True
    last: bool = False


def _stretches(marked: Marked) -> list[_Stretch]:
    """The words, gathered for as long as neither sentence nor manner changes, nor a break comes."""
    found: list[_Stretch] = []
    for word in _words(marked):
        before = found[-1] if found else None
        if before is None or before.sentence != word.sentence:
            found.append(word)
        elif before.break_ms or before.manner != word.manner:
            found[-1] = replace(before, ends=False)
            found.append(word)
        else:
            found[-1] = replace(before, end=word.end, break_ms=word.break_ms)
    if found:
        found[-1] = replace(found[-1], last=True)
    return found


def _words(marked: Marked) -> Iterator[_Stretch]:
    """Word by word; those that a say-as covers are one."""
    starts = [change.start for change in marked.changes]
    breaks = list(reversed(marked.breaks))
    held: _Stretch | None = None
    for sentence, (start, end) in enumerate(_sentences(marked)):
        for first, last in _whole_words(marked, start, end):
            while breaks and breaks[-1].at <= first:
                ms = breaks.pop().ms
                held = held and replace(held, break_ms=held.break_ms + ms)
            if held:
                yield held
            letter = re.search(r"\w", marked.text[first:last])
            change = bisect_right(starts, first + letter.start()) if letter else -1
            manner = marked.changes[change - 1].manner if change > 0 else USUAL
            held = _Stretch(first, last, sentence, held.manner if held and change < 0 else manner)
    if held:
        rest = sum(one.ms for one in breaks)
        yield replace(held, break_ms=held.break_ms + rest)


def _sentences(marked: Marked) -> Iterator[tuple[int, int]]:
    """The sentences; none ends within a say-as."""
    held: tuple[int, int] | None = None
    said = list(reversed(marked.said))
    for start, end in spans(marked.text):
        while said and said[-1].end <= start:
            said.pop()
        if held and said and said[-1].start < held[1]:
            held = (held[0], end)
            continue
        if held:
            yield held
        held = (start, end)
    if held:
        yield held


_WORD: Final = re.compile(r"\S+")


def _whole_words(marked: Marked, start: int, end: int) -> Iterator[tuple[int, int]]:
    covers = [one for one in marked.said if start <= one.start and one.end <= end]
    held: tuple[int, int] | None = None
    place = 0
    for word in _WORD.finditer(marked.text, start, end):
        while place < len(covers) and covers[place].end <= word.start():
            place += 1
        joined = held and place < len(covers) and covers[place].start < held[1]
        if held and joined:
            held = (held[0], word.end())
            continue
        if held:
            yield held
        held = word.span()
    if held:
        yield held


def _of_stretch(
    marked: Marked, stretch: _Stretch, language: Language, max_words: int
) -> Iterator[Clause]:
    text = marked.text[stretch.start : stretch.end]
    given = [
        Reading(
            one.start - stretch.start,
            one.end - stretch.start,
            read_as(marked.text[one.start : one.end], one.kind, _tongue(marked, one, language)),
            fixed=True,
        )
        for one in marked.said
        if stretch.start <= one.start and one.end <= stretch.end
    ]
    pieces = [
        piece
        for part in _at_marks(units(text, language, given))
        for piece in breaths(part, max_words)
    ]
    for place, piece in enumerate(pieces):
        written = " ".join(unit.written for unit in piece)
        inner = place < len(pieces) - 1
        pause_ms = _pause_ms(written, None if inner else stretch)
        yield Clause(written, tuple(piece), language, stretch.manner, pause_ms)


def _tongue(marked: Marked, said: Said, language: Language) -> Language:
    """The language of the word before a place."""
    before = marked.text[max(0, said.start - 40) : said.start].split()
    return next((found for word in reversed(before) if (found := language_of(word))), language)


def _pause_ms(written: str, stretch: _Stretch | None) -> int:
    """The silence after a clause; ``stretch`` is the one that it ends, or None within one."""
    if _FINAL.search(written) or (stretch and stretch.ends and not stretch.last):
        usual = SENTENCE_PAUSE_MS
    elif _COLON.search(written):
        usual = COLON_PAUSE_MS
    elif _MARK.search(written) or (stretch and stretch.last):
        usual = CLAUSE_PAUSE_MS
    else:
        usual = 0 if stretch else BREATH_PAUSE_MS
    broken = min(stretch.break_ms, marks.LONGEST_BREAK_MS) if stretch else 0
    return max(usual, broken)


def _read_again(read: tuple[Unit, ...], language: Language) -> Iterator[Unit]:
    plain: list[str] = []
    for unit in read:
        if unit.fixed:
            yield from units(" ".join(plain), language)
            yield unit
            plain = []
        else:
            plain.append(unit.written)
    yield from units(" ".join(plain), language)


def _at_marks(read: list[Unit]) -> list[list[Unit]]:
    """Cut after inner marks, unless either side would be too short to sound natural."""
    parts: list[list[Unit]] = [[]]
    so_far, remaining = 0, sum(map(weight, read))
    for unit in read:
        parts[-1].append(unit)
        so_far, remaining = so_far + weight(unit), remaining - weight(unit)
        if _MARK.search(unit.written) and so_far >= MIN_WORDS and remaining >= MIN_WORDS:
            parts.append([])
            so_far = 0
    return parts
