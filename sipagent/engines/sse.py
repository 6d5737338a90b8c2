"""Server-sent events: octets in, the data of each event out (WHATWG HTML, section 9.2).

A core without I/O. Knows no JSON and no model; ``event``, ``id`` and ``retry`` fields are ignored.
"""

import codecs
from typing import Final

MOST_OCTETS: Final = 1 << 20  # of one event: a token takes some hundred
_BOM: Final = "\ufeff"


class Events:
    """Cuts a stream into events, wherever its packets were cut."""

    def __init__(self, most: int = MOST_OCTETS) -> None:
        self._most = most
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._begun = False
        self._text = ""
        self._data: list[str] = []
        self._held = 0

    def feed(self, octets: bytes) -> list[str]:
        """The data of the events that are whole now. Raises ``ValueError`` for one too long."""
        text = self._decode(octets)
        if not self._begun and text:
            self._begun = True
            text = text.removeprefix(_BOM)
        self._text += text
        whole, last = self._lines()
        self._text = last
        found = [data for line in whole if (data := self._line(line)) is not None]
        if self._held + len(self._text) > self._most:
            raise ValueError(f"an event of more than {self._most} characters")
        return found

    def _lines(self) -> tuple[list[str], str]:
        """The whole lines and what follows. A last CR may be half of a CR LF."""
        if self._text.endswith("\r"):
            body, rest = self._text[:-1], "\r"
        else:
            body, rest = self._text, ""
        *whole, last = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return whole, last + rest

    def _line(self, line: str) -> str | None:
        """Take one line in; the data of the event that it ends, if it ends one."""
        if not line:
            data, self._data, self._held = self._data, [], 0
            return "\n".join(data) if data else None
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
            self._held += len(value)
        return None
