"""Answers from the tenant's own sentences, without a language model.

A turn is first a wish of the conversation (a human, a repeat, the other language, goodbye),
else a question to the tenant's index, else unknown. Knows no audio, and nothing beyond the index.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from sipagent.engines.wishes import wish_of
from sipagent.errors import EngineError
from sipagent.ports import Question, ReplyPart, Sentence, Unknown, Wanted
from sipagent.text.language import Language


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

    def __init__(self, indexes: Mapping[str, Index]) -> None:
        self._indexes = indexes

    @classmethod
    def from_settings(
        cls, _settings: Mapping[str, object], indexes: Mapping[str, Index]
    ) -> "LexicalResponder":
        """It has no settings: what it says is the tenant's, not the node's."""
        return cls(indexes)

    @property
    def name(self) -> str:
        return "lexical"

    async def respond(self, question: Question) -> AsyncIterator[ReplyPart]:
        """Yield one ``Wanted``, or the sentences of an answer, or one ``Unknown``."""
        index = self._indexes.get(question.tenant)
        if index is None:
            raise EngineError(self.name, f"the tenant {question.tenant!r} has no knowledge")
        wish = wish_of(question.text)
        if wish is not None:
            yield Wanted(wish)
            return
        before = question.history[-1].caller if question.history else ""
        answer = index.answer(question.text, question.language, before)
        if answer is None:
            yield Unknown()
            return
        for sentence in answer:
            yield sentence

    @property
    def waited_s(self) -> float:
        return 0.0  # it answers in the loop

    async def close(self) -> None:
        """Nothing to release."""
