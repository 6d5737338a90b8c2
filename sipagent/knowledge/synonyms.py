"""Which words callers use for one another, by language. Knows no index."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sipagent.text.language import Language
from sipagent.text.words import tokens, words

_FILE: Final = Path(__file__).parent / "synonyms.toml"
_LONGEST_PHRASE: Final = 5


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Groups of stems that mean the same, and phrases that stand for a group."""

    groups: tuple[frozenset[str], ...]
    by_stem: dict[str, frozenset[int]]
    by_phrase: dict[tuple[str, ...], frozenset[int]]

    def of(self, stem: str) -> frozenset[str]:
        """The other stems that ``stem`` may stand for."""
        found = (self.groups[number] for number in self.by_stem.get(stem, frozenset()))
        return frozenset().union(*found) - {stem}

    def phrases(self, spoken: tuple[str, ...]) -> list[tuple[int, int, frozenset[str]]]:
        """The known phrases among folded words, the longest first at each place: where each
        begins and ends, and what it stands for."""
        found: list[tuple[int, int, frozenset[str]]] = []
        start = 0
        while start < len(spoken):
            for end in range(min(start + _LONGEST_PHRASE, len(spoken)), start + 1, -1):
                numbers = self.by_phrase.get(spoken[start:end])
                if numbers:
                    members = frozenset[str]().union(*(self.groups[one] for one in numbers))
                    found.append((start, end, members))
                    start = end - 1
                    break
            start += 1
        return found


@cache
def synonyms(language: Language) -> Synonyms:
    """The package's groups for a language."""
    lines = tomllib.loads(_FILE.read_text(encoding="utf-8"))[language.value]["groups"]
    return grouped(lines, language)


def grouped(lines: Iterable[str], language: Language) -> Synonyms:
    """Groups from lines of comma-separated words and phrases."""
    groups: list[frozenset[str]] = []
    by_stem: dict[str, frozenset[int]] = {}
    by_phrase: dict[tuple[str, ...], frozenset[int]] = {}
    for number, line in enumerate(lines):
        members: set[str] = set()
        for entry in line.split(","):
            spoken = words(entry)
            if len(spoken) > 1:
                by_phrase[spoken] = by_phrase.get(spoken, frozenset()) | {number}
            else:
                members.update(tokens(entry, language))
        for stem in members:
            by_stem[stem] = by_stem.get(stem, frozenset()) | {number}
        groups.append(frozenset(members))
    return Synonyms(tuple(groups), by_stem, by_phrase)
