"""Which requests an engine runs together, in simulated time: no thread, no engine, no clock."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

import pytest

from sipagent.engines.run_cost import RunCost
from sipagent.engines.two_lines import LineRules, TwoLines

CALLS = 50
PARTIAL_S = 0.25


@dataclass(eq=False)
class Request:
    final: bool
    at: float
    begun: float | None = None
    refused: bool = False


@dataclass
class Engine:
    """An engine in simulated time: one run after the other, each of a known length."""

    seconds: Callable[[int], float]
    rules: LineRules
    now: float = 0.0
    busy_until: float = 0.0
    runs: list[list[Request]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines: TwoLines[Request] = TwoLines(self.rules)

    def ask(self, at: float, final: bool) -> Request:
        self.run_until(at)
        request = Request(final, at)
        join = self.lines.join_final if final else self.lines.join_partial
        request.refused = not join(request, at)
        self.asked.append(request)
        return request

    def run_until(self, at: float) -> None:
        """Run what waits, as long as a run begins before this moment."""
        while max(self.now, self.busy_until) < at:
            self.now = max(self.now, self.busy_until)
            for late in self.lines.overdue(self.now):
                late.refused = True
            batch = self.lines.take(self.now)
            if not batch:
                self.now = at
                return
            self._run(batch)
        self.now = at

    def _run(self, batch: list[Request]) -> None:
        for request in batch:
            request.begun = self.now
        self.runs.append(batch)
        took = self.seconds(len(batch))
        self.busy_until = self.now + took
        self.lines.ended(len(batch), took)

    def waits(self, final: bool) -> list[float]:
        return [one.begun - one.at for one in self.asked if one.final is final and one.begun]


def conversations(engine: Engine, minutes: float, partials: bool) -> None:
    """50 calls: each caller speaks for 1 to 6 s, asks for partial words, then for final ones."""
    rng = random.Random(11)
    agenda: list[tuple[float, int, float]] = []
    for call in range(CALLS):
        heappush(agenda, (rng.uniform(0, 8), call, 0.0))
    while agenda:
        at, call, speaks_until = heappop(agenda)
        if at > minutes * 60:
            break
        if speaks_until == 0.0:
            heappush(agenda, (at + PARTIAL_S, call, at + rng.uniform(1, 6)))
        elif at >= speaks_until:
            engine.ask(at, final=True)
            heappush(agenda, (at + rng.uniform(2, 6), call, 0.0))
        else:
            if partials:
                engine.ask(at, final=False)
            heappush(agenda, (at + PARTIAL_S, call, speaks_until))
    engine.run_until(minutes * 60 + 60)


def fixed(seconds: float) -> Callable[[int], float]:
    return lambda _requests: seconds


def per_request(seconds: float) -> Callable[[int], float]:
    return lambda requests: seconds * requests


def test_a_line_that_is_never_empty_fills_every_batch_but_the_first() -> None:
    engine = Engine(fixed(0.1), LineRules(largest=16, waiting=1000))
    engine.ask(0.0, final=True)
    engine.run_until(0.01)
    for _ in range(400):
        engine.ask(0.01, final=True)
    engine.run_until(100.0)
    assert [len(run) for run in engine.runs] == [1] + [16] * 25
    assert 401 / (len(engine.runs) * 16) > 0.9


@pytest.mark.parametrize("partials", [False, True])
@pytest.mark.parametrize("run_s", [0.05, 0.1, 0.2])
def test_at_50_calls_nobody_waits_over_two_batches(run_s: float, partials: bool) -> None:
    engine = Engine(fixed(run_s), LineRules(largest=32))
    conversations(engine, minutes=5, partials=partials)
    finals = engine.waits(final=True)
    assert len(finals) > 1000
    assert max(finals) <= 2 * run_s
    assert max(engine.waits(final=False), default=0.0) <= 2 * run_s
    assert not any(one.refused for one in engine.asked if one.final)
    refused = [one.refused for one in engine.asked if not one.final]
    assert sum(refused) <= 0.02 * len(refused)


def test_when_all_50_calls_end_a_turn_at_once_none_waits_over_two_batches() -> None:
    engine = Engine(fixed(0.1), LineRules(largest=25))
    for _ in range(CALLS):
        engine.ask(1.0, final=True)
    engine.run_until(10.0)
    assert max(engine.waits(final=True)) == pytest.approx(0.1)
    for call in range(CALLS):
        engine.ask(20.0 + 0.002 * call, final=True)
    engine.run_until(30.0)
    assert max(engine.waits(final=True)) <= 0.2


def test_partial_requests_cost_the_final_ones_of_50_calls_one_short_run_at_most() -> None:
    """On a processor a batch takes as long as its requests one after the other."""
    alone = Engine(per_request(0.01), LineRules())
    conversations(alone, minutes=5, partials=False)
    beside = Engine(per_request(0.01), LineRules(partial_s=0.03))
    conversations(beside, minutes=5, partials=True)
    assert len(beside.waits(final=False)) > 10_000
    assert max(beside.waits(final=True)) <= max(alone.waits(final=True)) + 0.03


def test_a_final_request_passes_all_partial_ones_that_wait() -> None:
    engine = Engine(per_request(0.02), LineRules())
    engine.ask(0.0, final=True)
    engine.run_until(0.001)
    partials = [engine.ask(0.005, final=False) for _ in range(5)]
    final = engine.ask(0.01, final=True)
    engine.run_until(1.0)
    assert engine.runs[1] == [final]
    assert all(one.begun and one.begun > 0.02 for one in partials)


def test_partial_requests_fill_a_batch_where_they_cost_nothing() -> None:
    engine = Engine(fixed(0.1), LineRules(largest=8))
    for at in (0.0, 0.2, 0.4, 0.6, 0.8):
        for _ in range(4 if at else 1):
            engine.ask(at, final=True)
    engine.run_until(1.0)
    final = engine.ask(1.0, final=True)
    partials = [engine.ask(1.0, final=False) for _ in range(7)]
    engine.run_until(2.0)
    assert engine.runs[-1] == [final, *partials]


def test_partial_requests_do_not_join_a_batch_that_they_would_lengthen() -> None:
    engine = Engine(per_request(0.03), LineRules(largest=8))
    for at in (0.0, 0.5, 1.0):
        for _ in range(4 if at else 1):
            engine.ask(at, final=True)
    final = engine.ask(2.0, final=True)
    partials = [engine.ask(2.0, final=False) for _ in range(3)]
    engine.run_until(3.0)
    assert engine.runs[-4:] == [[final], *([one] for one in partials)]


def test_a_run_of_partial_requests_is_short_whatever_waits() -> None:
    engine = Engine(per_request(0.02), LineRules(largest=16, partial_s=0.06))
    for step in range(40):
        for _ in range(2):
            engine.ask(step * 0.1, final=False)
        engine.ask(step * 0.1 + 0.05, final=True)
    for _ in range(12):
        engine.ask(10.0, final=False)
    engine.run_until(20.0)
    assert max(len(run) for run in engine.runs if not run[0].final) == 3


def test_a_partial_request_that_would_come_too_late_is_refused_at_once() -> None:
    engine = Engine(per_request(0.1), LineRules(worth_s=0.25))
    for at in (0.0, 0.5, 0.5):
        engine.ask(at, final=True)
    asked = [engine.ask(1.0, final=False) for _ in range(6)]
    assert [one.refused for one in asked] == [False, False, False, True, True, True]


def test_an_engine_too_slow_for_partial_words_is_never_asked_for_them() -> None:
    engine = Engine(fixed(0.4), LineRules(worth_s=0.25))
    engine.ask(0.0, final=True)
    engine.run_until(1.0)
    assert engine.ask(2.0, final=False).refused


def test_a_partial_request_overtaken_for_too_long_is_refused() -> None:
    engine = Engine(per_request(0.1), LineRules(largest=1, worth_s=0.25))
    engine.ask(0.0, final=True)
    engine.run_until(0.01)
    partial = engine.ask(0.02, final=False)
    for _ in range(4):
        engine.ask(0.03, final=True)
    engine.run_until(2.0)
    assert partial.refused
    assert partial.begun is None


def test_a_full_line_takes_no_more() -> None:
    lines: TwoLines[str] = TwoLines(LineRules(waiting=2))
    assert lines.join_final("a", 0.0)
    assert lines.join_final("b", 0.0)
    assert not lines.join_final("c", 0.0)
    assert lines.join_partial("d", 0.0)


def test_only_final_requests_count_as_waiting() -> None:
    lines: TwoLines[str] = TwoLines(LineRules())
    lines.join_partial("partial", 0.0)
    assert lines.waited_s(5.0) == 0.0
    lines.join_final("first", 5.0)
    lines.join_final("second", 6.0)
    assert lines.waited_s(7.0) == 2.0
    assert lines.leave("first")
    assert lines.waited_s(7.0) == 1.0
    assert not lines.leave("first")


@pytest.mark.parametrize(("fixed_s", "each_s"), [(0.1, 0.0), (0.0, 0.02), (0.05, 0.01)])
def test_the_cost_of_a_run_is_learned_from_runs(fixed_s: float, each_s: float) -> None:
    cost, rng = RunCost(), random.Random(2)
    for rows in (1, 2, 4, 8, 1, 3, 8, 5) * 5:
        cost.learn(rows, (fixed_s + each_s * rows) * rng.uniform(0.95, 1.05))
    assert cost.each_s == pytest.approx(each_s, abs=0.001)
    assert cost.seconds(6) == pytest.approx(fixed_s + 6 * each_s, rel=0.05)


def test_one_run_on_a_machine_that_stood_still_is_not_taken_at_its_word() -> None:
    cost = RunCost()
    for _ in range(20):
        cost.learn(1, 0.01)
    cost.learn(1, 3.0)
    assert cost.seconds(1) < 0.02


def test_more_requests_than_were_ever_seen_together_are_tried_step_by_step() -> None:
    cost, tried = RunCost(), []
    for _ in range(6):
        rows = cost.affordable(1.0, 16)
        tried.append(rows)
        cost.learn(rows, 0.1)
    assert tried == [1, 2, 4, 8, 16, 16]
