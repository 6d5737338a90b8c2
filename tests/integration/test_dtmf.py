"""Telephone events (RFC 4733), packet by packet: which of them are one press of a key."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from tests.peers.processes import Node, node
from tests.peers.raw import PCMU_SDP, RawCaller
from tests.peers.records import Record, ended, events

KEYS = "0123456789*#ABCD"
EVENTS = 101
NO_EVENTS = re.sub(r"a=(rtpmap|fmtp):101 .*\r\n", "", PCMU_SDP).replace(" 101", "")
OPUS = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 111 110 101\r\na=rtpmap:111 opus/48000/2\r\n"
    "a=rtpmap:110 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-15\r\na=fmtp:110 0-15\r\na=ptime:20\r\n"
)
LONGEST = 0xFFFF


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet of an event. ``late``: how many later ones overtake it."""

    event: int
    timestamp: int
    duration: int
    end: bool = False
    marker: bool = False
    late: int = 0
    kind: int = EVENTS

    @property
    def payload(self) -> bytes:
        return bytes([self.event, self.end << 7 | 10]) + self.duration.to_bytes(2, "big")


def press(
    key: str, at: int, *, updates: int = 4, ends: int = 3, marker: bool = True
) -> list[Packet]:
    """A press that begins at an RTP timestamp: an update each 20 ms, then its end, repeated."""
    event = KEYS.index(key)
    packets = [Packet(event, at, 160 * (step + 1)) for step in range(updates)]
    if packets and marker:
        packets[0] = replace(packets[0], marker=True)
    return packets + [Packet(event, at, 160 * (updates + 1), end=True)] * ends


def every_key() -> list[Packet]:
    return [packet for at, key in enumerate(KEYS) for packet in press(key, 8000 + 1600 * at)]


def woven(first: Sequence[Packet], second: Sequence[Packet]) -> list[Packet]:
    """Two presses whose packets alternate."""
    pairs = zip(first, second, strict=True)
    return [packet for pair in pairs for packet in pair]


def held_down(key: str, at: int, segments: int, lost: int = 0) -> list[Packet]:
    """A press too long for one duration: segments that follow each other (RFC 4733 2.5.1.3).

    ``lost``: so many of the last updates of each segment but the last do not arrive.
    """
    event, packets = KEYS.index(key), []
    for segment in range(segments):
        start = at + segment * LONGEST
        updates = [Packet(event, start, min(400 * step, LONGEST)) for step in range(1, 165)]
        packets += updates[:-lost] if lost else updates
    return [*packets, *press(key, at + segments * LONGEST, updates=9)]


CASES = {
    "every key": (every_key(), KEYS),
    "no marker": (press("1", 800, marker=False) + press("1", 2400, marker=False), "11"),
    "one to five end packets": (
        [packet for ends in range(1, 6) for packet in press("5", 1600 * ends, ends=ends)],
        "55555",
    ),
    "the start is lost": (press("4", 800)[2:] + press("4", 2400)[2:], "44"),
    "the end alone arrives": (press("#", 800)[-1:] + press("#", 2400)[-1:], "##"),
    "the end is lost": (press("7", 800, ends=0) + press("7", 2400, ends=0), "77"),
    "the start alone arrives": (press("*", 800)[:1] + press("*", 2400)[:1], "**"),
    "the end comes when the next key is down": (
        press("1", 800)[:5] + press("2", 2400)[:2] + press("1", 800)[-2:] + press("2", 2400)[2:],
        "12",
    ),
    "two presses alternate": (woven(press("1", 800), press("2", 1600)), "12"),
    "two presses of one key alternate": (woven(press("9", 800), press("9", 1600)), "99"),
    "40 ms apart": (press("3", 800, updates=2) + press("3", 1600, updates=2), "33"),
    "40 ms apart, late in the timestamps": (
        press("3", 0xFFFFE000, updates=2) + press("3", 0xFFFFE320, updates=2),
        "33",
    ),
    "timestamps that pass zero": (press("3", 0xFFFFFF00) + press("3", 0x400), "33"),
    "held for 30 s": (held_down("8", 800, segments=3), "8"),
    "held for 30 s, and updates are lost": (held_down("8", 0xF0000000, segments=3, lost=2), "8"),
    "held for 10 s, then pressed again": (
        held_down("8", 800, segments=1) + press("8", 800 + 2 * LONGEST),
        "88",
    ),
    "a duration that is not segmented": (
        [Packet(8, 800, 400 * step % 0x10000) for step in range(1, 400)] + press("8", 800)[-3:],
        "8",
    ),
    "packets overtake": (
        [
            replace(packet, late=at % 3)
            for at, packet in enumerate(press("6", 800) + press("6", 2400))
        ],
        "66",
    ),
    "the start comes last": ([replace(press("6", 800)[0], late=6), *press("6", 800)[1:]], "6"),
    "what no key makes": (
        [Packet(event, 1600 * event, 160, end=True) for event in (16, 17, 32, 36, 66, 255)]
        + press("D", 800),
        "D",
    ),
    "another payload type": (
        [replace(packet, kind=kind) for kind in (96, 100, 102) for packet in press("1", kind * 800)]
        + press("2", 800),
        "2",
    ),
}


