"""Ten thousand ports come and go under running audio, and leave nothing behind."""

from __future__ import annotations

import array
import gc
import os
import random
import threading
from pathlib import Path
from typing import Any

import psutil

PORTS = 10_000
ALIVE = 48
BATCH = 12  # ports for each bridge frame: each lives for some four frames
# Pools and heap pages settle while the first ports come and go. After that, a leaked port would
# show with its 32 KiB of heard audio and 32 KiB of bridge tables: 50 of 8,000 are 3 MiB.
SETTLED = 2_000
GROWTH_LIMIT_MIB = 3.0

TALK = array.array("h", [9000, -9000] * 2000).tobytes()


def resident_mib() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 2**20


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


class Tick:
    """The other thread: it does to every living port what a node's tick does, and never waits."""

    def __init__(self, seed: int) -> None:
        self.ports: list[Any] = []
        self.heard_bytes = 0
        self.flushed = 0
        self.rounds = 0
        self._choose = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="tick")
        self._thread.start()

    def _work(self) -> None:
        while not self._stop.wait(0.002):
            for port in list(self.ports):
                self._touch(port)
            self.rounds += 1

    def _touch(self, port: Any) -> None:
        self.heard_bytes += len(port.read())
        match self._choose.randrange(5):
            case 0:
                end = port.write(TALK)
                assert port.position() <= end
            case 1:
                queued = port.queued()
                self.flushed += queued
                port.flush()
            case 2:
                port.pause()
            case 3:
                port.resume()
            case _:
                assert port.played() <= port.position()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def test_ten_thousand_ports_come_and_go_under_running_audio(bridge: Any) -> None:
    choose = random.Random(20)
    tone = bridge.pj.ToneGenerator()
    tone.createToneGenerator(8000, 1)
    digits = bridge.pj.ToneDescVector()
    digits.append(bridge.pj.ToneDesc())
    digits[0].freq1, digits[0].on_msec, digits[0].off_msec = 440, 1000, 0
    tone.play(digits, True)
    constant = bridge.port(tx_ms=1000)
    tone.startTransmit(constant)
    bridge.run(0.2)

    before = (bridge.slots(), open_files(), threads())
    tick = Tick(seed=21)
    settled_mib = 0.0
    frames = 0
    for number in range(PORTS):
        port = bridge.port(rx_ms=2000, tx_ms=2000)
        tone.startTransmit(port)
        port.startTransmit(choose.choice([port, constant, *tick.ports[-3:]]))
        tick.ports.append(port)
        if len(tick.ports) > ALIVE:
            leaving = tick.ports.pop(choose.randrange(len(tick.ports)))
            frames += leaving.frames()
            if choose.random() < 0.5:
                leaving.close()
            del leaving
        if number % BATCH == 0:
            heard = constant.frames()
            bridge.run_until(lambda heard=heard: constant.frames() > heard)
        if number == SETTLED:
            settled_mib = resident_mib()
    grown_mib = resident_mib() - settled_mib

    tick.stop()
    assert tick.rounds > 100
    assert tick.heard_bytes > 1_000_000
    assert tick.flushed > 0
    assert frames > 2 * PORTS, "the ports did not live through running audio"
    tick.ports.clear()
    del port
    gc.collect()
    bridge.run_until(lambda: bridge.slots() == before[0])
    assert (bridge.slots(), open_files(), threads()) == before
    if "NATIVE_TEST_SANITIZED" not in os.environ:  # a sanitizer keeps what was freed
        assert grown_mib < GROWTH_LIMIT_MIB
    print(f"grown {grown_mib:.2f} MiB in {PORTS - SETTLED} ports, {frames} frames")
