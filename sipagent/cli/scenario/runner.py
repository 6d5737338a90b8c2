"""Scenarios over real calls, side by side: each is prepared, called, heard, judged.

One endpoint carries all callers. Prints nothing.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sipagent.cli.phone.caller import Caller
from sipagent.cli.phone.console import Console
from sipagent.cli.phone.line import Party
from sipagent.cli.phone.plan import NotAnswered, Plan
from sipagent.cli.phone.report import Report
from sipagent.cli.phone.rtp import RATE_HZ
from sipagent.cli.scenario.booth import Played, prepared
from sipagent.cli.scenario.evidence import Act, Hear, episodes
from sipagent.cli.scenario.judging import Fault, judge
from sipagent.cli.scenario.reading import Loaded
from sipagent.cli.scenario.result import Result
from sipagent.sip.endpoint import Endpoint

DESK_S: Final = 1.0  # to stay with the desk: that it answered is all that is wanted
STOOD_STILL_MS: Final = 200.0  # between two packets: no network does that, a busy machine does
STAGGER_S: Final = 0.15  # between the first calls


@dataclass(frozen=True, slots=True)
class Target:
    """What is called. ``follow``: whether a transfer may ring where it leads to."""

    server: str
    number: str
    follow: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A result, and its call for who keeps the recording; none where nobody answered."""

    result: Result
    caller: Caller | None


async def run(
    loaded: Sequence[Loaded], target: Target, endpoint: Endpoint, hear: Hear, jobs: int
) -> AsyncIterator[Tried]:
    """Try each scenario, ``jobs`` at a time; each result as soon as it stands.

    Raises ``Unreachable`` where nothing is there to be called.
    """
    waiting = sorted(loaded, key=_silence_s)  # the longest are taken first
    done: asyncio.Queue[Tried] = asyncio.Queue()

    async def work(number: int) -> None:
        await asyncio.sleep(number * STAGGER_S)
        while waiting:
            await done.put(await _judged(waiting.pop(), target, endpoint, hear))

    workers = [asyncio.create_task(work(number), name=f"caller {number}") for number in range(jobs)]
    try:
        for _ in loaded:
            yield await _next(done, workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


def _silence_s(loaded: Loaded) -> float:
    return sum(step.silence_s or 0.0 for step in loaded.scenario.steps)


async def _next(done: "asyncio.Queue[Tried]", workers: Sequence["asyncio.Task[None]"]) -> Tried:
    """The next result, or what a worker raised."""
    getting = asyncio.create_task(done.get())
    try:
        while True:
            pending = [worker for worker in workers if not worker.done()]
            await asyncio.wait([getting, *pending], return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                return getting.result()
            for worker in workers:
                if worker.done() and worker.exception() is not None:
                    worker.result()
    finally:
        getting.cancel()


async def _judged(loaded: Loaded, target: Target, endpoint: Endpoint, hear: Hear) -> Tried:
    """What a scenario comes to. A line that stood still proves nothing: then it is tried again."""
    tried = await _try(loaded, target, endpoint, hear)
    if tried.result.good or tried.result.gap_ms <= STOOD_STILL_MS:
        return tried
    again = await _try(loaded, target, endpoint, hear)
    return replace(again, result=replace(again.result, stood_still_ms=tried.result.gap_ms))


async def _try(loaded: Loaded, target: Target, endpoint: Endpoint, hear: Hear) -> Tried:
    scenario, began = loaded.scenario, time.monotonic()
    played = await prepared(scenario, loaded.path.parent, RATE_HZ)
    plan = Plan(
        server=target.server,
        number=target.number,
        steps=played.steps,
        sounds=played.sounds,
        patience_s=scenario.patience_s,
        max_s=scenario.max_s,
        desk_s=DESK_S,
        follow=target.follow and scenario.desk == "answers",
    )
    caller = Caller(endpoint, plan, Console(quiet=True))
    try:
        report = await caller.call()
    except NotAnswered as refused:
        fault = Fault(0, str(refused))
        took_s = time.monotonic() - began
        return Tried(Result(scenario, loaded.path, (), (fault,), took_s), None)
    heard = await episodes(
        caller.line,
        _acts(caller, played),
        report.referrals,
        caller.origin_ns,
        caller.origin_ns + 1_000_000 * report.duration_ms,
        report.ended_by,
        hear,
    )
    faults = judge(scenario, heard)
    if report.ended_by == "nobody":
        faults = (Fault(0, report.detail), *faults)
    result = Result(
        scenario,
        loaded.path,
        heard,
        faults,
        time.monotonic() - began,
        report.sip_call_id,
        report.detail,
        _longest_gap_ms(report),
    )
    return Tried(result, caller)


def _longest_gap_ms(report: Report) -> float:
    """Between two of the agent's packets; the whole call where none came."""
    received = report.gaps[Party.AGENT]["received"]
    return received.max_ms if received.packets > 1 else float(report.duration_ms)


def _acts(caller: Caller, played: Played) -> list[Act]:
    """When each step of the scenario began: a step of several parts with the first of them."""
    found: dict[int, Act] = {}
    for number, taken in zip(played.numbers, caller.taken, strict=False):
        found.setdefault(number, Act(number, taken.at_ns))
    return list(found.values())
