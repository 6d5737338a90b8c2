"""The one reply that an agent gives at a time: begun, cut off, or come to its end."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from sipagent.errors import EngineError
from sipagent.events import Event
from sipagent.steps import Hangup, Transfer

Ending = Transfer | Hangup
Reply = Coroutine[object, object, Ending | None]


@dataclass(frozen=True, slots=True)
class ReplyOver(Event):
    """Reply ``number`` came to its end; ``ending`` is what it led to. Never recorded."""

    number: int
    ending: Ending | None


class Replies:
    """Runs replies as tasks. ``fail`` is what is said instead of one whose engine failed."""

    def __init__(self, post: Callable[[Event], None], fail: Callable[[EngineError], Reply]) -> None:
        self._post = post
        self._fail = fail
        self._number = 0
        self._task: asyncio.Task[None] | None = None

    def open(self, tasks: asyncio.TaskGroup) -> None:
        """Work in these tasks from now on."""
        self._tasks = tasks
        self.forget()

    @property
    def running(self) -> bool:
        return self._task is not None

    def start(self, reply: Reply) -> None:
        """Begin a reply; there must be none."""
        self._number += 1
        self._task = self._tasks.create_task(self._carry_out(self._number, reply), name="reply")

    def cancel(self) -> None:
        """End the reply, wherever it is."""
        if self._task is not None:
            self._task.cancel()
        self.forget()

    def forget(self) -> None:
        """Let go of a task that has ended: it holds us by its error."""
        self._task = None
        self._number += 1

    def ended(self, over: ReplyOver) -> bool:
        """Whether it is the present one that is over, rather than one that was cut before."""
        if over.number != self._number:
            return False
        self._task = None
        return True

    async def _carry_out(self, number: int, reply: Reply) -> None:
        """Run a reply to its end. A failed engine costs an apology, never silence."""
        try:
            ending = await reply
        except EngineError as error:
            ending = await self._fail(error)
        self._post(ReplyOver(number, ending))
