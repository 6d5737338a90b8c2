"""The port ``Embedder`` by bge-m3: a vector and weighted tokens for each text, in one run.

The model is made and loaded by FlagEmbedding; see ``flag_model``. Knows nothing of documents,
indexes or search.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from sipagent.config.retrieval import BgeM3Settings
from sipagent.engines.flag_model import Machine, Runs, find_model, identity, longest, packages
from sipagent.errors import EngineError, ModelMissing
from sipagent.ports.retrieval import Embedding, Vector

NAME: Final = "bge-m3"
REPOSITORY: Final = "BAAI/bge-m3"
# FlagEmbedding makes up the two layers at random where their files are not there.
PARTS: Final = ("config.json", "tokenizer.json", "sparse_linear.pt", "colbert_linear.pt")
_TRIAL: Final = "hello, مرحبا"


class FlagEmbedder:
    """One model for all calls; texts that come together are run together."""

    def __init__(self, settings: BgeM3Settings, folder: Path) -> None:
        """Load the model. Raises ``ModelMissing``, and ``ImportError`` without FlagEmbedding."""
        torch, kind, _ = packages()
        machine = Machine(torch, settings)
        self._machine, self._colbert = machine, settings.colbert
        try:
            loaded = kind(str(folder), use_fp16=machine.half, devices=machine.device)
            self._tokenizer, self._model = loaded.tokenizer, loaded.model
            self._model.to(machine.device).eval()
            self.dimensions = int(self._model.config.hidden_size)
            self._most = longest(self._model.config, settings.max_tokens)
            self._unsaid = frozenset(self._tokenizer.all_special_ids)
            machine.run(self._embeddings, [_TRIAL])
        except Exception as error:  # whatever the files hold, they are no model
            raise ModelMissing(f"{folder} does not load on {machine.device}: {error}") from None
        self.model = f"{NAME} {identity(folder, PARTS)}"
        self._runs = Runs(NAME, self._run, settings)

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "FlagEmbedder":
        """Load the model. Raises ``ModelMissing``, and ``ImportError`` without FlagEmbedding."""
        chosen = BgeM3Settings.model_validate(settings)
        packages()
        return cls(chosen, find_model(chosen.model, chosen.models_dir, PARTS, REPOSITORY))

    @property
    def name(self) -> str:
        return NAME

    async def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        """One for each text, in their order, ``tokens`` only where ``colbert`` is set.

        Texts without words are not run. Raises ``EngineError``.
        """
        found = iter(await self._runs.results([text for text in texts if text.strip()]))
        return [next(found) if text.strip() else self._nothing() for text in texts]

    @property
    def waited_s(self) -> float:
        return self._runs.waited_s

    async def close(self) -> None:
        """Let the run in progress end, and refuse what waits."""
        await self._runs.close()

    def _nothing(self) -> Embedding:
        tokens = np.zeros((0, self.dimensions), np.float32) if self._colbert else None
        return Embedding(np.zeros(self.dimensions, np.float32), {}, tokens)

    # ------------------------------------------------------------------ on the thread

    def _run(self, texts: Sequence[str]) -> list[Embedding]:
        return self._machine.run(self._embeddings, texts)

    def _embeddings(self, texts: Sequence[str]) -> list[Embedding]:
        read = self._tokenizer(
            list(texts),
            truncation=True,
            max_length=self._most,
            padding=True,
            return_tensors="pt",
        ).to(self._machine.device)
        made = self._model(
            read, return_dense=True, return_sparse=True, return_colbert_vecs=self._colbert
        )
        dense, weights = _numbers(made["dense_vecs"]), _numbers(made["sparse_vecs"])[..., 0]
        tokens = _numbers(made["colbert_vecs"]) if self._colbert else None
        ids, lengths = read["input_ids"].cpu().numpy(), read["attention_mask"].sum(1).tolist()
        return [
            Embedding(
                dense[at],
                self._lexical(ids[at], weights[at]),
                # FlagEmbedding has no vector for the mark at the beginning
                None if tokens is None else tokens[at, : lengths[at] - 1].copy(),
            )
            for at in range(len(texts))
        ]

    def _lexical(self, ids: Any, weights: Vector) -> dict[int, float]:
        """The most that each token weighs in the text, marks and unknown ones left out."""
        found: dict[int, float] = {}
        for token, weight in zip(ids.tolist(), weights.tolist(), strict=True):
            if token not in self._unsaid and weight > found.get(token, 0.0):
                found[token] = weight
        return found


def _numbers(tensor: Any) -> Vector:
    found: Vector = tensor.float().cpu().numpy()
    if not np.isfinite(found).all():
        raise EngineError(NAME, "the model gives no numbers; set fp16 = false")
    return found
