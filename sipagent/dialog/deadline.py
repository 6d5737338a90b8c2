"""Every await on an engine ends in its time, as an answer or as an ``EngineError``."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from sipagent.errors import EngineError

T = TypeVar("T")


class Patience:
    """How long the caller still waits for a sound, whichever engines it takes.

    From ``begin``, when a turn has ended, to ``end`` all awaits share ``most_s``; while the caller
    does not wait, since he hears something or speaks himself, each has the whole of it.
    """

    def __init__(self, most_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_s = most_s
        self._clock = clock
        self._until: float | None = None

    def begin(self) -> None:
        self._until = self._clock() + self._most_s

    def end(self) -> None:
        self._until = None

    @property
    def left_s(self) -> float:
        return self._most_s if self._until is None else max(0.0, self._until - self._clock())


async def within(patience: Patience, engine: str, answer: Awaitable[T]) -> T:
    """The answer, or ``EngineError`` if it raises or takes longer."""
    try:
        async with asyncio.timeout(patience.left_s):
            return await answer
    except EngineError:
        raise
    except TimeoutError:
        raise EngineError(engine, "no answer in time") from None
    except Exception as error:
        raise EngineError(engine, f"{type(error).__name__}: {error}") from error


async def each_within(patience: Patience, engine: str, parts: AsyncIterator[T]) -> AsyncIterator[T]:
    """The parts of a stream, each in its time."""
    while True:
        try:
            part = await within(patience, engine, _next(parts))
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
