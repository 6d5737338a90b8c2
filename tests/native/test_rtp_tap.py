"""RtpTap's promises, on two legs of one endpoint that call each other over loopback."""

from __future__ import annotations

import array
import gc
import itertools
import math
import os
import struct
import time
from typing import Any, NamedTuple

import pytest

HEAD = struct.Struct("<QBBBxHHI")
RECEIVED, SENT = 0, 1


class Packet(NamedTuple):
    ns: int
    direction: int
    marker: int
    payload_type: int
    sequence: int
    timestamp: int
    payload: bytes


def packets(records: bytes, direction: int) -> list[Packet]:
    """RtpTap's records of one direction, in the order of their times."""
    found, at = [], 0
    while at < len(records):
        ns, way, marker, payload_type, sequence, length, timestamp = HEAD.unpack_from(records, at)
        at += HEAD.size
        payload = records[at : at + length]
        at += length
        found.append(Packet(ns, way, marker, payload_type, sequence, timestamp, payload))
    assert at == len(records)
    return [packet for packet in found if packet.direction == direction]


def ulaw(code: int) -> int:
    """G.711 section 3: one mu-law octet as a 14-bit sample scaled to 16 bits."""
    code = ~code & 0xFF
    magnitude = ((code & 0x0F) << 3) + 0x84 << ((code & 0x70) >> 4)
    return 0x84 - magnitude if code & 0x80 else magnitude - 0x84


def level_dbfs(payload: bytes) -> float:
    power = sum(ulaw(code) ** 2 for code in payload) / len(payload)
    return 10 * math.log10(power / 32768**2) if power else -math.inf


def tone(peak: int, count: int) -> bytes:
    wave = (round(peak * math.sin(math.tau * 440 * i / 8000)) for i in range(count))
    return array.array("h", wave).tobytes()


def test_both_legs_note_the_same_packets_with_plausible_times(bridge: Any, legs: Any) -> None:
    pair = legs(bridge)
    before_ns = time.monotonic_ns()
    caller, callee = pair.talk()
    caller.port.write(tone(16000, 16000))
    bridge.run_until(lambda: caller.port.played() == 16000)
    bridge.run(0.2)
    pair.hang_up()
    after_ns = time.monotonic_ns()

    sent = packets(caller.tap.read(), SENT)
    received = packets(callee.tap.read(), RECEIVED)
    assert 100 < len(received) <= len(sent) <= len(received) + 3
    assert {len(packet.payload) for packet in sent} == {160}
    assert {packet.payload_type for packet in sent} == {0}
    assert all(before_ns < packet.ns < after_ns for packet in sent)
    for earlier, later in itertools.pairwise(sent):
        assert (later.sequence - earlier.sequence) % 65536 == 1
        assert (later.timestamp - earlier.timestamp) % 2**32 == 160
        assert later.ns > earlier.ns

    sent_ns = {packet.sequence: packet.ns for packet in sent}
    way_ms = [(packet.ns - sent_ns[packet.sequence]) / 1e6 for packet in received]
    assert min(way_ms) > 0
    assert sorted(way_ms)[len(way_ms) // 2] < 5
    gaps_ms = sorted((b.ns - a.ns) / 1e6 for a, b in itertools.pairwise(sent))
    assert 19 < gaps_ms[len(gaps_ms) // 2] < 21
    assert caller.tap.dropped() == callee.tap.dropped() == 0
    pair.forget()


def test_the_level_of_a_payload_is_the_level_that_was_played(bridge: Any, legs: Any) -> None:
    pair = legs(bridge)
    caller, callee = pair.talk()
    bridge.run(0.4)
    caller.port.write(tone(16000, 8000))
    bridge.run_until(lambda: caller.port.played() == 8000)
    bridge.run(0.3)
    pair.hang_up()
    levels = [level_dbfs(packet.payload) for packet in packets(callee.tap.read(), RECEIVED)]
    loud = [level for level in levels if level > -45]
    assert 48 <= len(loud) <= 51, "one second of tone is 50 packets"
    expected = 20 * math.log10(16000 / 32768 / math.sqrt(2))
    assert sorted(loud)[len(loud) // 2] == pytest.approx(expected, abs=0.5)
    assert len(levels) - len(loud) >= 20
    pair.forget()


def test_a_tap_may_end_before_its_call_and_a_call_before_its_tap(bridge: Any, legs: Any) -> None:
    pair = legs(bridge)
    caller, callee = pair.talk()
    bridge.run(0.2)
    caller.tap = None
    gc.collect()
    bridge.run(0.4)
    assert packets(callee.tap.read(), RECEIVED)
    bridge.run(0.2)
    pair.hang_up()
    surviving = callee.tap
    del caller, callee
    pair.forget()
    assert packets(surviving.read(), RECEIVED)
    assert surviving.read() == b""


def test_calls_with_taps_leave_no_socket_behind(bridge: Any, legs: Any) -> None:
    pair = legs(bridge)
    counts = []
    for _ in range(12):
        pair.talk()
        bridge.run(0.1)
        pair.hang_up()
        pair.forget()
        bridge.run(0.2)
        counts.append(len(os.listdir("/proc/self/fd")))
    assert counts[-1] == counts[1]


def test_a_full_log_counts_what_it_could_not_keep(bridge: Any, legs: Any) -> None:
    pair = legs(bridge)
    small = bridge.pj.RtpTap(1000)
    make = pair.make

    def with_small_tap(*arguments: Any) -> Any:
        leg = make(*arguments)
        leg.tap = small
        return leg

    pair.make = with_small_tap
    pair.talk()
    bridge.run(0.5)
    pair.hang_up()
    assert small.dropped() > 10
    assert len(small.read()) == 1000 // 180 * 180
    pair.forget()


def test_a_tap_refuses_what_is_no_transport(bridge: Any) -> None:
    tap = bridge.pj.RtpTap()
    with pytest.raises(bridge.pj.Error):
        tap.attach(None)
    assert tap.read() == b""