def send(caller: RawCaller, packets: Sequence[Packet], gap_s: float = 0.002) -> None:
    """After a little silence, as the audio of a call comes before any key."""
    for sequence in range(1, 6):
        caller.send_rtp(b"\xff" * 160, sequence=sequence, timestamp=160 * sequence)
        time.sleep(gap_s)
    numbered = list(enumerate(packets, 6))
    for sequence, packet in sorted(numbered, key=lambda item: item[0] + item[1].late + 0.5):
        caller.send_rtp(
            packet.payload,
            sequence=sequence,
            timestamp=packet.timestamp,
            kind=packet.kind,
            marker=packet.marker,
        )
        time.sleep(gap_s)


def record_of(served: Node, sip_call_id: str) -> Record:
    """The record of a call that has ended."""
    until = time.monotonic() + 10
    while True:
        for record in ended(served.data):
            if events(record, "Ringing")[0]["sip_call_id"] == sip_call_id:
                return record
        assert time.monotonic() < until, "the call has no record"
        time.sleep(0.05)


def keyed(served: Node, packets: Sequence[Packet], sdp: str = PCMU_SDP) -> tuple[str, Record]:
    """The digits of a call that keys these packets, and its record."""
    with RawCaller(served.address) as caller:
        caller.answered(sdp=sdp)
        send(caller, packets)
        time.sleep(0.05)
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
        record = record_of(served, caller.call_id)
    return "".join(line["digit"] for line in events(record, "DigitPressed")), record


@pytest.mark.parametrize("case", CASES)
@pytest.mark.interop(
    "raw UDP",
    "RFC 4733: all 16 keys; with and without marker; one to five end packets; start or end lost; "
    "two presses mixed; held for 30 s; packets that overtake; flash and other events",
    "each press one digit, nothing else any",
)
def test_a_press_is_one_digit(shared_node: Node, case: str) -> None:
    packets, digits = CASES[case]
    assert keyed(shared_node, packets)[0] == digits


def test_the_first_packet_of_a_call_may_be_the_end_of_a_press(shared_node: Node) -> None:
    with RawCaller(shared_node.address) as caller:
        caller.answered()
        (only,) = press("1", 800, updates=0, ends=1)
        caller.send_rtp(only.payload, sequence=7, timestamp=800, kind=EVENTS)
        time.sleep(0.05)
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
        record = record_of(shared_node, caller.call_id)
    assert [line["digit"] for line in events(record, "DigitPressed")] == ["1"]


@pytest.mark.interop(
    "raw UDP", "telephone-event at another payload type", "digits at that one alone"
)
def test_events_have_the_payload_type_of_the_sdp(shared_node: Node) -> None:
    packets = [replace(packet, kind=96) for packet in press("1", 800)] + press("2", 1600)
    digits, record = keyed(shared_node, packets, PCMU_SDP.replace("101", "96"))
    assert digits == "1"
    assert events(record, "Answered")[0]["digits"] == "rfc4733"


def test_where_the_sdp_has_no_events_there_are_none(shared_node: Node) -> None:
    digits, record = keyed(shared_node, press("1", 800), NO_EVENTS)
    assert digits == ""
    assert events(record, "Answered")[0]["digits"] == "info"


@pytest.fixture(scope="module")
def wideband(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("wideband")
    config = folder / "sipagent.toml"
    config.write_text(
        '[media]\nclock_hz = 16000\n[[trunks]]\nname = "wide"\n'
        'networks = ["127.0.0.0/8"]\ncodecs = ["opus", "PCMU"]\n'
    )
    with node(folder, config=config) as served:
        yield served


@pytest.mark.parametrize(
    ("sdp", "kind"),
    [
        (OPUS, 110),
        (OPUS.replace("110 101", "101 110"), 110),
        (OPUS.replace(" 110", "").replace("a=rtpmap:110 telephone-event/48000\r\n", ""), 101),
    ],
    ids=["both", "8 kHz first", "8 kHz alone"],
)
@pytest.mark.interop("raw UDP", "Opus with telephone-event/48000, /8000 or both", "digits")
def test_beside_opus_events_have_its_clock_or_the_only_one_there_is(
    wideband: Node, sdp: str, kind: int
) -> None:
    presses = [packet for at in range(4) for packet in press(KEYS[at], 4800 * at)]
    digits, record = keyed(wideband, [replace(packet, kind=kind) for packet in presses], sdp)
    assert digits == "0123"
    assert events(record, "Answered")[0]["codec"] == "opus"


def test_beside_opus_a_key_held_down_is_one_digit(wideband: Node) -> None:
    packets = [replace(packet, kind=110) for packet in held_down("8", 4800, segments=3)]
    assert keyed(wideband, packets, OPUS)[0] == "8"
