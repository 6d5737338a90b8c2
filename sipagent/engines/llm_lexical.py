"""Answers from the tenant's own sentences, without a language model.

A turn is first a wish of the conversation (a human, a repeat, the other language, goodbye),
then the number that was asked for, or what a record tells, else a question to the tenant's
index, else unknown. Knows no audio, and nothing beyond records and index.
"""

from collections.abc import AsyncGenerator, Mapping
from typing import Protocol

from sipagent.engines.wishes import wish_of
from sipagent.errors import EngineError
from sipagent.ports import Asked, Question, Records, ReplyPart, Sentence, Unknown, Wanted
from sipagent.text.language import Language
from sipagent.text.spoken_digits import digits_in


class Index(Protocol):
    """A tenant's knowledge, as a responder asks it."""

    def answer(
        self, question: str, language: Language, before: str = ""
    ) -> tuple[Sentence, ...] | None:
        """The sentences to say, with their sources; None where the tenant knows nothing of it.

        ``before`` is the caller's turn before this one, for a question that leans on it.
        """
        ...


class LexicalResponder:
    """The port ``Responder`` over one index per tenant."""

    def __init__(
        self, indexes: Mapping[str, Index], records: Mapping[str, Records] | None = None
    ) -> None:
        self._indexes = indexes
        self._records = records or {}

    @classmethod
    def from_settings(
        cls,
        _settings: Mapping[str, object],
        indexes: Mapping[str, Index],
        records: Mapping[str, Records],
    ) -> "LexicalResponder":
        """It has no settings: what it says is the tenant's, not the node's."""
        return cls(indexes, records)

    @property
    def name(self) -> str:
        return "lexical"

    async def respond(self, question: Question) -> AsyncGenerator[ReplyPart, None]:
        """Yield one ``Wanted``, or the sentences of an answer, or a question and what it asks
        for, or one ``Unknown``.
        """
        index = self._indexes.get(question.tenant)
        if index is None:
            raise EngineError(self.name, f"the tenant {question.tenant!r} has no knowledge")
        wish = wish_of(question.text)
        if wish is not None:
            yield Wanted(wish)
            return
        if own := self._from_records(question):
            for part in own:
                yield part
            return
        before = question.history[-1].caller if question.history else ""
        answer = index.answer(question.text, question.language, before)
        if answer is None:
            yield Unknown()
            return
        for sentence in answer:
            yield sentence

    def _from_records(self, question: Question) -> tuple[ReplyPart, ...]:
        """The number asked for, or what its record says; nothing where it is about neither."""
        records = self._records.get(question.tenant)
        if records is None:
            return ()
        expect, language = records.expect, question.language
        digits = digits_in(question.text) if question.asked.name == expect.name else ""
        if digits:
            found = records.find(digits, language)
            return found or (records.again(digits, language), Asked(expect))
        if records.wanted(question.text):
            return (records.question(language), Asked(expect))
        return ()

    @property
    def waited_s(self) -> float:
        return 0.0  # it answers in the loop

    async def close(self) -> None:
        """Nothing to release."""
