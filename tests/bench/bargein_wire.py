"""Barge-in over real RTP: clips called in while the agent speaks, and what the packets say of it.

A node of the embedded recogniser, with a voice that is one long tone: every silence on the wire is
a pause of the agent's. Its callers are the tests' own. Judges by packets at the caller; only the
moment of the VAD's decision is the node's record's.
"""

import audioop
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sipagent.cli.phone.audible import AUDIBLE_DBFS
from sipagent.cli.phone.rtp import level_dbfs
from tests.bench.clipset import Labelled
from tests.bench.delays import NAME
from tests.bench.tenants import tenants
from tests.bench.wire import MS, PACKET_MS, Wire, calls, captured
from tests.peers.processes import Node, node
from tests.peers.raw import RawCaller
from tests.peers.records import Record, events, of_call
from tests.peers.stream import PTIME_S, SAMPLES, Stream, packets

AT_ONCE: Final = 6
RATE_HZ: Final = 8000
GREETED_S: Final = 1.0  # that the agent speaks before the clip begins
ECHO_TIMES: Final = 1.5  # of the agent's own time: it may stand still in between
LONG: Final = "Our branches are open from eight in the morning to five in the evening. " * 4
PLAIN: Final = "+97142000000"
A_PACKET_NS: Final = round(PACKET_MS * MS)
AFTER_S: Final = 1.5


@dataclass(frozen=True, slots=True)
class Wired:
    """What the packets of one call say. Times in ms.

    ``silent_ms``: from the first audible packet of the clip to the agent's last before it fell
    silent, where it was stopped. ``decided_ms``: from the VAD's first decision that led to a pause
    to the agent's last audible packet before it. ``stood_ms``: each time that the agent paused and
    went on.
    """

    clip: Labelled
    stopped: bool
    silent_ms: float | None
    decided_ms: float | None
    stood_ms: tuple[float, ...]

    @property
    def right(self) -> bool:
        return self.stopped is (self.clip.label["expect"] == "stop")


@dataclass(frozen=True, slots=True)
class _Call:
    clip: Labelled
    sip_call_id: str
    port: int  # the node's, for RTP
    began_ns: int  # when the clip's first packet was sent


def over_rtp(folder: Path, clips: Sequence[Labelled]) -> list[Wired]:
    """Each clip in a call of its own, some of them at once."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {text: f"+9714300{at:04}" for at, text in enumerate(_echoes(clips))}
    config = folder / "sipagent.toml"
    greetings = {PLAIN: LONG, **{number: text for text, number in numbers.items()}}
    config.write_text(tenants(greetings), encoding="utf-8")
    settings = {f"ENGINES__{kind}": NAME for kind in ("VOICE", "RESPONDER", "ANALYST")}
    capture = folder / "barge-in.pcap"
    with node(folder, "tests.bench.delays", config, **settings) as served:
        with (
            captured(capture, served.rtp_ports, served.port),
            ThreadPoolExecutor(AT_ONCE) as callers,
        ):
            made = list(callers.map(lambda clip: _call(served, clip, numbers), clips))
        heard = calls(capture.read_bytes(), served.rtp_ports, side="agent")
        records = [of_call(served.data, one.sip_call_id) for one in made]
    capture.unlink()
    return [
        judged(one.clip, heard[one.port], record, one.began_ns)
        for one, record in zip(made, records, strict=True)
    ]


def _echoes(clips: Sequence[Labelled]) -> list[str]:
    """What the agent must be saying for its echoes to be its own."""
    return sorted({clip.label["agent_text"] for clip in clips if "agent_text" in clip.label})


def _call(served: Node, clip: Labelled, numbers: dict[str, str]) -> _Call:
    """One caller: sounds as the clip does while the agent speaks, waits and hangs up."""
    number = numbers[clip.label["agent_text"]] if clip.echoes else PLAIN
    with RawCaller(served.address, number) as caller:
        caller.answered()
        began_ns = _echo(caller, clip) if clip.echoes else _sound(caller, clip)
        caller.request("BYE")
        return _Call(clip, caller.call_id, caller.remote_rtp[1], began_ns)


def _sound(caller: RawCaller, clip: Labelled) -> int:
    """Send the clip after a second of silence; when its first packet was sent."""
    quiet = packets(bytes(round(2 * RATE_HZ * GREETED_S)))
    sound = [*quiet, *packets(clip.pcm())]
    with Stream(caller.rtp, caller.remote_rtp, sound) as stream:
        stream.wait(len(sound) * PTIME_S + 5)
        time.sleep(AFTER_S)
    return time.time_ns() - round(1e9 * (time.monotonic() - stream.sent[len(quiet)]))


def _echo(caller: RawCaller, clip: Labelled) -> int:
    """Send back what the clip has for each packet that the agent is heard in, a delay later.

    Where the agent is silent, so is its echo. When the first of it was sent.
    """
    back, room = packets(clip.sounding()), packets(clip.room())
    late = round(clip.label["delay_ms"] / 1000 / PTIME_S)
    turns = round(len(back) * ECHO_TIMES + AFTER_S / PTIME_S)
    coming: dict[int, int] = {}  # which packet comes back in which turn
    heard, first_ns = 0, 0
    began = time.monotonic()
    for turn in range(turns):
        for _, packet in caller.audio(max(0.0, began + turn * PTIME_S - time.monotonic())):
            if level_dbfs(audioop.ulaw2lin(packet[12:], 2)) > AUDIBLE_DBFS:
                coming[turn + late] = heard
                heard += 1
        number = coming.get(turn, len(back))
        sound = back[number] if number < len(back) else room[turn % len(room)]
        first_ns = first_ns or (time.time_ns() if number < len(back) else 0)
        caller.send_rtp(sound.payload, sequence=1000 + turn, timestamp=turn * SAMPLES)
    return first_ns


def judged(clip: Labelled, wire: Wire, record: Record, began_ns: int) -> Wired:
    """What a call came to whose clip began at ``began_ns``."""
    stopped = bool(events(record, "Interrupted"))
    first_ns = next(
        (packet.ns for packet in wire.caller if packet.ns >= began_ns and packet.audible), began_ns
    )
    decisions = [
        round(1e9 * datetime.fromisoformat(line["wall"]).timestamp())
        for line in events(record, "PlayoutPaused")
    ]
    stood = [one for one in wire.standstills if one.last_ns >= began_ns]
    fell = [one.last_ns for one in stood if decisions and one.last_ns > decisions[0] - A_PACKET_NS]
    fell_over = [one.last_ns for one in stood if one.last_ns >= first_ns]
    return Wired(
        clip,
        stopped,
        silent_ms=(fell_over[0] - first_ns) / MS if stopped and fell_over else None,
        decided_ms=(fell[0] - decisions[0]) / MS if fell else None,
        stood_ms=() if stopped else tuple(one.ms for one in stood[: len(decisions)]),
    )
