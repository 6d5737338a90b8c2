"""Barge-in over real RTP: clips called in while the agent speaks, and what the packets say of it.

A node of the embedded recogniser, with a voice that is one long tone: every silence on the wire is
a pause of the agent's. Its callers are the tests' own. Judges by packets at the caller; only the
moment of the VAD's decision is the node's record's.
"""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tests.bench.clipset import Labelled
from tests.bench.delays import NAME
from tests.bench.wire import MS, PACKET_MS, Wire, calls, captured
from tests.peers.processes import Node, node
from tests.peers.raw import RawCaller
from tests.peers.records import Record, events, of_call
from tests.peers.stream import PTIME_S, Stream, packets

AT_ONCE: Final = 4
GREETED_S: Final = 1.0  # that the agent speaks before the clip begins
LONG: Final = "Our branches are open from eight in the morning to five in the evening. " * 4
DESK: Final = "sip:desk@127.0.0.1:5070"
PLAIN: Final = "+97142000000"
KNOWLEDGE: Final = Path(__file__).parent.parent.parent / "kb" / "demo"
A_PACKET_NS: Final = round(PACKET_MS * MS)
AFTER_S: Final = 1.5


@dataclass(frozen=True, slots=True)
class Wired:
    """What the packets of one call say. Times in ms.

    ``silent_ms``: from the first audible packet of the clip to the last of the agent's reply, where
    it was stopped. ``decided_ms``: from the VAD's first decision that led to a pause to the agent's
    last audible packet before it. ``stood_ms``: each time that the agent paused and went on.
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
    config.write_text(_config(numbers), encoding="utf-8")
    settings = {"ENGINES__VOICE": NAME, "ENGINES__RESPONDER": NAME}
    capture = folder / "barge-in.pcap"
    with node(folder, "tests.bench.delays", config, **settings) as served:
        with (
            captured(capture, served.rtp_ports),
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


def _config(numbers: dict[str, str]) -> str:
    """A tenant for each greeting: the agent's text is known to the node, its sound is the tone."""
    rows = [
        '[[trunks]]\nname = "callers"\nnetworks = ["127.0.0.0/8"]\n',
        _tenant("plain", PLAIN, LONG),
    ]
    rows += [
        _tenant(f"echo{at}", number, text) for at, (text, number) in enumerate(numbers.items())
    ]
    return "\n".join(rows)


def _tenant(name: str, number: str, greeting: str) -> str:
    return (
        f'[[tenants]]\nname = "{name}"\nnumbers = ["{number}"]\nlanguages = ["en", "ar"]\n'
        f'knowledge = "{KNOWLEDGE}"\ndesk = "{DESK}"\n'
        f'[tenants.greeting]\nen = {json.dumps(greeting, ensure_ascii=False)}\nar = "."\n'
    )


def _call(served: Node, clip: Labelled, numbers: dict[str, str]) -> _Call:
    """One caller: listens for a second, sounds as the clip does, waits and hangs up.

    An echo begins with the greeting, since its clip has the agent's own clock.
    """
    echoed = clip.label.get("agent_text")
    with RawCaller(served.address, numbers[echoed] if echoed else PLAIN) as caller:
        caller.answered()
        sound = packets(clip.pcm())
        quiet = [packets(bytes(320))[0]] * round((0 if echoed else GREETED_S) / PTIME_S)
        lasts_s = (len(quiet) + len(sound)) * PTIME_S
        with Stream(caller.rtp, caller.remote_rtp, [*quiet, *sound]) as stream:
            stream.wait(lasts_s + 5)
            began_ns = time.time_ns() - round(1e9 * (time.monotonic() - stream.sent[len(quiet)]))
            time.sleep(AFTER_S)
        caller.request("BYE")
        return _Call(clip, caller.call_id, caller.remote_rtp[1], began_ns)


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
    over = [one for one in wire.agent_spoke if one.start_ns < first_ns <= one.end_ns]
    return Wired(
        clip,
        stopped,
        silent_ms=(over[-1].end_ns - first_ns) / MS if stopped and over else None,
        decided_ms=(fell[0] - decisions[0]) / MS if fell else None,
        stood_ms=() if stopped else tuple(one.ms for one in stood[: len(decisions)]),
    )
