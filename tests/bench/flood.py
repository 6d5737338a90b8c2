"""Strangers' INVITEs by the thousand: what they do to 50 live calls, and to the next caller."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.bench.answerers import Answerer, our_node, plain
from tests.bench.gaps import Gaps, captured
from tests.bench.load import crowd
from tests.bench.process import Cores, Cost, cores, cost, dropped
from tests.bench.report import Row
from tests.peers.processes import running, wait_for
from tests.peers.raw import RawCaller

CALLS: Final = 50
CALLS_PER_S: Final = 20
PER_S: Final = 5000.0
SOURCES: Final = 50  # 100 a second from each: all of them are banned where bans are on
WINDOW_S: Final = 20.0
AROUND_S: Final = 3.0  # dumpcap's start and end, within the flood
SETTLE_S: Final = 2.0
EVERY_S: Final = 2.0  # between two new callers
SOON_S: Final = 1.0
PATIENCE_S: Final = 5.0
T1_S: Final = 0.5  # RFC 3261
LIVE, NEW = "127.0.0.1", "127.0.0.2"  # the trunk's addresses: the live calls', the new callers'
STRANGERS_OF_PLAIN: Final = 64  # it cannot refuse, so it runs out of calls
VARIANTS: Final = {
    "refuse, bans": {},
    "refuse, no bans": {"SIP__STRANGER_REQUESTS_PER_S": "0"},
    "ignore, bans": {"SIP__STRANGERS": "ignore"},
    "ignore, no bans": {"SIP__STRANGERS": "ignore", "SIP__STRANGER_REQUESTS_PER_S": "0"},
}


@dataclass(frozen=True, slots=True)
class Window:
    """What was seen for a while."""

    gaps: Gaps
    cpu: float
    strangers_cpu: float
    idle: float
    set_up_s: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Flooded:
    """A quiet while and a flood of one answerer."""

    calls: int
    quiet: Window
    flood: Window
    sent: int
    sent_per_s: float
    unread: int  # dropped at its full receive buffer
    answers: Mapping[str, int]  # by status


@contextmanager
def strangers(answerer: Answerer, log: Path, per_s: float, seconds: float) -> Iterator[int]:
    """Their process. ``log`` has at its end what they sent, if the block lasts as long."""
    told = (*answerer.address, per_s, seconds, SOURCES)
    command = [sys.executable, "-m", "tests.bench.strangers", *(str(one) for one in told)]
    with running(command, log, "Ready.") as process:
        yield process.pid
        wait_for("sent", log, process)


def measure(answerer: Answerer, folder: Path, calls: int, per_s: float, window_s: float) -> Flooded:
    """``calls`` live calls for two windows, the second of them in a flood of ``per_s``."""
    fill_s = calls / CALLS_PER_S + SETTLE_S
    seconds = fill_s + 2 * (window_s + AROUND_S) + PATIENCE_S
    log, port = folder / "strangers.log", answerer.address[1]
    place = folder / "callers"
    address = answerer.address
    with crowd(place, address, calls=calls, rate=CALLS_PER_S, seconds=seconds) as callers:
        time.sleep(fill_s)
        quiet = watch(answerer, folder, window_s)
        before = dropped(port)
        with strangers(answerer, log, per_s, window_s + AROUND_S) as pid:
            flood = watch(answerer, folder, window_s, pid)
        unread = dropped(port) - before
        callers.ended(seconds)
    told = json.loads(log.read_text().splitlines()[-1])
    return Flooded(
        *(calls, quiet, flood, told["sent"], told["sent"] / told["seconds"]),
        unread=unread,
        answers=told["answers"],
    )


def watch(
    answerer: Answerer, folder: Path, window_s: float, strangers: int | None = None
) -> Window:
    """The live calls' packets for ``window_s``, and in a flood new callers all the while."""
    waits: list[float] = []
    pids = [answerer.pid] if strangers is None else [answerer.pid, strangers]
    with captured(folder, answerer.rtp_ports, LIVE) as gaps:
        before, were = _moment(pids)
        until = time.monotonic() + window_s
        while (left := until - time.monotonic()) > 0:
            if strangers is not None:
                waits.append(new_call(answerer.address))
            time.sleep(max(0.0, min(EVERY_S, left, until - time.monotonic())))
        after, are = _moment(pids)
    shares = [now.cpu_since(then) for now, then in zip(after, before, strict=True)]
    return Window(
        gaps=gaps,
        cpu=shares[0],
        strangers_cpu=sum(shares[1:]),
        idle=are.idle_since(were),
        set_up_s=waits,
    )


