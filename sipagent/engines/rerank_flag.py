"""The port ``Reranker`` by bge-reranker-v2-m3, which reads a question and a passage together.

The model is made and loaded by FlagEmbedding; see ``flag_model``. Knows nothing of where the
passages come from.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sipagent.config.retrieval import BgeRerankerSettings
from sipagent.engines.flag_model import Machine, Runs, find_model, longest, packages
from sipagent.errors import EngineError, ModelMissing

NAME: Final = "bge-reranker-v2-m3"
REPOSITORY: Final = "BAAI/bge-reranker-v2-m3"
PARTS: Final = ("config.json", "tokenizer.json")
QUERY_SHARE: Final = 0.75  # of the tokens, as FlagEmbedding has it
_JUDGES: Final = "ForSequenceClassification"

Pair = tuple[str, str]
"""A question and a passage."""


class FlagReranker:
    """One model for all calls; pairs that come together are run together."""

    def __init__(self, settings: BgeRerankerSettings, folder: Path) -> None:
        """Load the model. Raises ``ModelMissing``, and ``ImportError`` without FlagEmbedding."""
        torch, _, kind = packages()
        self._torch = torch
        self._machine = machine = Machine(torch, settings)
        _refuse_others(folder)
        try:
            loaded = kind(str(folder), use_fp16=machine.half, devices=machine.device)
            self._tokenizer, self._model = loaded.tokenizer, loaded.model
            if machine.half:
                self._model.half()
            self._model.to(machine.device).eval()
            self._most = longest(self._model.config, settings.max_tokens)
            machine.run(self._judged, [("hello", "مرحبا")])
        except Exception as error:  # whatever the files hold, they are no model
            raise ModelMissing(f"{folder} does not load on {machine.device}: {error}") from None
        self._runs = Runs(NAME, self._run, settings)

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "FlagReranker":
        """Load the model. Raises ``ModelMissing``, and ``ImportError`` without FlagEmbedding."""
        chosen = BgeRerankerSettings.model_validate(settings)
        packages()
        return cls(chosen, find_model(chosen.model, chosen.models_dir, PARTS, REPOSITORY))

    @property
    def name(self) -> str:
        return NAME

    async def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        """For each passage, in their order, 0 to 1; what has no words is not run.

        Raises ``EngineError``.
        """
        asked = bool(query.strip())
        worded = [asked and bool(passage.strip()) for passage in passages]
        pairs = [(query, text) for text, has in zip(passages, worded, strict=True) if has]
        found = iter(await self._runs.results(pairs))
        return [next(found) if has else 0.0 for has in worded]

    @property
    def waited_s(self) -> float:
        return self._runs.waited_s

    async def close(self) -> None:
        """Let the run in progress end, and refuse what waits."""
        await self._runs.close()

    # ------------------------------------------------------------------ on the thread

    def _run(self, pairs: Sequence[Pair]) -> list[float]:
        return self._machine.run(self._judged, pairs)

    def _judged(self, pairs: Sequence[Pair]) -> list[float]:
        read = self._tokenizer(
            self._cut([query for query, _ in pairs]),
            [passage for _, passage in pairs],
            truncation="only_second",
            max_length=self._most,
            padding=True,
            return_tensors="pt",
        ).to(self._machine.device)
        logits = self._model(**read, return_dict=True).logits.view(-1).float()
        if not self._torch.isfinite(logits).all():
            raise EngineError(NAME, "the model gives no numbers; set fp16 = false")
        found: list[float] = self._torch.sigmoid(logits).cpu().tolist()
        return found

    def _cut(self, queries: Sequence[str]) -> list[str]:
        """What is read of each question: the passage keeps a quarter at least."""
        read = self._tokenizer(
            list(queries),
            add_special_tokens=False,
            truncation=True,
            max_length=int(self._most * QUERY_SHARE),
            return_offsets_mapping=True,
        )
        return [
            query[: places[-1][1]] if places else query
            for query, places in zip(queries, read["offset_mapping"], strict=True)
        ]


def _refuse_others(folder: Path) -> None:
    """A model that judges nothing would load too, and judge at random. Raises ``ModelMissing``."""
    try:
        described = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kinds = described.get("architectures") or []
        answers = len(described.get("id2label", ("yes", "no")))
    except (ValueError, AttributeError, TypeError) as error:
        raise ModelMissing(f"{folder / 'config.json'} cannot be read: {error}") from None
    if answers != 1 or not any(str(kind).endswith(_JUDGES) for kind in kinds):
        raise ModelMissing(
            f"{folder} is no reranker, but {', '.join(map(str, kinds)) or 'nothing'}"
        )
