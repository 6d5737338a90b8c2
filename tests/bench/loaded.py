"""100, 250 and 500 live G.711 calls: what they cost, and how even their packets are."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.answerers import Answerer, our_node, plain
from tests.bench.gaps import Gaps, captured
from tests.bench.load import FIRST_MEDIA, ROOM_DBFS, Crowd, crowd, percentile
from tests.bench.process import Cores, Cost, cores, cost
from tests.bench.report import Row

SIZES: Final = (100, 250, 500)
A_PROCESS: Final = 250  # callers; one SIPp sends all RTP of more late
WINDOW_S: Final = 20.0
SETTLE_S: Final = 2.0
HANG_UP_S: Final = 60.0  # until the last is gone
BUDGETED: Final = 100  # calls; at other sizes a figure has no budget
STREET_DBFS: Final = -42.0  # louder than the gate before the VAD lets pass unheard


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of calls did to one answerer."""

    calls: int
    cpu_ms: float
    cpu: float  # per cent of a core
    waited: float  # per cent of the time, all threads
    callers_cpu: float
    idle: float
    stolen: float
    gaps: Gaps
    set_up_ms: float
    memory_mib: float
    failed: int


def measure(
    answerer: Answerer,
    folder: Path,
    calls: int,
    *,
    noise_dbfs: float = ROOM_DBFS,
    window_s: float = WINDOW_S,
) -> Load:
    """Put the calls on it, and watch them for ``window_s``."""
    time.sleep(1.0)
    idle = cost(answerer.pid)
    rate = 20 if calls <= BUDGETED else 50
    fill_s = calls / rate + SETTLE_S
    with ExitStack() as stack:
        callers = [
            stack.enter_context(crowd)
            for crowd in _callers(answerer, folder, calls, rate, fill_s + window_s + 4, noise_dbfs)
        ]
        time.sleep(fill_s)
        with captured(folder, answerer.rtp_ports) as gaps:
            before = _moment(answerer, callers)
            time.sleep(window_s)
            after = _moment(answerer, callers)
        failed = sum(one.ended(HANG_UP_S).failed for one in callers)
        set_up_ms = [ms for one in callers for ms in one.set_up_ms()]
    (was, *were), cores_were = before
    (now, *are), cores_are = after
    return Load(
        calls=calls,
        cpu_ms=10 * now.cpu_since(was) / calls,
        cpu=now.cpu_since(was),
        waited=now.waited_since(was),
        callers_cpu=sum(one.cpu_since(then) for one, then in zip(are, were, strict=True)),
        idle=cores_are.idle_since(cores_were),
        stolen=cores_are.stolen_since(cores_were),
        gaps=gaps,
        set_up_ms=percentile(set_up_ms, 95),
        memory_mib=(now.rss_kib - idle.rss_kib) / 1024 / calls,
        failed=failed,
    )


def _callers(
    answerer: Answerer, folder: Path, calls: int, rate: float, seconds: float, noise_dbfs: float
) -> list[Crowd]:
    """As few SIPp processes as can send the RTP of so many calls."""
    processes = -(-calls // A_PROCESS)
    return [
        crowd(
            folder / f"callers{number}",
            answerer.address,
            calls=calls // processes + (number < calls % processes),
            rate=rate / processes,
            seconds=seconds,
            gives_up=True,
            media_port=FIRST_MEDIA + 4000 * number,
            noise_dbfs=noise_dbfs,
        )
        for number in range(processes)
    ]


def _moment(answerer: Answerer, callers: Sequence[Crowd]) -> tuple[list[Cost], Cores]:
    """The answerer's cost and each SIPp's, and the machine's."""
    return [cost(pid) for pid in (answerer.pid, *(one.process.pid for one in callers))], cores()


def capacity(
    folder: Path, sizes: Sequence[int] = SIZES, window_s: float = WINDOW_S, *, more: bool = True
) -> list[Row]:
    """Each size on a node and on a plain answerer of its own; ``more``: the first on noisy lines,
    and beside a thread that never lets go of the interpreter."""
    rows: list[Row] = []
    bases: list[Load] = []
    for calls in sizes:
        with plain(folder / f"plain{calls}") as answerer:
            base = measure(answerer, folder / f"plain{calls}", calls, window_s=window_s)
        with our_node(folder / f"node{calls}") as answerer:
            ours = measure(answerer, folder / f"node{calls}", calls, window_s=window_s)
        rows += _rows(ours, base)
        bases.append(base)
    return rows + (_harder(folder, bases[0], window_s) if more else [])


def _rows(ours: Load, base: Load) -> list[Row]:
    name, judged = f"{ours.calls} calls", ours.calls <= BUDGETED
    mine, theirs = ours.gaps, base.gaps
    worst, plain_worst = mine.largest_of_each_ms, theirs.largest_of_each_ms

    def row(what: str, unit: str, measured: float, budget: float | None, base: float) -> Row:
        return Row(f"{name}: {what}", unit, measured, budget if judged else None, base)

    return [
        row("calls failed", "", ours.failed, 0, base.failed),
        row("CPU per call-second", "ms", ours.cpu_ms, 3, base.cpu_ms),
        row("CPU of the answerer, of one core", "%", ours.cpu, None, base.cpu),
        row("CPU of the callers, of one core", "%", ours.callers_cpu, None, base.callers_cpu),
        row("cores idle", "%", ours.idle, None, base.idle),
        row("cores stolen by the host", "%", ours.stolen, None, base.stolen),
        row("answerer's threads waited for a core", "%", ours.waited, None, base.waited),
        row("RTP packets sent, of those due", "%", _sent(ours), None, _sent(base)),
        row("gap between RTP packets, p99.9", "ms", mine.p999_ms, 25, theirs.p999_ms),
        row(
            "largest gap of the median call",
            "ms",
            percentile(worst, 50),
            None,
            percentile(plain_worst, 50),
        ),
        row("largest gap of any call", "ms", mine.largest_ms, None, theirs.largest_ms),
        row("jitter (RFC 3550), mean call", "ms", mine.jitter_ms, None, theirs.jitter_ms),
        row("jitter, worst call", "ms", mine.worst_jitter_ms, None, theirs.worst_jitter_ms),
        row(
            f"INVITE to 200 OK, p95, {20 if judged else 50} a second",
            *("ms", ours.set_up_ms, 50, base.set_up_ms),
        ),
        row("memory per live call", "MiB", ours.memory_mib, 1.5, base.memory_mib),
    ]


def _sent(load: Load) -> float:
    return load.gaps.sent_share(load.calls)


def _harder(folder: Path, base: Load, window_s: float) -> list[Row]:
    calls = base.calls
    with our_node(folder / "street") as answerer:
        place = folder / "street"
        street = measure(answerer, place, calls, noise_dbfs=STREET_DBFS, window_s=window_s)
    with our_node(folder / "busy", module="tests.bench.busy_node") as answerer:
        busy = measure(answerer, folder / "busy", calls, window_s=window_s)
    noisy, dump = f"{calls} calls on noisy lines", f"{calls} calls beside a JSON dump"
    gaps = busy.gaps
    return [
        Row(f"{noisy}: CPU per call-second", "ms", street.cpu_ms, 3, base.cpu_ms),
        Row(f"{dump}: gap, p99.9", "ms", gaps.p999_ms, 25, base.gaps.p999_ms),
        Row(f"{dump}: largest gap", "ms", gaps.largest_ms, None, base.gaps.largest_ms),
    ]
