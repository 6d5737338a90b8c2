"""One profile at one size: its node, its callers, and what their packets say.

The moment of a VAD's decision and the stages are the node's own record's; all else is captured at
the callers. Judges nothing.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sipagent.store.calllog import read
from tests.bench.answers import TurnHeard, echo_ms, gaps_ms, turns
from tests.bench.talkers import NUMBER, Said, Timetable, lags_ms, media_ports, talk
from tests.bench.tenants import one_tenant
from tests.bench.wire import Wire, answered, calls, captured
from tests.peers.processes import free_port, node, running

CALLS_PER_S: Final = 4.87  # no multiple of a packet between two: each meets a node's clock anew
LATE_S: Final = 20.0
RTP_PORTS: Final = 400
MOST_CALLS: Final = 100
GREETING: Final = "Welcome."
STAGES: Final = ("silence_ms", "words_ms", "thinking_ms", "voice_ms", "total_ms")


@dataclass(frozen=True, slots=True)
class Profile:
    """A node, and what its callers say.

    ``paths_ms``: for each thing said, how long its answer takes without anything of the node's own;
    empty where the engines' times are not known. With ``server`` it runs elsewhere.
    """

    name: str
    says: tuple[Said, ...]
    module: str = "sipagent"
    settings: Mapping[str, str] = field(default_factory=dict)
    paths_ms: tuple[float, ...] = ()
    server: tuple[str, int] | None = None
    number: str = NUMBER
    interface: str = "lo"


@dataclass(frozen=True, slots=True)
class Size:
    """So many calls at once, each of so many turns, and all of them so many times."""

    calls: int
    turns: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """What a profile did at one size. Times in ms; ``stages`` are the node's own record's."""

    profile: Profile
    calls: int
    failed: int
    turns: Sequence[TurnHeard]
    set_up_ms: Sequence[float]
    gaps_ms: Sequence[float]
    stages: Mapping[str, Sequence[float]]
    lags_ms: Sequence[float] = ()  # of each turn, the VAD's

    @property
    def responses_ms(self) -> list[float]:
        return [one.response_ms for one in self.turns if one.response_ms is not None]

    @property
    def barge_ins_ms(self) -> list[float]:
        return [one.barge_in_ms for one in self.turns if one.barge_in_ms is not None]

    @property
    def decided_ms(self) -> list[float]:
        return [one.decided_ms for one in self.turns if one.decided_ms is not None]

    def own_ms(self, floor_ms: float, *, lag: bool = False, kind: int | None = None) -> list[float]:
        """The node's own share of each response, or of those to one thing said: what is left over
        the path of its engines and its silence, over the floor and, without ``lag``, over the
        time that the VAD is late to see that speech has ended."""
        paths = self.profile.paths_ms
        return [
            one.response_ms - floor_ms - paths[one.kind] - (0 if lag else self.lags_ms[one.turn])
            for one in self.turns
            if one.response_ms is not None and paths and kind in (None, one.kind)
        ]


def run(profile: Profile, folder: Path, size: Size) -> Run:
    """The calls of a size, begun some five a second."""
    folder.mkdir(parents=True, exist_ok=True)
    timetable = Timetable(profile.says, size.turns)
    with _served(profile, folder) as (server, data):
        called = _called(profile, folder, server, timetable, size)
        records = _records(data) if data is not None else {}
    heard = []
    for port, wire in called.wires.items():
        record = records.get(called.names.get(port, ""), ())
        heard += turns(wire, timetable, _decisions(record))
    return Run(
        profile,
        size.calls,
        called.failed,
        heard,
        called.set_up_ms,
        [ms for wire in called.wires.values() for ms in gaps_ms(wire)],
        _stages(records),
        lags_ms(timetable),
    )


def floor(profile: Profile, folder: Path, size: Size) -> list[float]:
    """What the same callers' packets take to and from a plain pjsua2 that sends them back."""
    folder.mkdir(parents=True, exist_ok=True)
    port, rtp = free_port(), 20_000 + free_port() % 10_000 // 2 * 2
    numbers = (str(port), str(rtp), str(RTP_PORTS), str(MOST_CALLS))
    command = [sys.executable, "-m", "tests.bench.echo_answerer", *numbers]
    with running(command, folder / "echo.log", "Ready."):
        local = Profile(profile.name, profile.says)
        timetable = Timetable(profile.says, size.turns)
        called = _called(local, folder, ("127.0.0.1", port), timetable, size)
    return [ms for wire in called.wires.values() for ms in echo_ms(wire)]


@dataclass(frozen=True, slots=True)
class _Called:
    """Calls that were made: their packets and their Call-IDs by the agent's RTP port."""

    wires: Mapping[int, Wire]
    names: Mapping[int, str]
    failed: int
    set_up_ms: Sequence[float]


def _called(
    profile: Profile, folder: Path, server: tuple[str, int], timetable: Timetable, size: Size
) -> _Called:
    ports, capture = media_ports(), folder / "calls.pcap"
    with (
        captured(capture, ports, server[1], profile.interface),
        talk(
            *(folder, server, timetable, size.calls, ports),
            calls_per_s=CALLS_PER_S,
            times=size.times,
            number=profile.number,
        ) as crowd,
    ):
        lasts_s = timetable.seconds + size.calls / CALLS_PER_S
        totals = crowd.ended(size.times * lasts_s + LATE_S)
    pcap = capture.read_bytes()
    capture.unlink()
    wires, names = calls(pcap, ports), answered(pcap, server[1])
    return _Called(wires, names, totals.failed, crowd.set_up_ms())


@contextmanager
def _served(profile: Profile, folder: Path) -> Iterator[tuple[tuple[str, int], Path | None]]:
    """Where the profile's node is, and where its records are if it is ours."""
    if profile.server is not None:
        yield profile.server, None
        return
    config = folder / "sipagent.toml"
    config.write_text(one_tenant(GREETING), encoding="utf-8")
    with node(folder, profile.module, config, **profile.settings) as served:
        yield served.address, served.data


def _records(data: Path) -> dict[str, list[dict[str, Any]]]:
    """The ended calls' records by their Call-ID."""
    records = [list(read(path)) for path in (data / "calls").glob("2*/*.jsonl")]
    return {record[0]["sip_call_id"]: record for record in records}


def _decisions(record: Sequence[Mapping[str, Any]]) -> list[int]:
    """When the node decided that the caller speaks over the agent, in ns since the epoch."""
    return [
        round(1e9 * datetime.fromisoformat(line["wall"]).timestamp())
        for line in record
        if line["event"] == "PlayoutPaused"
    ]


def _stages(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[float]]:
    timed = [line for record in records.values() for line in record if line["event"] == "TurnTimed"]
    return {stage: [line[stage] for line in timed] for stage in STAGES} if timed else {}
