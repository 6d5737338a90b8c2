"""Which section of a language's documents a question is about, by BM25 over stems.

Title and heading count more than the text; a sentence that states the kind of fact asked for
counts more than one that does not. Decides nothing about answering.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import log
from typing import Final

from sipagent.knowledge.documents import Document, Section
from sipagent.knowledge.expected import Fact, asked, held, is_how_to
from sipagent.knowledge.query import Term, Vocabulary, query_terms
from sipagent.text import stemming
from sipagent.text.arabic import fold
from sipagent.text.language import Language
from sipagent.text.words import tokens, words

K1: Final = 1.2
MOST_LEANING: Final = 2  # words of a question that says too little alone
B: Final = 0.4
HEADING_WEIGHT: Final = 2.5
TITLE_WEIGHT: Final = 1.5
SENTENCE_SHARE: Final = 0.5
EXPECTED_BONUS: Final = 1.2
HOW_TO_BONUS: Final = 1.5
SYNONYM_COVERS: Final = 1.25
FEWEST: Final = 50  # a small collection's words are as rare as in one of so many sections


@dataclass(frozen=True, slots=True)
class Match:
    """How a section fits a question.

    ``best`` is the sentence that answers, by ``sentence_scores``; ``stated`` says that it holds
    the kind of fact asked for. ``coverage`` is the share of the question's meaning found, 0 to
    1, by ``met`` terms; ``named`` says that title or heading holds one of them.
    """

    document: str
    section: str
    sentences: tuple[str, ...]
    best: int
    sentence_scores: tuple[float, ...]
    score: float
    coverage: float
    met: int
    stated: bool
    named: bool


@dataclass(frozen=True, slots=True)
class _Passage:
    """A section with its stems counted: as a whole, and sentence by sentence."""

    document: str
    section: Section
    name: frozenset[str]
    weights: dict[str, float]
    length: float
    stems: tuple[frozenset[str], ...]
    facts: tuple[frozenset[Fact], ...]


@dataclass(slots=True)
class _Fit:
    """What the terms of a question found in a passage, summed term by term."""

    score: float = 0.0
    meant: float = 0.0
    covered: float = 0.0
    met: int = 0
    named: bool = False


class Ranking:
    """The sections of one language's documents. Immutable once made; safe from any thread."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._passages = [
            _passage(document, section) for document in documents for section in document.sections
        ]
        lengths = [one.length for one in self._passages]
        self._mean_length = sum(lengths) / len(lengths)
        count = max(len(lengths), FEWEST)
        found = Counter(stem for one in self._passages for stem in one.weights)
        self._idf = {
            stem: log(1 + (count - seen + 0.5) / (seen + 0.5)) for stem, seen in found.items()
        }
        self._vocabulary = Vocabulary(self._idf, log(1 + (count + 0.5) / 0.5), _stems(documents))

    def leans(self, question: str, language: Language) -> bool:
        """Whether a question has so few words of its own, all known here, that the one before it
        must complete it."""
        terms = self._terms(question, language)
        return 0 < len(terms) <= MOST_LEANING and all(term.alternatives for term in terms)

    def without_and(self, question: str, language: Language) -> str:
        """The question without the "and" that Arabic writes to its first word: "ويوم السبت"."""
        joined = question.lstrip()
        if language is not Language.AR or not joined.startswith("و"):
            return question
        first = fold(joined[1:].split(maxsplit=1)[0]) if joined[1:].split() else ""
        known = len(first) > 2 and stemming.stem(first, language) in self._idf
        return joined[1:] if known else question

    def best(self, question: str, language: Language) -> Match | None:
        """The section that fits best, however badly; None where no word meets any."""
        return next(iter(self.ranked(question, language, 1)), None)

    def ranked(self, question: str, language: Language, most: int) -> list[Match]:
        """At most so many sections that share a word with the question, the best first."""
        terms = self._terms(question, language)
        if not any(term.counts for term in terms):
            return []
        wanted = asked(question, language)
        matches = (self._match(passage, terms, wanted) for passage in self._passages)
        best = nlargest(most, matches, key=lambda match: match.score)
        return [match for match in best if match.score > 0]

    def _terms(self, question: str, language: Language) -> list[Term]:
        return query_terms(question, language, self._vocabulary)

    def _match(self, passage: _Passage, terms: Sequence[Term], wanted: frozenset[Fact]) -> Match:
        fit = self._fit(passage, terms)
        scores = tuple(
            sum(self._gain(term, stems) for term in terms)
            + (EXPECTED_BONUS if wanted & facts else 0.0)
            for stems, facts in zip(passage.stems, passage.facts, strict=True)
        )
        best = max(range(len(scores)), key=lambda number: (scores[number], -number))
        score = fit.score + SENTENCE_SHARE * scores[best] if fit.met else 0.0
        if fit.met and Fact.STEPS in wanted and is_how_to(passage.section.heading):
            score += HOW_TO_BONUS
        return Match(
            passage.document,
            passage.section.heading,
            passage.section.sentences,
            best,
            scores,
            score,
            fit.covered / fit.meant if fit.meant else 0.0,
            fit.met,
            bool((wanted - {Fact.STEPS}) & passage.facts[best]),
            fit.named,
        )

    def _fit(self, passage: _Passage, terms: Iterable[Term]) -> _Fit:
        """BM25 of a passage; of a term's alternatives only the best counts."""
        norm = K1 * (1 - B + B * passage.length / self._mean_length)
        fit = _Fit()
        for term in terms:
            gain, reached = 0.0, 0.0
            for stem, weight in term.alternatives.items():
                seen = passage.weights.get(stem)
                if seen:
                    fit.named = fit.named or stem in passage.name
                    gain = max(gain, weight * self._idf[stem] * seen * (K1 + 1) / (seen + norm))
                    reached = max(reached, weight)
            fit.score += gain
            fit.met += gain > 0
            if term.counts:
                fit.meant += term.idf
                fit.covered += term.idf * min(1.0, reached * SYNONYM_COVERS)
        return fit

    def _gain(self, term: Term, stems: frozenset[str]) -> float:
        return max(
            (
                weight * self._idf[stem]
                for stem, weight in term.alternatives.items()
                if stem in stems
            ),
            default=0.0,
        )


def _stems(documents: Iterable[Document]) -> dict[str, str]:
    """Every folded word of the documents that means something, with its stem."""
    return {
        word: meant
        for document in documents
        for section in document.sections
        for text in (document.title, section.heading, *section.sentences)
        for word in words(text)
        for meant in tokens(word, document.language)
    }


def _passage(document: Document, section: Section) -> _Passage:
    language = document.language
    stems = [tokens(sentence, language) for sentence in section.sentences]
    parts = [(stem, 1.0) for sentence in stems for stem in sentence]
    parts += [(stem, HEADING_WEIGHT) for stem in tokens(section.heading, language)]
    parts += [(stem, TITLE_WEIGHT) for stem in tokens(document.title, language)]
    weights: dict[str, float] = {}
    for stem, weight in parts:
        weights[stem] = weights.get(stem, 0.0) + weight
    return _Passage(
        document.name,
        section,
        frozenset(tokens(f"{document.title} {section.heading}", language)),
        weights,
        sum(weights.values()),
        tuple(frozenset(sentence) for sentence in stems),
        tuple(held(sentence, language) for sentence in section.sentences),
    )
