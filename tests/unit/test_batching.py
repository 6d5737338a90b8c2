"""Requests of many calls on one thread: shared runs, results, refusals, the end."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from sipagent.engines.batching import Batcher
from sipagent.engines.two_lines import LineRules
from sipagent.errors import EngineError, Superseded

UNLUCKY = 13


class Gate:
    """An engine whose runs wait until they are let go; notes what each run had."""

    def __init__(self, is_open: bool = False) -> None:
        self.begun = asyncio.Event()
        self.runs: list[list[int]] = []
        self._loop = asyncio.get_running_loop()
        self._open = threading.Event()
        if is_open:
            self._open.set()

    def open(self) -> None:
        self._open.set()

    def run(self, requests: Sequence[int]) -> list[int]:
        self.runs.append(list(requests))
        self._loop.call_soon_threadsafe(self.begun.set)
        self._open.wait(5)
        if UNLUCKY in requests:
            raise ValueError("unlucky")
        return [request * 2 for request in requests]


async def steps(count: int = 5) -> None:
    """Let the loop go on so many times: tasks submit, calls reach the thread."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_requests_of_one_moment_share_one_run() -> None:
    gate = Gate(is_open=True)
    batcher = Batcher("gate", gate.run, LineRules(largest=8))
    tasks = [asyncio.create_task(batcher.submit(number)) for number in range(8)]
    assert await asyncio.gather(*tasks) == [number * 2 for number in range(8)]
    assert gate.runs == [list(range(8))]
    await batcher.close()


async def test_requests_that_come_during_a_run_share_the_next_and_keep_their_results() -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, LineRules(largest=4))
    first = asyncio.create_task(batcher.submit(0))
    await gate.begun.wait()
    tasks = [asyncio.create_task(batcher.submit(number)) for number in range(1, 6)]
    await steps()
    gate.open()
    assert await asyncio.gather(first, *tasks) == [0, 2, 4, 6, 8, 10]
    assert gate.runs == [[0], [1, 2, 3, 4], [5]]
    await batcher.close()


async def test_a_line_that_is_never_empty_runs_nine_tenths_of_the_ideal_batch() -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, LineRules(largest=16, waiting=1000))
    first = asyncio.create_task(batcher.submit(0))
    await gate.begun.wait()
    tasks = [asyncio.create_task(batcher.submit(number)) for number in range(20, 660)]
    await steps()
    gate.open()
    await asyncio.gather(first, *tasks)
    served = sum(len(run) for run in gate.runs)
    assert served == 641
    assert served / (16 * len(gate.runs)) > 0.9
    await batcher.close()


async def test_final_requests_run_before_partial_ones_that_came_first() -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, LineRules(largest=4, worth_s=60))
    first = asyncio.create_task(batcher.submit(0))
    await gate.begun.wait()
    partials = [asyncio.create_task(batcher.submit(n, final=False)) for n in (1, 2)]
    await steps()
    finals = [asyncio.create_task(batcher.submit(n)) for n in (3, 4)]
    await steps()
    gate.open()
    await asyncio.gather(first, *partials, *finals)
    assert gate.runs[:2] == [[0], [3, 4]]
    assert sorted(n for run in gate.runs[2:] for n in run) == [1, 2]
    await batcher.close()


async def test_a_partial_request_that_waits_too_long_is_refused_while_the_run_goes_on() -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, LineRules(largest=1, worth_s=0.02))
    first = asyncio.create_task(batcher.submit(0))
    await gate.begun.wait()
    with pytest.raises(Superseded):
        await batcher.submit(1, final=False)
    assert not first.done()
    gate.open()
    assert await first == 0
    await batcher.close()
    assert gate.runs == [[0]]


async def test_only_final_requests_that_wait_count_for_admission() -> None:
    gate, now = Gate(), 0.0
    batcher = Batcher("gate", gate.run, LineRules(largest=1), clock=lambda: now)
    tasks = [asyncio.create_task(batcher.submit(0))]
    await gate.begun.wait()
    tasks.append(asyncio.create_task(batcher.submit(1, final=False)))
    await steps()
    now = 0.2
    assert batcher.waited_s == 0.0
    tasks.append(asyncio.create_task(batcher.submit(2)))
    await steps()
    now = 0.24
    assert batcher.waited_s == pytest.approx(0.04)
    gate.open()
    assert await asyncio.gather(*tasks) == [0, 2, 4]
    assert batcher.waited_s == 0.0
    await batcher.close()


async def test_a_failed_run_fails_its_requests_and_serves_the_next() -> None:
    batcher = Batcher("gate", Gate(is_open=True).run)
    with pytest.raises(EngineError, match="gate: ValueError: unlucky"):
        await batcher.submit(UNLUCKY)
    assert await batcher.submit(4) == 8
    await batcher.close()


async def test_a_full_line_refuses_rather_than_answers_late() -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, LineRules(largest=1, waiting=1))
    first = asyncio.create_task(batcher.submit(1))
    await gate.begun.wait()
    second = asyncio.create_task(batcher.submit(2))
    await steps()
    with pytest.raises(EngineError, match="1 requests wait"):
        await batcher.submit(3)
    gate.open()
    assert [*await asyncio.gather(first, second)] == [2, 4]
    await batcher.close()


@pytest.mark.parametrize("final", [True, False])
async def test_a_cancelled_request_that_waits_is_never_run(final: bool) -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, LineRules(largest=1, waiting=1, worth_s=60))
    first = asyncio.create_task(batcher.submit(1))
    await gate.begun.wait()
    second = asyncio.create_task(batcher.submit(UNLUCKY, final=final))
    await steps()
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    await steps()
    third = asyncio.create_task(batcher.submit(5, final=final))
    await steps()
    gate.open()
    assert [*await asyncio.gather(first, third)] == [2, 10]
    assert gate.runs == [[1], [5]]
    await batcher.close()


async def test_closing_refuses_what_waits_and_what_comes_and_lets_the_run_end() -> None:
    gate = Gate()
    batcher = Batcher("gate", gate.run, LineRules(largest=1))
    first = asyncio.create_task(batcher.submit(1))
    await gate.begun.wait()
    second = asyncio.create_task(batcher.submit(2))
    await steps()
    closing = asyncio.create_task(batcher.close())
    with pytest.raises(EngineError, match="it was closed"):
        await second
    gate.open()
    await closing
    assert await first == 2
    await batcher.close()
    with pytest.raises(EngineError, match="it is closed"):
        await batcher.submit(3)
