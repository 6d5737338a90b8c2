"""A model's Markdown or HTML as plain lines, while it is being written.

Headings, list items and table rows become sentences; code blocks, rules, scripts and a model's
thoughts are dropped. Gives text as soon as nothing that follows can change it. Knows no clauses.
"""

import re
from typing import Final

from sipagent.text.inline import (
    COMPLETE,
    LONGEST,
    NEW_LINE,
    OPEN,
    plain_inline,
    plain_line,
    spoken_mark,
)

_HIDDEN: Final = (
    "think", "thinking", "thought", "reasoning", "scratchpad", "script", "tool_call",
    "tool_response", "function_call",
)  # fmt: skip
_HIDES: Final = re.compile(rf"<({'|'.join(_HIDDEN)})(?:\s[^<>]{{0,300}})?>", re.IGNORECASE)
_FENCE: Final = re.compile(r"[ \t]{0,8}(`{3,}|~{3,})[^\n`]{0,200}")
_RULE: Final = re.compile(r"[ \t]{0,8}(?:(?:[-*_=][ \t]?){3,})[ \t]*(?=\n|\Z)")
_HEADING: Final = re.compile(r"[ \t]{0,8}\#{1,6}[ \t]+")
_ITEM: Final = re.compile(
    r"[ \t]{0,20}(?:[-*+•‣▪●◦·–—][ \t]+|[0-9٠-٩۰-۹]{1,2}[.)][ \t]+|[a-zأ-ي]\)[ \t]+)"
    r"(?:\[[ xX]\][ \t]+)?"
)
_QUOTE: Final = re.compile(r"[ \t]{0,8}(?:>[ \t]?){1,8}")
_ROW: Final = re.compile(r"[ \t]{0,8}\|([^\n]*)")
_RULED: Final = re.compile(r"[\s|:+-]*-[\s|:+-]*")
# the start of a line that may still become any of those
_UNSURE: Final = re.compile(
    r"[ \t]{0,20}(?:\#{1,6}|[-*_=~`+•‣▪●◦·–—> \t]{1,40}|[0-9٠-٩۰-۹]{1,2}[.)]?|[a-zأ-ي]\)?"
    r"|`{3,}[^\n`]*|~{3,}[^\n`]*|\|[^\n]{0,2000})?[ \t]*(?:\[[ xX]?\]?[ \t]*)?\Z"
)
_ENDED: Final = frozenset(".!?؟…:;,،؛")
_STRIDE: Final = 2_000
_LONGEST_END: Final = 40
_WIDE: Final = 3
_WRAPPED: Final = 60
"""Characters of a line so long that its end may be the edge of a page, not of a sentence."""


