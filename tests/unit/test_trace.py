"""SIP messages as packets that other programs read."""

import struct

import dpkt
import pytest

from sipagent.sip.trace import HEAD, Message, messages, packet


def record(ns: int, sent: bool, peer: str, data: bytes) -> bytes:
    return HEAD.pack(ns, sent, len(peer), len(data)) + peer.encode() + data


def test_records_come_back_whole_and_in_order() -> None:
    first = Message(1, False, "192.0.2.1:5060", b"INVITE \xff")
    second = Message(2, True, "[2001:db8::1]:5061", b"")
    raw = b"".join(record(one.ns, one.sent, one.peer, one.data) for one in (first, second))
    assert list(messages(raw)) == [first, second]
    assert list(messages(b"")) == []


def test_half_a_record_is_an_error() -> None:
    with pytest.raises(struct.error):
        list(messages(b"\0" * 7))


@pytest.mark.parametrize("sent", [True, False])
def test_a_message_goes_between_us_and_its_peer(sent: bool) -> None:
    shown = dpkt.ip.IP(packet(Message(0, sent, "192.0.2.7:5080", b"BYE"), ("192.0.2.1", 5060)))
    ends = [(shown.src, shown.data.sport), (shown.dst, shown.data.dport)]
    ours, peers = (bytes([192, 0, 2, 1]), 5060), (bytes([192, 0, 2, 7]), 5080)
    assert ends == ([ours, peers] if sent else [peers, ours])
    assert shown.data.data == b"BYE"


@pytest.mark.parametrize(
    ("peer", "own", "version"),
    [
        ("[2001:db8::7]:5060", "::", 6),
        ("[2001:db8::7]:5060", "192.0.2.1", 6),
        ("192.0.2.7:5060", "::", 4),
        ("192.0.2.7:5060", "0.0.0.0", 4),
    ],
)
def test_the_family_is_the_peers(peer: str, own: str, version: int) -> None:
    shown = packet(Message(0, True, peer, b"x" * 100_000), (own, 5060))
    assert shown[0] >> 4 == version
    assert len(shown) < 65_536
