"""A few threads that blocking engines run on, with a line before them. Knows no engine."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sipagent.engines.line import Line
from sipagent.errors import EngineError, SipagentError

Result = TypeVar("Result")


class Workers:
    """``count`` threads, and at most ``waiting`` requests that none of them has begun.

    Where the line is full the request fails at once: the caller hears an apology rather than an
    answer to a question long past.
    """

    def __init__(self, name: str, count: int, waiting: int) -> None:
        self._name = name
        self._waiting = waiting
        self._waits = 0
        self._line = Line()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix=name)

    @property
    def waited_s(self) -> float:
        """How long the next request has waited for its turn."""
        return self._line.waited_s

    async def run(self, work: Callable[[], Result]) -> Result:
        """What ``work`` returns. Cancelled while it waits, it is never run.

        Raises what ``work`` raises, foreign errors as ``EngineError``; that, too, where too many
        wait.
        """
        if self._waits >= self._waiting:
            raise EngineError(self._name, f"{self._waits} requests wait")
        loop = asyncio.get_running_loop()
        leave = self._line.join()
        waits = True

        def begun() -> None:
            nonlocal waits
            if waits:
                waits = False
                self._waits -= 1
                leave()

        def at_once() -> Result:
            loop.call_soon_threadsafe(begun)
            return work()

        self._waits += 1
        try:
            return await loop.run_in_executor(self._threads, at_once)
        except SipagentError:
            raise
        except Exception as error:
            raise EngineError(self._name, f"{type(error).__name__}: {error}") from error
        finally:
            begun()

    async def close(self) -> None:
        """Refuse what waits and let what runs end. Idempotent."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._threads.shutdown, wait=True)
