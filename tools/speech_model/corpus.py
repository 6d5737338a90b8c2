"""Sentences to learn from: templates, the demo's knowledge base, spliced phrases, random words.

Knows text only. `Sentence.text` is what the model must write; `Sentence.spoken` is what the voice
is given, which may hold digits that espeak-ng reads out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sipagent.text.language import Language
from sipagent.text.spoken import said
from tools.speech_model import numbers

ROOT: Final = Path(__file__).resolve().parents[2]
PHRASES: Final = Path(__file__).parent / "phrases"
KNOWLEDGE: Final = ROOT / "kb" / "demo"
HELD_OUT_SENTENCES: Final = (
    ROOT / "tests" / "data" / "utterances.yaml",
    ROOT / "tests" / "data" / "wer.yaml",
)
LANGUAGES: Final = ("en", "ar")
ARABIC_SHARE: Final = 0.35

_SLOT: Final = re.compile(r"\{(\w+)\}")
_NOT_SPOKEN: Final = re.compile(r"[^\w\s]|_")
_CLAUSE_WORDS: Final = 14
_BY_WORD: Final = ("word", "needs company")


@dataclass(frozen=True, slots=True)
class Sentence:
    language: str
    text: str
    spoken: str


def normalise(text: str) -> str:
    """Lower case, no punctuation, single spaces."""
    return " ".join(_NOT_SPOKEN.sub(" ", text.lower()).split())


def read_phrases(language: str) -> dict[str, list[str]]:
    """Sections of phrases/<language>.txt: a phrase a line, or a word where _BY_WORD says so."""
    sections: dict[str, list[str]] = {}
    name = ""
    for line in (PHRASES / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("["):
            name = line.strip("[]")
            sections[name] = []
        elif line:
            sections[name].extend(line.split() if name in _BY_WORD else [line])
    return sections


def read_knowledge(language: str, folder: Path = KNOWLEDGE) -> list[str]:
    """Sentences of the knowledge base, headings included, cut at full stops."""
    found: list[str] = []
    for path in sorted(folder.glob(f"*.{language}.md")):
        body = path.read_text(encoding="utf-8").split("---", 2)[-1]
        for line in body.splitlines():
            found.extend(s.strip() for s in re.split(r"[.؟?!]", line.strip("# ")) if s.strip())
    return found


def words_for_digits(text: str, language: str) -> str:
    """ "pay 25 dirhams" -> "pay twenty five dirhams"."""
    return re.sub(r"\d+", lambda m: numbers.spell(int(m[0]), language), text)


class Corpus:
    """Draws sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.sections = read_phrases(language)
        self.knowledge = read_knowledge(language)
        company = set(self.sections["needs company"])
        self._running = [word for word in self._running_words() if word not in company]
        domain = set(self._running)
        self._domain = sorted(domain)
        self.words = sorted((domain | set(self.sections["word"])) - company)

    def _running_words(self) -> list[str]:
        """The words of templates, slot values and the knowledge base, as often as they occur."""
        phrases = [p for name, ps in self.sections.items() if name not in _BY_WORD for p in ps]
        texts = [_SLOT.sub(" ", phrase) for phrase in phrases]
        texts += [words_for_digits(text, self.language) for text in self.knowledge]
        if self.language == "ar":
            texts += [said(text, Language.AR) for text in self.knowledge]
        texts += [numbers.spell(number, self.language) for number in (*range(31), 1000, 2000)]
        return [word for text in texts for word in normalise(text).split()]

    def draw(self, rng: random.Random) -> Sentence:
        """One sentence; a third are words in an order that no language model can guess."""
        makers: tuple[tuple[float, Callable[[random.Random], str]], ...] = (
            (0.33, self._template),
            (0.17, self._knowledge_clause),
            (0.15, self._splice),
            (0.35, self._random_words),
        )
        make = rng.choices([m for _, m in makers], [share for share, _ in makers])[0]
        return self._sentence(make(rng), rng)

    def _sentence(self, raw: str, rng: random.Random) -> Sentence:
        if self.language == "ar" and rng.random() < 0.65:
            raw = said(raw, Language.AR)  # as the agent's own voice reads numbers
        text = normalise(words_for_digits(raw, self.language))
        spoken = raw if rng.random() < 0.5 else words_for_digits(raw, self.language)
        if self.language == "en":
            if "hundred and " in text and rng.random() < 0.5:
                text = spoken = text.replace("hundred and ", "hundred ")
            elif re.search(r"\d{3}", spoken):
                spoken = words_for_digits(spoken, self.language)
            spoken = re.sub(r"\bemirates id\b", _either("Emirates ID", rng), spoken)
        return Sentence(self.language, text, spoken)

    def _template(self, rng: random.Random) -> str:
        text = self._filled(rng.choice(self.sections["template"]), rng)
        if rng.random() < 0.15:
            text = f"{rng.choice(self.sections['opening'])} {text}"
        return text

    def _filled(self, template: str, rng: random.Random) -> str:
        return _SLOT.sub(lambda m: self._slot(m[1], rng), template)

    def _slot(self, name: str, rng: random.Random) -> str:
        match name:
            case "digits":
                count = rng.choice((3, 4, 4, 5, 6, 6, 7, 8, 9))
                digits = (rng.randrange(10) for _ in range(count))
                return " ".join(numbers.spell(digit, self.language) for digit in digits)
            case "amount":
                return str(_amount(rng))
            case "count":
                return str(rng.choice((rng.randint(2, 12), rng.randint(2, 60))))
            case "clock":
                return str(rng.randint(1, 12))
            case "ordinal":
                return numbers.english_ordinal(rng.randint(1, 31))
            case "time":
                hour, part = rng.randint(1, 12), rng.choice(self.sections["daypart"])
                if self.language == "ar":
                    return f"الساعة {hour} {part}" if rng.random() < 0.5 else part
                return f"at {hour} {part}" if rng.random() < 0.5 else part
            case _:
                return rng.choice(self.sections[name])

    def _knowledge_clause(self, rng: random.Random) -> str:
        if not self.knowledge:
            return self._template(rng)
        text = rng.choice(self.knowledge)
        if rng.random() < 0.5:
            text = re.sub(r"\d+", lambda m: str(_near(int(m[0]), rng)), text)
        words = text.split()
        if len(words) > _CLAUSE_WORDS or rng.random() < 0.4:
            span = rng.randint(2, min(_CLAUSE_WORDS, max(2, len(words))))
            start = rng.randint(0, max(0, len(words) - span))
            words = words[start : start + span]
        return " ".join(words)

    def whole_knowledge(self, rng: random.Random) -> Sentence:
        return self._sentence(rng.choice(self.knowledge), rng)

    def _splice(self, rng: random.Random) -> str:
        """Two pieces of different phrases: words in their usual company, sentences in none."""
        pieces: list[str] = []
        for make in rng.choices((self._template, self._knowledge_clause), k=2):
            words = make(rng).split()
            span = rng.randint(1, min(4, len(words)))
            start = rng.randint(0, len(words) - span)
            pieces += words[start : start + span]
        return " ".join(pieces)

    def _random_words(self, rng: random.Random) -> str:
        """Mostly the domain's words, rare ones as often as common ones."""
        pools = (self._domain, self._running, self.words)
        chosen = rng.choices(pools, (0.45, 0.25, 0.3), k=rng.randint(1, 7))
        return " ".join(rng.choice(pool) for pool in chosen)


