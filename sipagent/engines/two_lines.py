"""Who runs next at an engine: what is wanted for certain, then what is wanted only soon.

A turn that has ended waits for nobody but those before it. Partial words, wanted while the
caller still speaks, run in what is left: they are refused at once where they would come too
late. Knows no engine, no thread and no clock.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import islice
from math import ceil
from typing import Generic, TypeVar

from sipagent.engines.run_cost import RunCost

Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True, slots=True)
class LineRules:
    """``largest``: requests in one run. ``waiting``: of each sort, beyond which one is refused.

    ``partial_s``: the longest run of partial requests alone, since a final one may come just
    after it has begun. ``worth_s``: how long a partial request is worth waiting for.
    """

    largest: int = 8
    waiting: int = 64
    partial_s: float = 0.03
    worth_s: float = 0.25


class TwoLines(Generic[Item]):
    """Final and partial requests in the order they came. All times are seconds of one clock."""

    def __init__(self, rules: LineRules) -> None:
        self._rules = rules
        self._finals: dict[Item, float] = {}
        self._partials: dict[Item, float] = {}
        self._cost = RunCost()
        self._ends_at = 0.0

    def join_final(self, item: Item, now: float) -> bool:
        """Whether there was room for it."""
        if len(self._finals) >= self._rules.waiting:
            return False
        self._finals[item] = now
        return True

    def join_partial(self, item: Item, now: float) -> bool:
        """Whether it will be run while it is worth it, as far as can be told."""
        rules = self._rules
        too_slow = self._cost.seconds(1) > rules.worth_s
        full = len(self._partials) >= rules.waiting
        if too_slow or full or self._wait_s(now) > rules.worth_s:
            return False
        self._partials[item] = now
        return True

    def leave(self, item: Item) -> bool:
        """Nobody wants it any more. Whether it still waited."""
        found = self._finals.pop(item, None), self._partials.pop(item, None)
        return found != (None, None)

    def overdue(self, now: float) -> list[Item]:
        """The partial requests that have waited longer than they are worth; they leave."""
        late = [one for one, since in self._partials.items() if now - since > self._rules.worth_s]
        for one in late:
            del self._partials[one]
        return late

    def take(self, now: float) -> list[Item]:
        """The next run: final requests, and partial ones as far as they delay no final one."""
        finals = list(islice(self._finals, self._rules.largest))
        free = self._rules.largest - len(finals)
        room = self._cost.beside(len(finals), free) if finals else self._alone()
        partials = list(islice(self._partials, room))
        for one in finals:
            del self._finals[one]
        for one in partials:
            del self._partials[one]
        chosen = finals + partials
        self._ends_at = now + self._cost.seconds(len(chosen))
        return chosen

    def ended(self, requests: int, seconds: float) -> None:
        """The run that was taken is over; it served so many, none where it failed."""
        self._ends_at = 0.0
        if requests:
            self._cost.learn(requests, seconds)

    def clear(self) -> list[Item]:
        """Everything that waits; it leaves."""
        waiting = [*self._finals, *self._partials]
        self._finals.clear()
        self._partials.clear()
        return waiting

    def waited_s(self, now: float) -> float:
        """How long the first final request has waited; 0 where none waits."""
        return now - next(iter(self._finals.values()), now)

    def _alone(self) -> int:
        return self._cost.affordable(self._rules.partial_s, self._rules.largest)

    def _wait_s(self, now: float) -> float:
        """How long a partial request that joined now would wait for its run."""
        cost, largest, room = self._cost, self._rules.largest, self._alone()
        finals, ahead = len(self._finals), len(self._partials)
        finals_s = ceil(finals / largest) * cost.seconds(min(finals, largest))
        return max(0.0, self._ends_at - now) + finals_s + ahead // room * cost.seconds(room)
