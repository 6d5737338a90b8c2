"""Every await on an engine ends in its time, as an answer or as an ``EngineError``."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from sipagent.errors import EngineError

T = TypeVar("T")


async def within(deadline_s: float, engine: str, answer: Awaitable[T]) -> T:
    """The answer, or ``EngineError`` if it raises or takes longer."""
    try:
        async with asyncio.timeout(deadline_s):
            return await answer
    except EngineError:
        raise
    except TimeoutError:
        raise EngineError(engine, f"no answer in {deadline_s:g} s") from None
    except Exception as error:
        raise EngineError(engine, f"{type(error).__name__}: {error}") from error


async def each_within(deadline_s: float, engine: str, parts: AsyncIterator[T]) -> AsyncIterator[T]:
    """The parts of a stream, each in its time."""
    while True:
        try:
            part = await within(deadline_s, engine, _next(parts))
        except _Exhausted:
            return
        yield part


class _Exhausted(EngineError):
    """A stream came to its end; never leaves this file."""

    def __init__(self) -> None:
        super().__init__("", "")


async def _next(parts: AsyncIterator[T]) -> T:
    try:
        return await anext(parts)
    except StopAsyncIteration:
        raise _Exhausted from None