def _moment(pids: list[int]) -> tuple[list[Cost], Cores]:
    return [cost(pid) for pid in pids], cores()


def new_call(server: tuple[str, int]) -> float:
    """Seconds from INVITE to 200, its repetitions included; infinite where none came."""
    with RawCaller(server, source=NEW) as caller:
        began = time.monotonic()
        caller.invite()
        while time.monotonic() < began + PATIENCE_S:
            message = caller.receive(T1_S)
            if message is None:
                caller.repeat()
            elif message.status == 200:
                caller.accept(message)
                caller.request("BYE")
                caller.receive(T1_S)
                return message.at - began
            elif message.status > 200:
                break
    return float("inf")


def refused(log: Path) -> dict[str, Any]:
    """What the node's gate counted, as it told in its log when it stopped."""
    lines = [line for line in log.read_text().splitlines() if '"event": "gate"' in line]
    told: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return told


def flood(
    folder: Path,
    calls: int = CALLS,
    per_s: float = PER_S,
    window_s: float = WINDOW_S,
    variants: Mapping[str, Mapping[str, str]] = VARIANTS,
) -> list[Row]:
    """Each way to treat strangers on a node of its own; the plain answerer has but one."""
    with plain(folder / "plain", calls + STRANGERS_OF_PLAIN) as answerer:
        base = measure(answerer, folder / "plain", calls, per_s, window_s)
    rows: list[Row] = []
    for name, settings in variants.items():
        place = folder / name.replace(", ", "-").replace(" ", "-")
        with our_node(place, callers=(LIVE, NEW), **settings) as answerer:
            ours = measure(answerer, place, calls, per_s, window_s)
        rows += _rows(name, ours, base, refused(answerer.log))
    return rows


def _rows(name: str, ours: Flooded, base: Flooded, gate: Mapping[str, Any]) -> list[Row]:
    def row(what: str, unit: str, mine: float, theirs: float | None, budget: Any = None) -> Row:
        return Row(f"{name}: {what}", unit, mine, budget, theirs)

    still, wet, dry, soaked = ours.quiet, ours.flood, base.quiet, base.flood
    return [
        row("INVITEs a second from strangers", "", ours.sent_per_s, base.sent_per_s),
        row("of these taken from the socket", "%", _taken(ours), _taken(base)),
        row("answered 403 of those sent", "%", _answered(ours, "403"), _answered(base, "403")),
        row("refused by the gate's own count", "", gate.get("stranger", 0), None),
        row("of these not answered, by a ban", "", gate.get("banned", 0), None),
        row("gap p99.9 while quiet", "ms", still.gaps.p999_ms, dry.gaps.p999_ms, 25),
        row("gap p99.9 in the flood", "ms", wet.gaps.p999_ms, soaked.gaps.p999_ms, 25),
        row("largest gap while quiet", "ms", still.gaps.largest_ms, dry.gaps.largest_ms),
        row("largest gap in the flood", "ms", wet.gaps.largest_ms, soaked.gaps.largest_ms),
        row("RTP packets sent in it, of those due", "%", _sent(ours), _sent(base)),
        row("CPU of the answerer while quiet", "%", still.cpu, dry.cpu),
        row("CPU of the answerer in the flood", "%", wet.cpu, soaked.cpu),
        row("CPU of the strangers", "%", wet.strangers_cpu, soaked.strangers_cpu),
        row("cores idle in the flood", "%", wet.idle, soaked.idle),
        row(
            "new call, longest INVITE to 200 OK", "ms", _longest_ms(wet), _longest_ms(soaked), 1000
        ),
        row("new calls not answered within 1 s", "", _late(wet), _late(soaked), 0),
    ]


def _taken(flooded: Flooded) -> float:
    return 100 * (1 - flooded.unread / max(1, flooded.sent))


def _answered(flooded: Flooded, status: str) -> float:
    return 100 * flooded.answers.get(status, 0) / max(1, flooded.sent)


def _sent(flooded: Flooded) -> float:
    return flooded.flood.gaps.sent_share(flooded.calls)


def _longest_ms(window: Window) -> float:
    return 1000 * max(window.set_up_s, default=float("nan"))


def _late(window: Window) -> int:
    return sum(wait > SOON_S for wait in window.set_up_s)
