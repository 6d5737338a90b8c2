"""RTP that no codec sent: to live calls, to ended ones, too much of it, from the wrong host."""

import itertools
import os
import random
import socket
import struct
import time
from pathlib import Path

import pytest

from tests.peers.processes import Node, node
from tests.peers.raw import RawCaller
from tests.peers.records import ended, events, outcome

pytestmark = pytest.mark.alone

FLOOD, PACKETS = 10_000, 30_000


def gaps(caller: RawCaller, seconds: float) -> list[float]:
    """Times between the agent's packets."""
    times = [at for at, _ in caller.audio(seconds)]
    return [after - before for before, after in itertools.pairwise(times)]


@pytest.mark.interop(
    "raw UDP",
    "RTP and RTCP garbage, an unknown payload, an ended call's port",
    "no effect on others",
)
def test_rtp_that_is_no_rtp_disturbs_no_call(own_node: Node) -> None:
    """Garbage, unknown payloads, wrong versions and RTCP nonsense at one call; another listens."""
    rng = random.Random(4)
    with RawCaller(own_node.address) as victim, RawCaller(own_node.address) as other:
        victim.answered()
        other.answered()
        rtp, rtcp = victim.remote_rtp, (victim.remote_rtp[0], victim.remote_rtp[1] + 1)
        for number in range(3000):
            size = rng.choice((0, 1, 3, 11, 12, 13, 40, 172, 1400))
            victim.rtp.sendto(rng.randbytes(size), rtp)
            victim.rtp.sendto(
                bytes([0x80 | rng.randrange(32), 200 + rng.randrange(8)]) + rng.randbytes(size),
                rtcp,
            )
            head = struct.pack(
                "!BBHII",
                rng.choice((0x80, 0x90, 0xBF)),
                rng.randrange(128),
                number,
                number * 160,
                1,
            )
            victim.rtp.sendto(head + rng.randbytes(size), rtp)
        assert max(gaps(other, 2.0)) < 0.1
        assert len(victim.audio(0.5)) > 15
        victim.request("BYE")
        victim.expect(status=200, method="BYE")
        for number in range(500):  # nobody has this port any more, or soon another call
            head = struct.pack("!BBHII", 0x80, 0, number, number * 160, 1)
            victim.rtp.sendto(head + rng.randbytes(160), rtp)
        assert max(gaps(other, 1.0)) < 0.1
        other.request("BYE")
        other.expect(status=200, method="BYE")
    assert [outcome(record) for record in ended(own_node.data, count=2)] == ["caller-hung-up"] * 2


@pytest.mark.interop(
    "raw UDP", "10,000 RTP packets a second at one port", "the others keep their gaps"
)
def test_a_flood_at_one_port_leaves_the_others_their_time(own_node: Node) -> None:
    """10,000 packets a second for three seconds, from the peer's own port and from a stranger's."""
    packet = struct.pack("!BBHII", 0x80, 0, 1, 160, 7) + b"\xff" * 160
    with RawCaller(own_node.address) as victim, RawCaller(own_node.address) as other:
        victim.answered()
        other.answered()
        stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            for number in range(PACKETS):
                (stranger if number % 2 else victim.rtp).sendto(packet, victim.remote_rtp)
                if number % 100 == 0:
                    time.sleep(max(0.0, began + number / FLOOD - time.monotonic()))
            os._exit(0)
        measured = gaps(other, 3.0)
        os.waitpid(child, 0)
        stranger.close()
        assert sorted(measured)[int(0.99 * len(measured))] < 0.06
        with RawCaller(own_node.address) as third:
            third.answered()
            third.request("BYE")
            third.expect(status=200, method="BYE")
        for caller in (victim, other):
            caller.request("BYE")
            caller.expect(status=200, method="BYE")


def from_elsewhere(own_node: Node) -> tuple[int, int]:
    """Of another host than the caller's: RTP packets heard, and losses that its RTCP told."""
    report = struct.pack("!BBHIIIIIII", 0x81, 201, 7, 9, 0, 77 << 24 | 5000, 0, 0, 0, 0)
    with RawCaller(own_node.address) as caller:
        caller.answered()
        host, port = caller.remote_rtp
        elsewhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        elsewhere.bind(("127.0.0.77", 0))
        for number in range(150):
            head = struct.pack("!BBHII", 0x80, 0, number, number * 160, 9)
            elsewhere.sendto(head + b"\x20" * 160, caller.remote_rtp)
            elsewhere.sendto(report, (host, port + 1))
            time.sleep(0.01)
        elsewhere.close()
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
    quality = events(ended(own_node.data)[0], "Quality")[-1]
    return quality["received"], quality["lost_by_peer"]


@pytest.mark.interop(
    "raw UDP", "RTP and RTCP from another host than the SDP names", "not heard, and no losses told"
)
def test_who_guesses_a_port_is_not_heard(own_node: Node) -> None:
    """patches/rtp-source.patch: without it, any source is the caller after ten packets."""
    assert from_elsewhere(own_node) == (0, 0)


@pytest.mark.interop("raw UDP", "the same with media.symmetric_rtp", "heard")
def test_a_caller_behind_nat_is_heard_where_the_setting_says_so(tmp_path: Path) -> None:
    with node(tmp_path, MEDIA__SYMMETRIC_RTP="true") as served:
        received, _ = from_elsewhere(served)
        assert received > 50


@pytest.mark.interop(
    "raw UDP", "RTP from another port of the SDP's host, with media.symmetric_rtp", "answered there"
)
@pytest.mark.parametrize("symmetric", [True, False])
def test_our_rtp_goes_to_the_port_that_nat_made_where_the_setting_says_so(
    tmp_path: Path, symmetric: bool
) -> None:
    with (
        node(tmp_path, config=None, MEDIA__SYMMETRIC_RTP=str(symmetric)) as served,
        RawCaller(served.address) as caller,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mapped,
    ):
        mapped.bind(("127.0.0.1", 0))
        mapped.settimeout(1.0)
        caller.answered()
        for number in range(25):
            head = struct.pack("!BBHII", 0x80, 0, number, number * 160, 9)
            mapped.sendto(head + b"\xff" * 160, caller.remote_rtp)
            time.sleep(0.02)
        caller.audio(0.1)
        assert bool(len(caller.audio(0.5)) > 15) is not symmetric
        if symmetric:
            assert mapped.recv(2048)
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
