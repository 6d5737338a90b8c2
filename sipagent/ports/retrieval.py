"""What a search by meaning needs: texts as vectors, and passages judged against a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sipagent.ports.engine import Engine

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """What a text means, as numbers. Compared by identity, since vectors are.

    ``dense``: float32 ``[dimensions]`` of length 1, so that two texts are as alike as the dot
    product of theirs, -1 to 1. ``lexical``: by token of the model's vocabulary, how much it
    matters in this text, above 0; two texts share as much as the products over their common
    tokens sum to. Empty where the model has none. ``tokens``: float32 ``[tokens, width]``, each
    of length 1, where the engine is set to give them. A text without words is like nothing: its
    ``dense`` is 0 throughout, the others are empty.
    """

    dense: Vector
    lexical: Mapping[int, float]
    tokens: Vector | None = None


class Embedder(Engine, Protocol):
    """Turns texts into vectors, in any language that it knows into the same space."""

    @property
    def dimensions(self) -> int:
        """The length of ``Embedding.dense``."""
        ...

    @property
    def model(self) -> str:
        """Which model makes the vectors: those of two models must not meet in one index."""
        ...

    async def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        """One for each text, in their order. What is longer than the model reads is cut.

        Raises ``EngineError``; then no text has been embedded.
        """
        ...


class Reranker(Engine, Protocol):
    """Judges passages against a question, slower and better than their vectors can."""

    async def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        """For each passage, in their order, how well it answers: 0 (not) to 1 (fully).

        What is longer than the model reads is cut, the passage first. Of no words, 0. Raises
        ``EngineError``.
        """
        ...
