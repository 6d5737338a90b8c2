"""What a sentence rests on: the passages and tool results shown to the model for one reply.

A citation is the model's own claim, so it is not believed but checked. A sentence rests on what
it cites if every figure in it stands there, and if a share of its words that mean something
stands in a passage of its language. Words are compared by their stems; whether the sentence says
the same as the passage is not judged. A core: no I/O, no model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sipagent.dialog.agent.figures import figures
from sipagent.ports import Source
from sipagent.text.language import Language
from sipagent.text.script import dominant
from sipagent.text.words import tokens

TOOL: Final = "tool"  # a source's document, where a tool's result is the source
OWN_SHARE: Final = 0.25  # of a sentence's meaning words that what it cites must hold
BORROWED_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered thing that a sentence may rest on."""

    source: Source
    figures: frozenset[str]
    stems: frozenset[str]
    language: Language

    @property
    def is_passage(self) -> bool:
        return self.source.document != TOOL


class Grounds:
    """The evidence of one reply, numbered from 1."""

    def __init__(self, base: Language) -> None:
        self._base = base
        self._evidence: list[Evidence] = []

    def __len__(self) -> int:
        return len(self._evidence)

    def passage(self, source: Source) -> int:
        """A passage of the tenant's knowledge; its number."""
        return self._add(source, f"{source.section}. {source.sentence}")

    def result(self, tool: str, text: str) -> int:
        """What a tool told, with what it was asked; its number. A source names the tool alone:
        the rest is the caller's own affair.
        """
        return self._add(Source(TOOL, tool, "", 1.0), text)

    def rests_on(
        self, sentence: str, numbers: Sequence[int], *, borrowed: bool = False
    ) -> tuple[Source, ...] | None:
        """The sources of a sentence by the numbers that it cites; None where it does not rest
        on them. ``borrowed``: it cites nothing itself, and must be nearer to what another cites.
        """
        cited = [
            self._evidence[number - 1] for number in numbers if 0 < number <= len(self._evidence)
        ]
        known = frozenset[str]().union(*(one.figures for one in cited))
        if not cited or not figures(sentence) <= known:
            return None
        if not self._meets(sentence, cited, borrowed=borrowed):
            return None
        return tuple(one.source for one in cited)

    def _add(self, source: Source, text: str) -> int:
        language = dominant(text, self._base)
        stems = frozenset(tokens(text, language))
        self._evidence.append(Evidence(source, figures(text), stems, language))
        return len(self._evidence)

    def _meets(self, sentence: str, cited: Sequence[Evidence], *, borrowed: bool) -> bool:
        """Whether the words meet. Tools tell data rather than words, and no word meets one of
        the other language.
        """
        language = dominant(sentence, self._base)
        said = frozenset(tokens(sentence, language))
        if any(not one.is_passage or one.language is not language for one in cited):
            return not borrowed
        shared = said & frozenset[str]().union(*(one.stems for one in cited))
        if borrowed:
            return len(shared) >= max(1.0, BORROWED_SHARE * len(said))
        return len(shared) >= OWN_SHARE * len(said)
