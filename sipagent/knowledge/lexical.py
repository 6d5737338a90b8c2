"""An index over a tenant's documents that answers by words, in both languages.

It says the sentences that answer, as they stand in a document, or that there are none. It
invents nothing, and prefers no answer to one that only shares a word with the question.
"""

from collections.abc import Sequence
from typing import Final

from sipagent.knowledge.documents import Document
from sipagent.knowledge.ranking import Match, Ranking
from sipagent.ports import Question, Sentence, Source
from sipagent.text.language import Language

LEAST_COVERAGE: Final = 0.56
LEAST_BY_ONE_WORD: Final = 0.65
LEAST_UNNAMED: Final = 0.8
SECOND_SHARE: Final = 0.6


class LexicalIndex:
    """The documents of one tenant. Immutable once made; safe from any thread."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._rankings = {
            language: Ranking([one for one in documents if one.language is language])
            for language in Language
            if any(one.language is language for one in documents)
        }

    def answer(
        self, question: str, language: Language, before: str = ""
    ) -> tuple[Sentence, ...] | None:
        """The sentences that answer, in the document's order; None where nothing does.

        ``before`` is the caller's last turn: a question that says too little alone ("and for a
        villa") is read with it, if all its few words are known here. Documents of the question's
        language are read, the other language's only where the tenant has none of its own.
        """
        spoken = language if language in self._rankings else language.other
        ranking = self._rankings.get(spoken)
        if ranking is None:
            return None
        question = ranking.without_and(question, language)
        match = ranking.best(question, language)
        if before and not trusted(match) and ranking.leans(question, language):
            match = ranking.best(f"{before} {question}", language)
        if match is None or not trusted(match):
            return None
        return tuple(_sentence(match, number, spoken) for number in _spoken(match))

    async def find(self, question: Question, most: int) -> tuple[Source, ...]:
        """The sections that may answer, the likeliest first, for a reader who judges himself.

        ``Source.sentence`` is the whole section. Read with the caller's last turn too, where the
        question alone finds nothing.
        """
        spoken = (
            question.language if question.language in self._rankings else question.language.other
        )
        ranking = self._rankings.get(spoken)
        if ranking is None:
            return ()
        before = question.history[-1].caller if question.history else ""
        text = ranking.without_and(question.text, question.language)
        found = ranking.ranked(text, question.language, most)
        if before and (not found or ranking.leans(text, question.language)):
            found = ranking.ranked(f"{before} {text}", question.language, most)
        return tuple(
            Source(match.document, match.section, " ".join(match.sentences), match.score)
            for match in found
        )

    def best(self, question: str, language: Language) -> Match | None:
        """The section that fits best, however badly."""
        ranking = self._rankings.get(language) or self._rankings.get(language.other)
        return ranking.best(question, language) if ranking else None


def trusted(match: Match | None) -> bool:
    """Whether a section is about the question, rather than shares a word with it."""
    if match is None:
        return False
    if not match.named:
        return match.coverage >= LEAST_UNNAMED and match.met > 1
    return match.coverage >= (LEAST_COVERAGE if match.met > 1 else LEAST_BY_ONE_WORD)


def _sentence(match: Match, number: int, language: Language) -> Sentence:
    text = match.sentences[number]
    return Sentence(text, language, (Source(match.document, match.section, text, match.score),))


def _spoken(match: Match) -> list[int]:
    """The sentence that answers, and its neighbour unless the answer is whole without it."""
    scores, best = match.sentence_scores, match.best
    neighbours = [place for place in (best - 1, best + 1) if 0 <= place < len(scores)]
    likely = max(neighbours, key=lambda place: (scores[place], place), default=best)
    if best > 0 and _goes_on(match.sentences[best]):
        likely = best - 1
    elif best + 1 < len(scores) and _goes_on(match.sentences[best + 1]):
        likely = best + 1
    elif match.stated and scores[likely] < SECOND_SHARE * scores[best]:
        likely = best
    return sorted({best, likely})


_REFERRING: Final = (
    "it ", "they ", "these ", "this ", "that ", "then ", "after that", "but ", "if that",
    "ثم ", "وبعد", "بعد ذلك", "لكن ", "هذه ", "هذا ", "فيه ", "فيها ", "إذا لم يساعد",
)  # fmt: skip


def _goes_on(sentence: str) -> bool:
    """Whether a sentence leans on the one before it."""
    return sentence.lower().startswith(_REFERRING)
