"""An hour of calls whose callers' clocks run 200 ppm fast and 200 ppm slow.

How long a click takes from its sending to the node's read of it, over the hour: a buffer that
did not make up for the clocks would be 720 ms off at its end. Not part of ``make bench``:

    python -m tests.bench skew                  an hour
    SKEW_S=600 python -m tests.bench skew       less
"""

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np

from tests.bench.report import Row
from tests.peers.listener import Ear, listener
from tests.peers.raw import RawCaller
from tests.peers.stream import Stream, clicks, delays

LENGTH_S: Final = float(os.environ.get("SKEW_S", "3600"))
EACH_S: Final = 300.0
EVERY: Final = 50  # packets between two clicks
PPM: Final = (0.0, 200.0, -200.0)


def skew(folder: Path) -> list[Row]:
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with ExitStack() as stack:
        ear = stack.enter_context(listener(folder))
        streams: dict[float, Stream] = {}
        for ppm in PPM:
            caller = stack.enter_context(RawCaller(ear.address, number=_name(ppm)))
            caller.answered()
            stream = Stream(caller.rtp, caller.remote_rtp, clicks(EVERY), ppm)
            streams[ppm] = stack.enter_context(stream)
        told = 0.0
        with (folder / "progress.md").open("w", buffering=1) as progress:
            while (now := time.monotonic() - began) < LENGTH_S:
                time.sleep(min(EACH_S, 30.0 if not told else EACH_S, LENGTH_S - now))
                told = time.monotonic() - began
                for ppm, stream in streams.items():
                    progress.write(_line(told, ppm, ear, stream.sent))
        return [row for ppm, stream in streams.items() for row in _rows(ppm, ear, stream.sent)]


def _name(ppm: float) -> str:
    return f"9{int(ppm) + 500}"


def _delays_ms(ear: Ear, ppm: float, sent: Sequence[float], last_s: float = 1e6) -> list[float]:
    return [1000 * delay for delay in delays(sent[::EVERY], ear.clicks(_name(ppm), last_s))]


def _line(at_s: float, ppm: float, ear: Ear, sent: Sequence[float]) -> str:
    """The delay of the clicks of the last 25 s, and what the jitter buffer has done by now.

    ``lost`` are frames of 10 ms that it dropped to catch up, each hidden by a made-up one;
    ``empty`` those made up where it had nothing.
    """
    last, figures = _delays_ms(ear, ppm, sent, 25.0), ear.figures(_name(ppm))[-1]
    buffer = ", ".join(f"{name} {figures[name]:g}" for name in ("lost", "empty", "discard"))
    return (
        f"| {at_s:.0f} s | {ppm:+.0f} ppm | {np.median(last):.1f} ms "
        f"({min(last):.1f} to {max(last):.1f}) | {buffer} |\n"
    )


def _rows(ppm: float, ear: Ear, sent: Sequence[float]) -> list[Row]:
    ms = _delays_ms(ear, ppm, sent)
    first, last = np.median(ms[1:21]), np.median(ms[-20:])
    figures = ear.figures(_name(ppm))[-1]
    uncorrected = abs(ppm) * 1e-6 * LENGTH_S * 1000
    name = f"{ppm:+.0f} ppm for {LENGTH_S:.0f} s"
    return [
        Row(f"{name}: delay at the start", "ms", float(first)),
        Row(f"{name}: delay at the end", "ms", float(last)),
        Row(f"{name}: longest delay", "ms", max(ms), 150),
        Row(f"{name}: clicks not heard", "", float(len(sent[::EVERY]) - len(ms))),
        Row(f"{name}: frames of 10 ms made up", "", figures["lost"] + figures["empty"]),
        Row(f"{name}: drift of the clocks alone", "ms", uncorrected),
    ]
