"""Keeps the running summary of a long talk: the oldest turns into it, beside the talk itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from sipagent.dialog.history import History
from sipagent.errors import EngineError
from sipagent.events import EngineFailed, Event
from sipagent.ports import Exchange

Summarise = Callable[[Sequence[Exchange], str], Awaitable[str]]


class SummingUp:
    """One call's summary, where there is something that writes it."""

    def __init__(
        self, history: History, summarise: Summarise | None, record: Callable[[Event], None]
    ) -> None:
        self._history = history
        self._summarise = summarise
        self._record = record
        self._task: asyncio.Task[None] | None = None

    def look(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to sum up what no longer fits into the history, unless that is on its way."""
        old = self._history.to_summarise
        if old and self._summarise is not None and (self._task is None or self._task.done()):
            self._task = tasks.create_task(self._sum_up(self._summarise, old), name="sum up")

    def stop(self) -> None:
        """Nobody waits for a summary at the end of a talk; the turns are kept as they are."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _sum_up(self, summarise: Summarise, old: Sequence[Exchange]) -> None:
        try:
            self._history.summarised(await summarise(old, self._history.summary), old)
        except EngineError as error:
            self._record(EngineFailed(engine=error.engine, detail=error.detail))
