"""Collect the requests of several calls into one run of a model. Knows no model."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Final, Generic, TypeVar

from sipagent.engines.two_lines import LineRules, TwoLines
from sipagent.errors import EngineError, Superseded

Request = TypeVar("Request")
Result = TypeVar("Result")

JOIN_S: Final = 5.0


class _Ticket(Generic[Request, Result]):
    """A request on its way, told apart by being itself."""

    __slots__ = ("future", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.future: Future[Result] = Future()


class Batcher(Generic[Request, Result]):
    """One thread that runs whatever waits, up to ``largest`` requests at once.

    A request that is alone runs at once, those that come in one step of the loop run together,
    and those that arrive meanwhile share the next run. ``TwoLines`` says which. Where the line is
    full a request fails, and the caller hears an apology rather than an answer to a question
    long past.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[Sequence[Request]], Sequence[Result]],
        rules: LineRules | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._run = run
        self._rules = rules or LineRules()
        self._clock = clock
        self._lines: TwoLines[_Ticket[Request, Result]] = TwoLines(self._rules)
        self._changed = threading.Condition()
        self._called = self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def submit(self, request: Request, *, final: bool = True) -> Result:
        """The result of one request. A cancelled one that still waits is never run.

        Raises ``EngineError``; ``Superseded`` for a partial one that would come too late.
        """
        loop, ticket = asyncio.get_running_loop(), _Ticket[Request, Result](request)
        with self._changed:
            if self._closed:
                raise EngineError(self._name, "it is closed")
            now = self._clock()
            if final and not self._lines.join_final(ticket, now):
                raise EngineError(self._name, f"{self._rules.waiting} requests wait")
            if not final and not self._lines.join_partial(ticket, now):
                raise Superseded(self._name, "others wait")
        ticket.future.add_done_callback(partial(self._abandon, ticket))
        loop.call_soon(self._call)
        if final:
            return await asyncio.wrap_future(ticket.future)
        expiry = loop.call_later(self._rules.worth_s, self._expire)
        try:
            return await asyncio.wrap_future(ticket.future)
        finally:
            expiry.cancel()

    def seen(self, requests: int, seconds: float) -> None:
        """Such a run took so long, outside of here: what is known before the first request."""
        with self._changed:
            self._lines.ended(requests, seconds)

    @property
    def waited_s(self) -> float:
        """How long the next final request has waited for its run."""
        with self._changed:
            return self._lines.waited_s(self._clock())

    async def close(self) -> None:
        """Let the run in progress end, and refuse what still waits."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            waiting = self._lines.clear()
            self._changed.notify()
        for ticket in waiting:
            _fail(ticket.future, EngineError(self._name, "it was closed"))
        await asyncio.to_thread(self._thread.join, JOIN_S)

    # ------------------------------------------------------------------ on the loop

    def _call(self) -> None:
        with self._changed:
            self._called = True
            self._changed.notify()

    def _expire(self) -> None:
        with self._changed:
            late = self._lines.overdue(self._clock())
        self._refuse(late)

    def _refuse(self, late: Sequence[_Ticket[Request, Result]]) -> None:
        for ticket in late:
            _fail(ticket.future, Superseded(self._name, "others were served first"))

    def _abandon(self, ticket: _Ticket[Request, Result], future: Future[Result]) -> None:
        """A request that nobody waits for leaves its line at once: others have its place."""
        if future.cancelled():
            with self._changed:
                self._lines.leave(ticket)

    # ------------------------------------------------------------------ on the thread

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._called or self._closed):
                    self._changed.wait()
                if self._closed:
                    return
                late = self._lines.overdue(self._clock())
                batch = self._lines.take(self._clock())
                self._called = bool(batch)
            self._refuse(late)
            self._serve(batch)

    def _serve(self, batch: Sequence[_Ticket[Request, Result]]) -> None:
        live = [ticket for ticket in batch if ticket.future.set_running_or_notify_cancel()]
        begun, done = self._clock(), 0
        try:
            results = self._run([ticket.request for ticket in live]) if live else ()
            for ticket, result in zip(live, results, strict=True):
                ticket.future.set_result(result)
            done = len(live)
        except Exception as error:  # the thread serves other calls: it must outlive any run
            for ticket in live:
                _fail(ticket.future, _as_engine_error(self._name, error))
        with self._changed:
            self._lines.ended(done, self._clock() - begun)


def _fail(future: Future[Result], error: Exception) -> None:
    """Fail a request, unless it has its result or was given up."""
    if not future.done() and (future.running() or future.set_running_or_notify_cancel()):
        future.set_exception(error)


def _as_engine_error(name: str, error: Exception) -> EngineError:
    if isinstance(error, EngineError):
        return error
    return EngineError(name, f"{type(error).__name__}: {error}")
