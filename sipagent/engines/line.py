"""Who waits for an engine, and for how long. Knows no engine."""

import threading
import time
from collections.abc import Callable
from functools import partial


class Line:
    """The requests that an engine has not begun, oldest first. Callable from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[object, float] = {}
        self._lock = threading.Lock()

    def join(self) -> Callable[[], None]:
        """Wait from now on; call what is returned when the turn has come, or nobody wants it."""
        ticket = object()
        with self._lock:
            self._since[ticket] = self._clock()
        return partial(self._leave, ticket)

    def _leave(self, ticket: object) -> None:
        with self._lock:
            self._since.pop(ticket, None)

    @property
    def waited_s(self) -> float:
        """How long the first in line has waited; 0 where nobody waits."""
        with self._lock:
            first = next(iter(self._since.values()), None)
        return 0.0 if first is None else self._clock() - first
