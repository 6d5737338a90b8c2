"""Collect the requests of several calls into one run of a model. Knows no model."""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final, Generic, TypeVar

from sipagent.engines.line import Line
from sipagent.errors import EngineError

Request = TypeVar("Request")
Result = TypeVar("Result")
_Item = tuple[Request, Future[Result], Callable[[], None]]

JOIN_S: Final = 5.0


class Batcher(Generic[Request, Result]):
    """One thread that runs whatever waits, up to ``largest`` requests at once.

    A request that is alone runs at once; those that arrive meanwhile share the next run. The
    queue is bounded: where it is full the request fails, and the caller hears an apology
    rather than an answer to a question long past.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[Sequence[Request]], Sequence[Result]],
        largest: int = 8,
        waiting: int = 64,
    ) -> None:
        self._name = name
        self._run = run
        self._largest = largest
        self._queue: queue.Queue[_Item[Request, Result] | None] = queue.Queue(waiting)
        self._line = Line()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._closed = False
        self._thread.start()

    async def submit(self, request: Request) -> Result:
        """The result of one request. A cancelled one that still waits is never run."""
        if self._closed:
            raise EngineError(self._name, "it is closed")
        future: Future[Result] = Future()
        begun = self._line.join()
        try:
            self._queue.put_nowait((request, future, begun))
        except queue.Full:
            begun()
            raise EngineError(self._name, f"{self._queue.maxsize} requests wait") from None
        return await asyncio.wrap_future(future)

    @property
    def waited_s(self) -> float:
        """How long the next request has waited for its run."""
        return self._line.waited_s

    async def close(self) -> None:
        """Let the run in progress end, and refuse what still waits."""
        if self._closed:
            return
        self._closed = True
        self._drain()
        self._queue.put_nowait(None)
        await asyncio.to_thread(self._thread.join, JOIN_S)

    def _drain(self) -> None:
        while True:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return
            if item is not None:
                item[1].cancel()
                item[2]()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            while len(batch) < self._largest:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    self._serve(batch)
                    return
                batch.append(item)
            self._serve(batch)

    def _serve(self, batch: list["_Item[Request, Result]"]) -> None:
        for _, _, begun in batch:
            begun()
        live = [item for item in batch if item[1].set_running_or_notify_cancel()]
        if not live:
            return
        try:
            results = self._run([request for request, _, _ in live])
            for (_, future, _), result in zip(live, results, strict=True):
                future.set_result(result)
        except Exception as error:  # the thread serves other calls: it must outlive any run
            for _, future, _ in live:
                if not future.done():
                    future.set_exception(_as_engine_error(self._name, error))


def _as_engine_error(name: str, error: Exception) -> EngineError:
    if isinstance(error, EngineError):
        return error
    return EngineError(name, f"{type(error).__name__}: {error}")
