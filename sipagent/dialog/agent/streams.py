"""A model's stream, closed for certain and read whole in its time."""

import asyncio
from contextlib import aclosing

from sipagent.errors import EngineError
from sipagent.ports import Completion, Fragment, LanguageModel


async def written(model: LanguageModel, wanted: Completion, within_s: float) -> str:
    """All that the model writes. Raises ``EngineError``, also where it takes longer."""
    try:
        async with asyncio.timeout(within_s), aclosing(model.complete(wanted)) as parts:
            return "".join([part.text async for part in parts if isinstance(part, Fragment)])
    except TimeoutError:
        raise EngineError(model.name, "no answer in time") from None
