"""Calls come and go under audio, while other threads hear, speak and read what there is to read.

A hundred in the suite; the sanitizers' run asks for a thousand (``make sanitize``).
"""

import os
import threading
from collections.abc import Callable
from typing import Any

CALLS = int(os.environ.get("NATIVE_TEST_CALLS", "100"))
AT_ONCE = 7  # both ends are ours, and the bridge of these tests holds sixteen
BATCH = bytes(2 * 800)


class Around(threading.Thread):
    """Does the same again and again until it is told to end; keeps what went wrong."""

    def __init__(self, step: Callable[[int], object]) -> None:
        super().__init__(daemon=True)
        self._step = step
        self._end = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        turn = 0
        try:
            while not self._end.wait(0.002):
                self._step(turn)
                turn += 1
        except BaseException as error:
            self.failure = error

    def finish(self) -> None:
        self._end.set()
        self.join()
        assert self.failure is None, self.failure


def test_calls_come_and_go_while_other_threads_hear_and_speak(bridge: Any, legs: Any) -> None:
    pair = legs(bridge)
    gate = bridge.pj.SipGate()
    gate.open()
    rules = bridge.pj.GateRules()
    rules.ready = True
    rules.network(rules.trunk("", 0.0, "", ""), "127.0.0.0/8")
    gate.publish(rules)
    live: list[Any] = []
    heard = [0]

    def talk(turn: int) -> None:
        for leg in tuple(live):
            heard[0] += len(leg.port.read())
            leg.port.write(BATCH)
            leg.tap.read()
            act = (leg.port.flush, leg.port.pause, leg.port.resume, leg.port.position)
            act[turn % len(act)]()

    def watch(turn: int) -> None:
        gate.tap(turn % 8 < 4)
        gate.messages()
        gate.counts()

    around = Around(talk), Around(watch)
    for one in around:
        one.start()
    try:
        for first in range(0, CALLS, AT_ONCE):
            wave(bridge, pair, min(AT_ONCE, CALLS - first), live)
    finally:
        for one in around:
            one.finish()
    assert gate.counts()["passed"] == CALLS
    assert heard[0] > 0
    gate.close()


def wave(bridge: Any, pair: Any, count: int, live: list[Any]) -> None:
    """Calls that are all up at once, and end from either side."""
    pair.calls.clear()
    for _ in range(count):
        caller = pair.make(pair.account)
        pair.calls.append(caller)
        caller.makeCall(pair.uri, pair.audio_only())
    bridge.run_until(
        lambda: len(pair.calls) == 2 * count and all(leg.media is not None for leg in pair.calls)
    )
    live += pair.calls
    bridge.run(0.1)
    callers, callees = pair.calls[:count], pair.calls[count:]
    for leg in (*callers[::2], *callees):  # some are hung up by both ends at once
        leg.hangup(bridge.pj.CallOpParam())
    bridge.run_until(lambda: all(leg.ended for leg in pair.calls))
    live.clear()
    pair.forget()