class Markup:
    """Takes fragments, gives plain text; a line's end in it is the end of a sentence.

    ``keep_marks`` keeps those tags that ``marks`` knows, whole.
    """

    def __init__(self, keep_marks: bool = True) -> None:
        self._keep_marks = keep_marks
        self._held = ""
        self._at_start = True  # of a line
        self._sentence = False  # the line is a heading or an item, and ends as a sentence
        self._letters = 0  # said of the line
        self._last = ""  # sign said of the line that is no space
        self._before = ""  # the sign before what is held
        self._fence = ""  # that ends the block of code
        self._hidden = ""  # the name of the tag that hides its text
        self._row: list[str] = []
        self._header: list[str] = []

    def feed(self, fragment: str) -> str:
        """The plain text that stands now."""
        said = []
        for start in range(0, len(fragment), _STRIDE):
            self._held += fragment[start : start + _STRIDE]
            said.append(self._settle(final=False))
        return "".join(said)

    def end(self) -> str:
        """The rest. A mark that was never completed is text."""
        said = self._settle(final=True) + self._end_row()
        return said + (self._end_line(hard=True) if self._sentence else "")

    def _settle(self, final: bool) -> str:
        said: list[str] = []
        while self._held:
            state = (len(self._held), self._at_start, self._hidden, self._fence)
            said.append(self._step(final))
            if state == (len(self._held), self._at_start, self._hidden, self._fence):
                break
        return "".join(said)

    def _step(self, final: bool) -> str:
        if self._hidden:
            return self._in_hidden(final)
        if self._fence:
            return self._in_code(final)
        return self._begin_line(final) if self._at_start else self._in_line(final)

    def _in_hidden(self, final: bool) -> str:
        end = re.search(rf"</{self._hidden}\s*>", self._held, re.IGNORECASE)
        if end:
            self._hidden, self._at_start = "", not self._letters
        keep = "" if final else self._held[-_LONGEST_END:]
        self._held = self._held[end.end() :] if end else keep
        return ""

    def _in_code(self, final: bool) -> str:
        line, newline, rest = self._held.partition("\n")
        closes = line.strip().startswith(self._fence) and not line.strip(f" \t{self._fence[0]}")
        if newline or final:
            self._held = rest
            self._fence = "" if closes else self._fence
        elif len(line) > LONGEST:
            self._held = "code"
        return ""

    def _begin_line(self, final: bool) -> str:
        """What a line begins with decides how the one before it ended, and how it is said."""
        if not final and _UNSURE.match(self._held):
            return ""
        if found := _FENCE.match(self._held):
            self._fence = found[1]
            self._take(found.end() + 1)
            return self._end_row() + self._end_line(hard=True)
        if found := _RULE.match(self._held):
            self._take(found.end() + 1)
            return self._end_row() + self._end_line(hard=True)
        if found := _ROW.match(self._held):
            self._take(found.end() + 1)
            return self._end_line(hard=True) + self._begin_row(found[1])
        if found := _QUOTE.match(self._held):
            self._take(found.end())
            return self._end_row() + self._end_line(hard=True)
        if found := _HEADING.match(self._held) or _ITEM.match(self._held):
            said = self._end_row() + self._end_line(hard=True)
            self._take(found.end())
            self._sentence, self._at_start = True, False
            return said
        return self._begin_text()

    def _begin_text(self) -> str:
        text = self._held.lstrip(" \t\r")
        self._held = text
        if text.startswith("\n"):
            self._take(1)
            return self._end_row() + self._end_line(hard=True)
        if not text:
            return ""
        self._at_start = False
        goes_on = text[:1].islower() or self._letters >= _WRAPPED
        return self._end_row() + self._end_line(hard=self._sentence or not goes_on)

    def _in_line(self, final: bool) -> str:
        line, newline, _ = self._held.partition("\n")
        said: list[str] = []
        place, limit = 0, len(line) if newline or final else _settled(line, 0)
        while (found := COMPLETE.search(line, place)) and found.start() < limit:
            if found.end() > limit:
                limit = _settled(line, found.end())
            said.append(self._plain(line[place : found.start()], line[found.start()]))
            place = found.end()
            hides = _HIDES.fullmatch(found.group())
            mark = "" if hides else spoken_mark(found, self._keep_marks)
            if hides:
                self._hidden = hides[1]
            if hides or mark == NEW_LINE:
                self._take(place)
                self._at_start = self._at_start or mark == NEW_LINE
                return "".join(said)
            self._before = found.group()[-1]
            said.append(self._kept(mark))
        said.append(self._plain(line[place:limit], line[limit : limit + 1]))
        self._take(limit)
        if newline and limit == len(line):
            self._take(1)
            self._at_start = True
        return "".join(said)

    def _take(self, length: int) -> None:
        self._before = self._held[length - 1 : length] if length else self._before
        self._held = self._held[length:]

    def _plain(self, text: str, after: str) -> str:
        said = plain_inline(text, self._before, after) if text else ""
        self._before = text[-1:] or self._before
        return self._counted(said)

    def _kept(self, mark: str) -> str:
        return mark if mark.startswith("<") else self._counted(mark)

    def _counted(self, said: str) -> str:
        """Remember what was said of the line; it begins with no space."""
        said = said if self._letters else said.lstrip()
        self._letters += len(said)
        self._last = said.rstrip()[-1:] or self._last
        return said

    def _end_line(self, hard: bool) -> str:
        """What ends the line before: a space where it was only wrapped, else a sentence's end."""
        if not self._letters:
            self._sentence = False
            return ""
        if not hard:
            self._last, self._letters = "", 1
            return " "
        mark = "" if self._last in _ENDED else "."
        self._sentence, self._letters, self._last = False, 0, ""
        return f"{mark}{NEW_LINE}"

    def _begin_row(self, line: str) -> str:
        """A row of a table is said once it is known that it is not the header."""
        if self._row and not self._header and _RULED.fullmatch(line):
            self._header, self._row = self._row, []
            return ""
        said = self._end_row(keep_header=True)
        cells = [plain_line(cell, self._keep_marks) for cell in line.strip().strip("|").split("|")]
        self._row = cells if any(cells) and not _RULED.fullmatch(line) else []
        return said

    def _end_row(self, keep_header: bool = False) -> str:
        """The row before as a sentence; from three columns on, each value with its heading."""
        row, header = self._row, self._header
        self._row, self._header = [], header if keep_header else []
        wide = len(header) >= _WIDE and len(row) == len(header)
        parts = [
            f"{header[place]} {cell}" if wide and place else cell
            for place, cell in enumerate(row)
            if cell
        ]
        said = ", ".join(parts)
        return f"{said}{'' if said[-1] in _ENDED else '.'}{NEW_LINE}" if said else ""


def _settled(line: str, start: int) -> int:
    """Up to where no mark is open that could still be completed."""
    found = OPEN.search(line, max(start, len(line) - LONGEST))
    return found.start() if found else len(line)
