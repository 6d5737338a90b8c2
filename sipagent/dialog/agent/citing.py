"""A model's stream of text as sentences with the passages that they cite. A core: no I/O.

The model ends a sentence that states a fact with a marker such as ``[2]``, before or after the
full stop. Markers never leave this file. Knows neither passages nor what may be said.
"""

import re
from dataclasses import dataclass
from typing import Final

from sipagent.text.sentences import sentences

LONGEST: Final = 600  # characters without an end: no sentence to be spoken
_NUMBERS = r"\d{1,9}(?:\s*[,،;]\s*\d{1,9})*"
_MARKER = rf"\[\s*(?:passages?|sources?)?\s*{_NUMBERS}\s*\]"
_MARKERS: Final = re.compile(_MARKER, re.IGNORECASE)
_AFTER_THE_STOP: Final = re.compile(
    rf"(?P<stop>[.!?؟…]+[\"'”’)»]*)\s*(?P<markers>{_MARKER}(?:\s*{_MARKER})*)", re.IGNORECASE
)
_STANDS: Final = re.compile(r"\]\s*[.!?؟…]+\s*$")
_LINE_ENDS: Final = re.compile(r"\n\s*$")
_ENDED: Final = re.compile(r"[.!?؟…][\"'”’)»]*\s*(?:\]\s*)?$|\]\s*$")
_BRACKETS: Final = str.maketrans({"【": "[", "】": "]", "［": "[", "］": "]"})
_OPEN_MARKER: Final = re.compile(r"\[[^\]]{0,24}$")


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence without its markers, and the numbers that stood in them."""

    text: str
    passages: tuple[int, ...]


class Citing:
    """Cuts fragments into sentences, each as soon as what follows cannot belong to it."""

    def __init__(self) -> None:
        self._held = ""
        self._stop_first = False  # another marker may follow the one behind the full stop

    @property
    def held(self) -> str:
        """What has come of the sentence that does not stand yet."""
        return self._held

    @property
    def overlong(self) -> bool:
        return len(self._held) > LONGEST

    def feed(self, fragment: str) -> list[Cited]:
        """The sentences that stand now; a marker may come after the full stop."""
        text, moved = _AFTER_THE_STOP.subn(
            r" \g<markers>\g<stop> ", (self._held + fragment).translate(_BRACKETS)
        )
        self._stop_first = self._stop_first or moved > 0
        opened = _OPEN_MARKER.search(text)
        head, tail = (text[: opened.start()], opened.group()) if opened else (text, "")
        whole = sentences(head)
        if not whole:
            self._held = text
            return []
        stands = _STANDS.search(head) and not self._stop_first
        if tail or not (stands or _LINE_ENDS.search(head)):
            last = whole.pop()
            self._held = head[head.rfind(last) :] + tail
        else:
            self._held = ""
        if whole:
            self._stop_first = False
        return [_cited(one) for one in whole]

    def end(self, *, whole: bool) -> list[Cited]:
        """The rest. Unless the model came to its ``whole`` end, only if a full stop ends it."""
        text, self._held = self._held, ""
        rest = sentences(text)
        if rest and not whole and not _ENDED.search(text):
            rest.pop()
        return [_cited(one) for one in rest]


def _cited(sentence: str) -> Cited:
    numbers: list[int] = []
    while markers := _MARKERS.findall(sentence):  # one may show only when another is gone
        numbers += (int(number) for marker in markers for number in re.findall(r"\d+", marker))
        sentence = _MARKERS.sub(" ", sentence)
    text = re.sub(r"\s+([.,!?؟،…])", r"\1", sentence)
    return Cited(" ".join(text.split()), tuple(dict.fromkeys(numbers)))
