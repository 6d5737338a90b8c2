"""What an agent asks of a tenant's knowledge. No index here."""

from typing import Protocol

from sipagent.ports import Question, Source


class Knowledge(Protocol):
    """Passages of a tenant's documents."""

    async def find(self, question: Question, most: int) -> tuple[Source, ...]:
        """At most so many passages that may answer, the likeliest first; ``sentence`` is the
        passage. Empty where nothing is near. Raises ``EngineError``.
        """
        ...
