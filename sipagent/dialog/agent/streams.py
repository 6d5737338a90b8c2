"""A model's stream, closed for certain and read whole in its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from sipagent.errors import EngineError
from sipagent.ports import Completion, Fragment, LanguageModel

T = TypeVar("T")


@asynccontextmanager
async def closing(parts: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """Close the iterator at the end of the block, which stops the work behind it."""
    try:
        yield parts
    finally:
        close = getattr(parts, "aclose", None)
        if close is not None:
            await close()


async def written(model: LanguageModel, wanted: Completion, within_s: float) -> str:
    """All that the model writes. Raises ``EngineError``, also where it takes longer."""
    try:
        async with asyncio.timeout(within_s), closing(model.complete(wanted)) as parts:
            return "".join([part.text async for part in parts if isinstance(part, Fragment)])
    except TimeoutError:
        raise EngineError(model.name, "no answer in time") from None
