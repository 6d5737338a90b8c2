"""What the models of FlagEmbedding have in common: folders, device, runs that fit in memory.

FlagEmbedding makes and loads the models. Its own ``encode`` is not used: it computes the first
batch twice, to see whether it fits, and takes every error of the device for a lack of memory.
Knows nothing of what the models are asked.
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from sipagent.config.retrieval import FlagSettings
from sipagent.engines.batching import Batcher
from sipagent.engines.two_lines import LineRules
from sipagent.errors import ModelMissing

Item = TypeVar("Item")
Result = TypeVar("Result")

WEIGHTS: Final = ("model.safetensors", "pytorch_model.bin")
_SAMPLES: Final = 16
_SAMPLE_BYTES: Final = 65536


def find_model(
    name_or_path: str, models_dir: Path | None, parts: Iterable[str], repository: str
) -> Path:
    """The folder of a model, with ``parts`` and weights in it.

    Raises ``ModelMissing``, which says how to get it.
    """
    models_dir = models_dir or Path("models")
    for folder in (Path(name_or_path), models_dir / name_or_path):
        if folder.is_dir():
            missing = [part for part in parts if not (folder / part).is_file()]
            if not any((folder / weights).is_file() for weights in WEIGHTS):
                missing.append(" or ".join(WEIGHTS))
            if missing:
                raise ModelMissing(f"{folder} is not a whole model: {', '.join(missing)} missing")
            return folder
    raise ModelMissing(
        f"the model {name_or_path!r} is not in {models_dir}; on a machine with a network, run: "
        f"hf download {repository} --local-dir {models_dir / Path(name_or_path).name}"
    )


def identity(folder: Path, parts: Iterable[str]) -> str:
    """Tells two models apart without reading 2 GB: all of ``parts``, and samples of the weights."""
    seen = hashlib.sha256()
    for part in parts:
        seen.update((folder / part).read_bytes())
    weights = next(folder / name for name in WEIGHTS if (folder / name).is_file())
    size = weights.stat().st_size
    seen.update(str(size).encode())
    with weights.open("rb") as file:
        for sample in range(_SAMPLES):
            file.seek(size * sample // _SAMPLES)
            seen.update(file.read(_SAMPLE_BYTES))
    return seen.hexdigest()[:16]


def packages() -> tuple[Any, Any, Any]:
    """torch and the two classes. Raises ``ImportError``, which names what is missing."""
    import torch
    from FlagEmbedding import BGEM3FlagModel, FlagReranker
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # a server's log is no terminal
    return torch, BGEM3FlagModel, FlagReranker


def longest(config: Any, max_tokens: int) -> int:
    """Tokens that may be read: the model has no positions beyond its own."""
    return int(min(max_tokens, config.max_position_embeddings - config.pad_token_id - 1))


class Machine:
    """Where a model runs, and with what precision. Its runs belong to one thread."""

    def __init__(self, torch: Any, settings: FlagSettings) -> None:
        self._torch = torch
        found = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = found if settings.device == "auto" else settings.device
        self.half = settings.fp16 and self.device == "cuda"
        self._threads = settings.threads if self.device == "cpu" else 1

    def run(
        self, work: Callable[[Sequence[Item]], Sequence[Result]], items: Sequence[Item]
    ) -> list[Result]:
        """What ``work`` makes of the items, in parts where all do not fit in memory."""
        self._torch.set_num_threads(self._threads)
        with self._torch.inference_mode():
            return self._fitting(work, items)

    def _fitting(
        self, work: Callable[[Sequence[Item]], Sequence[Result]], items: Sequence[Item]
    ) -> list[Result]:
        try:
            return list(work(items))
        except self._torch.OutOfMemoryError:
            if len(items) == 1:
                raise
        if self.device == "cuda":
            self._torch.cuda.empty_cache()
        half = len(items) // 2
        return self._fitting(work, items[:half]) + self._fitting(work, items[half:])


class Runs(Generic[Item, Result]):
    """The requests of all calls on one thread, in runs of at most ``batch`` items.

    A long request joins the line with one run's worth at a time: what others ask meanwhile
    waits for that, and not for all of it.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[Sequence[Item]], Sequence[Result]],
        settings: FlagSettings,
    ) -> None:
        self._batch = settings.batch
        rules = LineRules(largest=settings.batch, waiting=settings.waiting)
        self._batcher: Batcher[Item, Result] = Batcher(name, run, rules)

    async def results(self, items: Sequence[Item]) -> list[Result]:
        """One for each item, in their order. Cancelled, what waits is never run.

        Raises ``EngineError``.
        """
        found: list[Result] = []
        for start in range(0, len(items), self._batch):
            part = items[start : start + self._batch]
            found += await _together([self._batcher.submit(item) for item in part])
        return found

    @property
    def waited_s(self) -> float:
        return self._batcher.waited_s

    async def close(self) -> None:
        await self._batcher.close()


async def _together(requests: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """All results, or the first error; then none of the others goes on."""
    tasks = [asyncio.create_task(request, name="flag") for request in requests]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
