"""Whether a sentence states nothing, so that it may be said without a source.

Refuses by default. A sentence is small talk only if it begins with a phrase of courtesy and goes
on in such phrases and in words that can tell nothing of a company, or if it asks the caller
something; a figure in it must be the caller's own. A bare "yes" states what it answers: it is an
affirmation, which stands or falls with the sentence after it. Phrases are in ``small_talk.toml``.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sipagent.dialog.agent.figures import figures
from sipagent.text.language import Language
from sipagent.text.words import words

MOST_WORDS: Final = 18
MOST_ASKED: Final = 30
_LONGEST: Final = 6  # words of a phrase
_JOINED: Final = frozenset("لبوف")
_FILE: Final = Path(__file__).parent / "small_talk.toml"

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """The lists of one language."""

    affirmations: frozenset[Phrase]
    willing: frozenset[Phrase]
    sympathies: frozenset[Phrase]
    openers: frozenset[Phrase]
    words: frozenset[str]
    questions: frozenset[Phrase]
    assertions: frozenset[Phrase]
    requests: frozenset[Phrase]


class SmallTalk:
    """Judges the sentences of one reply. ``names`` are words that a greeting may hold (the
    company's), ``turn`` is what the caller says now, ``before`` what he said earlier; his
    figures may be repeated to him.
    """

    def __init__(
        self, names: Iterable[str] = (), turn: str = "", before: Iterable[str] = ()
    ) -> None:
        self._names = frozenset(word for name in names for word in words(name))
        self._turn = frozenset(words(turn))
        self._figures = frozenset[str]().union(*map(figures, (turn, *before)))

    def states_nothing(
        self, sentence: str, language: Language, allowed: frozenset[str] = frozenset()
    ) -> bool:
        """Whether a sentence is courtesy, or asks the caller something. ``allowed`` are figures
        that it may hold beside the caller's.
        """
        if not figures(sentence) <= self._figures | allowed:
            return False
        lists = _phrases(language)
        spoken = words(sentence)
        if _begins(spoken, lists.requests) and len(spoken) <= MOST_ASKED:
            return True
        if sentence.rstrip().endswith(("?", "؟")):
            return self._asks(spoken, lists)
        return self._greets(_without(spoken, lists.willing), lists)

    def _asks(self, spoken: Phrase, lists: Phrases) -> bool:
        """Whether a question begins as one, perhaps after a courtesy."""
        while spoken and not _begins(spoken, lists.questions):
            opener = _begins(spoken, lists.openers)
            if not opener:
                return False
            spoken = spoken[opener:]
        return 0 < len(spoken) <= MOST_ASKED and not _begins(spoken, lists.assertions)

    def _greets(self, spoken: Phrase, lists: Phrases) -> bool:
        if not _begins(spoken, lists.openers) or len(spoken) > MOST_WORDS:
            return False
        more = self._names | (self._turn if _begins(spoken, lists.sympathies) else frozenset())
        while spoken:
            opener = _begins(spoken, lists.openers)
            if not opener and not _is_known(spoken[0], lists.words | more):
                return False
            spoken = spoken[opener or 1 :]
        return True


def is_affirmation(sentence: str, language: Language) -> bool:
    """Whether a sentence is a yes or no alone."""
    spoken, lists = words(sentence), _phrases(language)
    return bool(spoken) and not _without(spoken, lists.affirmations | lists.willing)


def _is_known(word: str, known: frozenset[str]) -> bool:
    """Also behind a joined Arabic particle: "لصبرك"."""
    return word in known or (len(word) > 3 and word[0] in _JOINED and word[1:] in known)


def _without(spoken: Phrase, phrases: frozenset[Phrase]) -> Phrase:
    """The words after those phrases that they begin with."""
    while length := _begins(spoken, phrases):
        spoken = spoken[length:]
    return spoken


def _begins(spoken: Phrase, phrases: frozenset[Phrase]) -> int:
    """How many words the longest phrase takes that a sentence begins with; 0 for none."""
    longest = min(len(spoken), _LONGEST)
    return next((size for size in range(longest, 0, -1) if spoken[:size] in phrases), 0)


@cache
def _phrases(language: Language) -> Phrases:
    lists: Mapping[str, str] = tomllib.loads(_FILE.read_text(encoding="utf-8"))[language.value]
    return Phrases(
        affirmations=_listed(lists["affirmations"]),
        willing=_listed(lists["willing"]),
        sympathies=_listed(lists["sympathies"]),
        openers=_listed(lists["openers"]) | _listed(lists["sympathies"]),
        words=frozenset(words(lists["words"])),
        questions=_listed(lists["questions"]),
        assertions=_listed(lists["assertions"]),
        requests=_listed(lists["requests"]),
    )


def _listed(text: str) -> frozenset[Phrase]:
    """The phrases between commas and line ends."""
    phrases = (words(phrase) for line in text.splitlines() for phrase in line.split(","))
    return frozenset(phrase for phrase in phrases if phrase)
