"""What an agent asks of a tenant's knowledge. No index here."""

from typing import Protocol

from sipagent.ports import Question, Sentence, Source
from sipagent.text.language import Language


class Knowledge(Protocol):
    """Passages of a tenant's documents."""

    async def find(self, question: Question, most: int) -> tuple[Source, ...]:
        """At most so many passages that may answer, the likeliest first; ``sentence`` is the
        passage. Empty where nothing is near. Raises ``EngineError``.
        """
        ...


class Index(Protocol):
    """An index that answers by itself, without a model."""

    def answer(
        self, question: str, language: Language, before: str = ""
    ) -> tuple[Sentence, ...] | None: ...


class Answers:
    """``Knowledge`` over an index that knows answers rather than passages."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def find(self, question: Question, most: int) -> tuple[Source, ...]:
        before = question.history[-1].caller if question.history else ""
        found = self._index.answer(question.text, question.language, before) or ()
        sources = [source for sentence in found for source in sentence.sources]
        return tuple(dict.fromkeys(sources))[:most]