def _either(other: str, rng: random.Random) -> str:
    return other if rng.random() < 0.5 else other.lower()


def _amount(rng: random.Random) -> int:
    """Small, tens, hundreds and thousands alike."""
    low, high, unit = rng.choice(
        ((2, 99, 1), (10, 99, 10), (100, 999, 1), (1, 9, 1000), (1000, 9999, 1))
    )
    return rng.randint(low, high) * unit


def _near(number: int, rng: random.Random) -> int:
    """Another number of the same size, so that a sentence does not tell its number."""
    digits = len(str(number))
    low = 10 ** (digits - 1)
    drawn = rng.randint(low, low * 10 - 1)
    return drawn // 10 * 10 if digits > 2 and number % 10 == 0 else drawn


def held_out_sentences(paths: Sequence[Path] = HELD_OUT_SENTENCES) -> frozenset[str]:
    """Sentences that only the tests may speak, normalised; none of a file that does not exist."""
    import yaml

    return frozenset(
        normalise(text)
        for path in paths
        if path.exists()
        for text in _texts(yaml.safe_load(path.read_text("utf-8")))
    )


def _texts(node: object) -> Iterable[str]:
    match node:
        case str():
            yield node
        case dict():
            for child in node.values():
                yield from _texts(child)
        case list():
            for child in node:
                yield from _texts(child)


class Drawer:
    """Draws training sentences of both languages and never one that is held out."""

    def __init__(self, held_out: frozenset[str]) -> None:
        self._corpora = {language: Corpus(language) for language in LANGUAGES}
        self._held_out = held_out

    def draw(self, rng: random.Random) -> Sentence:
        while True:
            language = "ar" if rng.random() < ARABIC_SHARE else "en"
            sentence = self._corpora[language].draw(rng)
            if sentence.text and sentence.text not in self._held_out:
                return sentence

    def draw_knowledge(self, rng: random.Random) -> Sentence:
        """A whole sentence of the knowledge base, as the agent would say it."""
        corpus = self._corpora[rng.choice(LANGUAGES)]
        return corpus.whole_knowledge(rng)
