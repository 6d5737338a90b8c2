"""A question as terms to look for: its words, their synonyms, and what they may be a slip of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sipagent.knowledge.elsewhere import elsewhere
from sipagent.knowledge.rephrasings import read_as
from sipagent.knowledge.synonyms import synonyms
from sipagent.text.distance import within
from sipagent.text.language import Language
from sipagent.text.script import language_of
from sipagent.text.stemming import gulf_forms, stem
from sipagent.text.stop_words import CHATTER, STOP_WORDS
from sipagent.text.words import words

SYNONYM_WEIGHT: Final = 0.65
PHRASE_WEIGHT: Final = 0.6
SMALL_PHRASE_WEIGHT: Final = 0.3
UNKNOWN_SHARE: Final = 0.75
ELSEWHERE_SHARE: Final = 3.0
SLIP_WEIGHT: Final = 0.7
_SLIP_LETTERS: Final = 5
_LONG_LETTERS: Final = 8


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for. ``alternatives`` are stems with weights; where ``counts`` is false
    the term helps to rank but is not missed."""

    alternatives: dict[str, float]
    idf: float
    counts: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is indexed: how rare each stem is, and the stem of each folded word."""

    idf: Mapping[str, float]
    unknown_idf: float
    stems: Mapping[str, str]


def query_terms(question: str, language: Language, vocabulary: Vocabulary) -> list[Term]:
    """The terms of a question, as far as they can be found in what is indexed."""
    read = read_as(words(question), language, vocabulary.idf.__contains__)
    spoken = read.left
    terms = [_word_term(word, language, vocabulary) for word in read.put]
    used: set[int] = set()
    for start, end, group in synonyms(language).phrases(spoken):
        term = _phrase_term(spoken[start:end], group, language, vocabulary.idf)
        if term.alternatives:
            terms.append(term)
            used.update(range(start, end))
    single = (word for place, word in enumerate(spoken) if place not in used)
    meant = dict.fromkeys(word for word in single if _means(word, language))
    put = {stem(word, language) for word in read.put}
    return terms + [
        _word_term(word, language, vocabulary) for word in meant if stem(word, language) not in put
    ]


def _means(word: str, language: Language) -> bool:
    return word not in STOP_WORDS[language_of(word) or language]


def _phrase_term(
    phrase: Sequence[str], group: frozenset[str], language: Language, idf: Mapping[str, float]
) -> Term:
    """A known phrase: what it stands for, and its own words. One of small words only is not
    missed where it is not found."""
    own = [stem(word, language_of(word) or language) for word in phrase if _means(word, language)]
    weight = PHRASE_WEIGHT if own else SMALL_PHRASE_WEIGHT
    alternatives = {one: weight for one in group if one in idf}
    alternatives.update({one: 1.0 for one in own if one in idf})
    return Term(alternatives, max(map(idf.__getitem__, alternatives), default=0.0), bool(own))


def _word_term(word: str, language: Language, vocabulary: Vocabulary) -> Term:
    idf = vocabulary.idf
    meant = stem(word, language_of(word) or language)
    if meant not in idf and meant in elsewhere(language_of(word) or language):
        return Term({}, vocabulary.unknown_idf * ELSEWHERE_SHARE, counts=True)
    if meant not in idf and not synonyms(language).of(meant) and language_of(word) is Language.AR:
        meant = next((one for one in gulf_forms(meant) if _known(one, language, idf)), meant)
    alternatives = {one: SYNONYM_WEIGHT for one in synonyms(language).of(meant) if one in idf}
    if meant in idf:
        alternatives[meant] = 1.0
        return Term(alternatives, idf[meant], counts=True)
    if alternatives:
        return Term(alternatives, max(idf[one] for one in alternatives), counts=True)
    if word in CHATTER[language_of(word) or language]:
        return Term({}, 0.0, counts=False)
    slips = _slips(word, vocabulary.stems)
    return Term(slips, vocabulary.unknown_idf * UNKNOWN_SHARE, counts=True)


def _known(one: str, language: Language, idf: Mapping[str, float]) -> bool:
    return len(one) > 1 and (one in idf or bool(synonyms(language).of(one)))


def _slips(word: str, stems: Mapping[str, str]) -> dict[str, float]:
    """What an unknown word may be misheard from: one letter off, two in a long word."""
    if len(word) < _SLIP_LETTERS:
        return {}
    long = len(word) >= _LONG_LETTERS
    return {
        meant: SLIP_WEIGHT
        for known, meant in stems.items()
        if within(word, known, 1) or (long and known[0] == word[0] and within(word, known, 2))
    }
