"""What of a model's text is said: the sentences that rest on something, and courtesies.

Each sentence gets a verdict as soon as it stands:

- It cites evidence that bears it: it is said, with its sources.
- It states nothing (``small_talk``): it is said.
- It cites what does not bear it: the model invents, and nothing more of this text is said.
- It cites nothing, or is a bare yes or no: it waits for the next sentence that cites. If what
  that one cites bears it too, it is said before it; otherwise it is left out.

A text that leaves out what it came to say is ``unfounded``. Also ends at the model's own mark
for not knowing, at a sentence said before, and where words go round or never end. A core: no
I/O, no clock.
"""

from enum import StrEnum
from typing import Final

from sipagent.dialog.agent.citing import Cited, Citing
from sipagent.dialog.agent.grounds import Grounds
from sipagent.dialog.agent.small_talk import SmallTalk, is_affirmation
from sipagent.ports import Sentence, Source
from sipagent.text.language import Language
from sipagent.text.plain import plain
from sipagent.text.script import dominant
from sipagent.text.words import words

NOT_KNOWN: Final = "[none]"
MOST_WAITING: Final = 3
MOST_ROUND: Final = 6  # words that may come again and again
ROUNDS: Final = 4


class End(StrEnum):
    """Why no more of a text is said."""

    INVENTED = "invented"
    NOT_KNOWN = "not-known"
    LOOP = "loop"
    ENDLESS = "endless"


class Wording:
    """The sentences of one reply, over all that the model writes for it."""

    def __init__(self, grounds: Grounds, small_talk: SmallTalk, base: Language) -> None:
        self._grounds = grounds
        self._small_talk = small_talk
        self._base = base
        self._citing = Citing()
        self._waiting: list[Sentence] = []
        self._said: set[tuple[str, ...]] = set()
        self._left_out = False
        self.said: list[Sentence] = []
        self.end: End | None = None

    @property
    def founded(self) -> bool:
        """Whether something was said that rests on a source."""
        return any(sentence.sources for sentence in self.said)

    @property
    def unfounded(self) -> bool:
        """Whether the reply left out what it came to say."""
        lost = self._left_out or self.end in {End.INVENTED, End.NOT_KNOWN}
        return lost and not self.founded

    def feed(self, fragment: str) -> list[Sentence]:
        """The sentences to say now, in order; nothing once there is an ``end``."""
        found = self._judged(self._citing.feed(fragment))
        if self.end is None and _goes_round(self._citing.held):
            self.end = End.LOOP
        if self.end is None and self._citing.overlong:
            self.end = End.ENDLESS
        return found

    def close(self, *, whole: bool, acting: bool = False) -> list[Sentence]:
        """The last sentences of a text: the model came to its ``whole`` end, or was cut off.
        ``acting``: tools follow, and bring what the text may have lacked.
        """
        rest = self._citing.end(whole=whole)
        found = self._judged(rest) if self.end is None else []
        if acting:
            self._waiting.clear()
        else:
            self._leave_out()
        return found

    def ask(self, question: str) -> Sentence:
        """A question that the agent asks by a tool, as one more sentence of the reply."""
        text = plain(question, keep_marks=False)
        self.said.append(Sentence(text, dominant(text, self._base)))
        return self.said[-1]

    def _judged(self, cited: list[Cited]) -> list[Sentence]:
        found: list[Sentence] = []
        for one in cited:
            if self.end is None:
                found += self._judge(one)
        self.said += found
        return found

    def _judge(self, cited: Cited) -> list[Sentence]:
        text = plain(cited.text, keep_marks=False)
        if NOT_KNOWN.strip("[]") == text.strip("[]().!؟? ").lower():
            self.end = End.NOT_KNOWN
            return []
        key = words(text)
        if not key or (not cited.passages and all(word.isdigit() for word in key)):
            return []  # nothing, or the number of a list's item
        if key in self._said:
            self.end = End.LOOP
            return []
        self._said.add(key)
        language = dominant(text, self._base)
        if cited.passages:
            return self._on_citation(text, language, cited.passages)
        if self._small_talk.states_nothing(text, language):
            self._leave_out()  # what was to be said before it is too late now
            return [Sentence(text, language)]
        self._waiting.append(Sentence(text, language))
        if len(self._waiting) > MOST_WAITING:
            self.end = End.INVENTED
        return []

    def _on_citation(
        self, text: str, language: Language, passages: tuple[int, ...]
    ) -> list[Sentence]:
        sources = self._grounds.rests_on(text, passages)
        if sources is None:
            self.end = End.INVENTED
            return []
        found = [
            Sentence(one.text, one.language, sources)
            for one in self._waiting
            if self._borrows(one, passages)
        ]
        self._waiting.clear()
        return [*found, Sentence(text, language, sources)]

    def _leave_out(self) -> None:
        """What waits found nothing to rest on. A yes or no is missed only where it is all."""
        missed = [one for one in self._waiting if not is_affirmation(one.text, one.language)]
        self._left_out = self._left_out or bool(missed or (self._waiting and not self.said))
        self._waiting.clear()

    def _borrows(self, waiting: Sentence, passages: tuple[int, ...]) -> tuple[Source, ...] | bool:
        if is_affirmation(waiting.text, waiting.language):
            return True
        return self._grounds.rests_on(waiting.text, passages, borrowed=True) or False


def _goes_round(text: str) -> bool:
    """Whether the last words are the same few, over and over. Figures may well be."""
    spoken = text.lower().split()
    for size in range(1, MOST_ROUND + 1):
        last = spoken[-size * ROUNDS :]
        if len(last) == size * ROUNDS and last == last[:size] * ROUNDS:
            return not all(word.strip(",.-").isdigit() for word in last)
    return False
