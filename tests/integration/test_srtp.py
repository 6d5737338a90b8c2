"""Encrypted media by SDES (RFC 4568), with libsrtp on the caller's side: each suite, and lies."""

import base64
import json
import os
import re
import struct
import time
from collections.abc import Iterator

import pytest
from pylibsrtp import Policy, Session

from tests.peers.processes import Node, node
from tests.peers.raw import RawCaller, audible
from tests.peers.records import ended, events, outcome

SUITES = {
    "AES_CM_128_HMAC_SHA1_80": Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    "AES_CM_128_HMAC_SHA1_32": Policy.SRTP_PROFILE_AES128_CM_SHA1_32,
}
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {{port}} RTP/SAVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n{crypto}"
)
KEY_BYTES = 30  # master key and salt


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    trunk = {"name": "a", "networks": ["127.0.0.0/8"], "srtp": "required"}
    folder = tmp_path_factory.mktemp("srtp")
    with node(folder, config=None, TRUNKS=json.dumps([trunk])) as served:
        yield served


def offer(**keys: bytes) -> str:
    lines = (
        f"a=crypto:{tag} {suite} inline:{base64.b64encode(key).decode()}\r\n"
        for tag, (suite, key) in enumerate(keys.items(), 1)
    )
    return SDP.format(crypto="".join(lines))


def session(suite: str, key: bytes, *, sending: bool) -> Session:
    way = Policy.SSRC_ANY_OUTBOUND if sending else Policy.SSRC_ANY_INBOUND
    return Session(Policy(key=key, ssrc_type=way, srtp_profile=SUITES[suite]))


def pressed(event: int, timestamp: int, sequence: int) -> list[bytes]:
    """A key press as RTP packets: four updates and three ends."""
    packets = []
    for step in range(7):
        payload = bytes([event, (0x80 if step > 3 else 0) | 10])
        payload += (160 * min(step + 1, 5)).to_bytes(2, "big")
        head = struct.pack("!BBHII", 0x80, 101 | (not step) << 7, sequence + step, timestamp, 7)
        packets.append(head + payload)
    return packets


def digits(served: Node, caller: RawCaller) -> list[str]:
    """Hang up, and tell what the node took for digits."""
    before = len(list((served.data / "calls").glob("2*/*.jsonl")))
    caller.request("BYE")
    caller.expect(status=200, method="BYE")
    record = ended(served.data, count=before + 1)[-1]
    assert outcome(record) == "caller-hung-up"
    return [line["digit"] for line in events(record, "DigitPressed")]


@pytest.mark.interop(
    "libsrtp",
    "SDES with AES_CM_128_HMAC_SHA1_80 and _32, one of them or both offered",
    "the first that is offered; both ways understood",
)
@pytest.mark.parametrize(
    "suites", [[first] for first in SUITES] + [list(SUITES), list(SUITES)[::-1]], ids=len
)
def test_each_suite_carries_audio_both_ways(encrypted: Node, suites: list[str]) -> None:
    keys = {suite: os.urandom(KEY_BYTES) for suite in suites}
    with RawCaller(encrypted.address) as caller:
        ok = caller.answered(sdp=offer(**keys))
        chosen = re.search(r"a=crypto:(\d+) (\S+) inline:([^\s|]+)", ok.body)
        assert chosen is not None, ok.body
        tag, suite, key = chosen.groups()
        assert suite == suites[int(tag) - 1] == suites[0]
        ours = session(suite, keys[suite], sending=True)
        theirs = session(suite, base64.b64decode(key), sending=False)
        heard = caller.audio(1.0)
        assert audible([(at, theirs.unprotect(packet)) for at, packet in heard]) > 20
        for packet in pressed(5, 8000, 1):
            caller.rtp.sendto(ours.protect(packet), caller.remote_rtp)
            time.sleep(0.02)
        assert digits(encrypted, caller) == ["5"]


@pytest.mark.interop(
    "libsrtp",
    "SRTP with another key, RTP in the clear, packets repeated and cut, at one call",
    "not heard; the call goes on and the right key is understood after it",
)
def test_what_has_another_key_or_none_is_not_heard(encrypted: Node) -> None:
    suite = next(iter(SUITES))
    key = os.urandom(KEY_BYTES)
    with RawCaller(encrypted.address) as caller, RawCaller(encrypted.address) as other:
        caller.answered(sdp=offer(**{suite: key}))
        other_key = os.urandom(KEY_BYTES)
        other.answered(sdp=offer(**{suite: other_key}))
        ours = session(suite, key, sending=True)
        forged = session(suite, os.urandom(KEY_BYTES), sending=True)
        for number in range(5):
            for packet in pressed(1 + number, 8000 + 2400 * number, 1 + 20 * number):
                caller.rtp.sendto(forged.protect(packet), caller.remote_rtp)
                caller.rtp.sendto(packet, caller.remote_rtp)
                time.sleep(0.005)
        right = [ours.protect(packet) for packet in pressed(9, 40000, 500)]
        for packet in right:
            for sent in (packet, packet, packet[:-3], packet + b"x", packet[:12]):
                caller.rtp.sendto(sent, caller.remote_rtp)
            time.sleep(0.02)
        others = session(suite, other_key, sending=True)
        for packet in pressed(3, 8000, 1):
            other.rtp.sendto(others.protect(packet), other.remote_rtp)
        time.sleep(0.2)
        assert digits(encrypted, other) == ["3"]
        assert digits(encrypted, caller) == ["9"]
