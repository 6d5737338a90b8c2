"""What the phone measures, on packets made by hand."""

import math
import struct
from collections.abc import Sequence

import pytest

from sipagent.cli.phone import report
from sipagent.cli.phone.audible import Utterance, Utterances
from sipagent.cli.phone.line import Line, Party
from sipagent.cli.phone.rtp import (
    Direction,
    Gaps,
    Packet,
    gaps,
    level_dbfs,
    packets,
    pcm,
)

MS = 1_000_000
SILENCE, SPEECH = b"\xff" * 160, b"\x80\x00" * 80  # mu-law: zero, and full scale both ways
RX, TX = Direction.RECEIVED, Direction.SENT


def record(ns: int, way: Direction, payload: bytes, payload_type: int = 0, n: int = 0) -> bytes:
    """As RtpTap writes it."""
    head = struct.pack("<QBBBxHHI", ns, way, 0, payload_type, n, len(payload), 160 * n)
    return head + payload


class Tape:
    """A tap that plays back records."""

    def __init__(self) -> None:
        self.records = b""

    def packets(self, way: Direction, start_ms: float, payloads: Sequence[bytes]) -> None:
        """One packet every 20 ms."""
        for n, payload in enumerate(payloads):
            self.records += record(round((start_ms + 20 * n) * MS), way, payload, n=n)

    def read(self) -> bytes:
        records, self.records = self.records, b""
        return records


def test_records_become_packets_in_their_order() -> None:
    tape = record(5, RX, b"abc", 8, 7) + record(6, TX, b"", 101, 8)
    assert list(packets(tape)) == [
        Packet(5, RX, 8, 7, 1120, b"abc"),
        Packet(6, TX, 101, 8, 1280, b""),
    ]


def test_mu_law_and_a_law_become_the_samples_of_g711() -> None:
    mu_law = Packet(0, RX, 0, 0, 0, bytes([0x00, 0x80, 0xFF, 0x7F]))
    assert struct.unpack("<4h", pcm(mu_law)) == (-32124, 32124, 0, 0)
    a_law = Packet(0, RX, 8, 0, 0, bytes([0x2A, 0xAA, 0xD5, 0x55]))
    assert struct.unpack("<4h", pcm(a_law)) == (-32256, 32256, 8, -8)


def test_what_is_no_g711_is_no_audio() -> None:
    event = Packet(0, RX, 101, 0, 0, b"\x01\x0a\x00\xa0")
    assert not event.audio
    with pytest.raises(ValueError, match="101"):
        pcm(event)


def test_levels_are_rms_against_full_scale() -> None:
    assert level_dbfs(struct.pack("<4h", 16384, -16384, 16384, -16384)) == pytest.approx(
        -6.02, 0.01
    )
    assert level_dbfs(bytes(320)) == -math.inf
    assert level_dbfs(b"") == -math.inf


def test_gaps_are_between_neighbours() -> None:
    times = [at * MS for at in (0, 20, 40, 95, 115)]
    assert gaps(times) == Gaps(packets=5, max_ms=55.0, p999_ms=55.0)
    assert gaps([0]) == Gaps(1, 0.0, 0.0)


def test_one_late_packet_of_two_thousand_is_beyond_p999() -> None:
    times, now = [0], 0
    for n in range(2000):
        now += (90 if n == 1000 else 20) * MS
        times.append(now)
    assert gaps(times) == Gaps(2001, 90.0, 20.0)


def fed(levels: Sequence[float], utterances: Utterances | None = None) -> Utterances:
    utterances = utterances or Utterances()
    for n, level in enumerate(levels):
        utterances.feed(20 * n * MS, 20.0, level)
    return utterances


def test_an_utterance_begins_with_the_first_of_100_ms_of_audible_packets() -> None:
    utterances = fed([-90, -90, *[-30] * 5])
    assert utterances.now == Utterance(40 * MS, 120 * MS)


def test_80_ms_are_no_utterance_and_neither_are_scattered_clicks() -> None:
    assert fed([-30] * 4).now is None
    assert fed([-30, -30, -30, -30, -90] * 20).now is None


def test_a_level_of_45_below_full_scale_is_not_audible() -> None:
    assert fed([-45.0] * 20).now is None
    assert fed([-44.9] * 20).now is not None


def test_a_pause_within_speech_ends_nothing_and_500_ms_do() -> None:
    paused = fed([*[-30] * 5, *[-90] * 23, *[-30] * 5])
    assert paused.all == [Utterance(0, 640 * MS)]
    ended = fed([*[-30] * 5, *[-90] * 24, *[-30] * 5])
    assert ended.all == [Utterance(0, 80 * MS), Utterance(580 * MS, 660 * MS)]


def test_speech_after_a_hole_in_the_stream_begins_anew() -> None:
    utterances = fed([-30] * 5)
    for n in range(5):
        utterances.feed((2000 + 20 * n) * MS, 20.0, -30.0)
        assert (utterances.now is not None) == (n == 4)
    assert utterances.all == [Utterance(0, 80 * MS), Utterance(2000 * MS, 2080 * MS)]


def test_an_utterance_is_over_when_packets_stop_altogether() -> None:
    utterances = fed([-30] * 5)
    utterances.tick(579 * MS)
    assert utterances.now is not None
    utterances.tick(580 * MS)
    assert utterances.now is None
    assert utterances.all == [Utterance(0, 80 * MS)]


def test_response_time_is_from_the_last_packet_said_to_the_first_heard() -> None:
    asked, answer = Utterance(0, 1000 * MS), Utterance(1640 * MS, 3000 * MS)
    assert report.response_ns(answer, [asked], [answer]) == 640 * MS


def test_only_the_first_utterance_after_a_question_responds_to_it() -> None:
    asked = Utterance(0, 1000 * MS)
    first, second = Utterance(1640 * MS, 2000 * MS), Utterance(3000 * MS, 4000 * MS)
    assert report.response_ns(second, [asked], [first, second]) is None


def test_a_greeting_and_words_under_the_caller_respond_to_nothing() -> None:
    greeting = Utterance(0, 500 * MS)
    assert report.response_ns(greeting, [Utterance(900 * MS, 1000 * MS)], [greeting]) is None
    under = Utterance(950 * MS, 2000 * MS)
    assert report.response_ns(under, [Utterance(900 * MS, 1000 * MS)], [under]) is None


def test_barge_in_is_from_the_callers_first_packet_to_the_agents_last() -> None:
    answer, stop = Utterance(0, 2180 * MS), Utterance(2000 * MS, 2600 * MS)
    assert report.barge_in_ns(stop, [answer]) == 180 * MS
    assert report.barge_in_ns(Utterance(2300 * MS, 2600 * MS), [answer]) is None


def talked() -> Line:
    """The agent greets, the caller asks, the agent answers and is interrupted, then the desk."""
    line, agent, desk = Line(), Tape(), Tape()
    line.connect(Party.AGENT, agent)
    agent.packets(RX, 0, [SPEECH] * 50)
    agent.packets(TX, 1500, [SPEECH] * 50)
    agent.packets(RX, 3100, [SPEECH] * 60)
    agent.packets(TX, 4180, [SPEECH] * 10)
    line.poll(5000 * MS)
    desk.packets(RX, 4000, [SPEECH] * 50)  # ringback before the desk answered
    line.connect(Party.DESK, desk)
    desk.packets(RX, 6000, [SPEECH] * 50)
    line.poll(9000 * MS)
    return line


def test_a_call_is_reported_in_the_order_in_which_things_were_said() -> None:
    spoken = report.utterances(talked(), 0, {1500 * MS: "When do you open?"})
    told = [(one.who, one.start_ms, one.end_ms, one.text) for one in spoken]
    assert told == [
        (Party.AGENT, 0, 980, ""),
        (Party.CALLER, 1500, 2480, "When do you open?"),
        (Party.AGENT, 3100, 4280, ""),
        (Party.CALLER, 4180, 4360, ""),
        (Party.DESK, 6000, 6980, ""),
    ]
    assert [one.response_ms for one in spoken] == [None, None, 620, None, None]
    assert [one.barge_in_ms for one in spoken] == [None, None, None, 100, None]


def test_what_began_and_ended_is_told_once() -> None:
    line, tape = Line(), Tape()
    line.connect(Party.AGENT, tape)
    tape.packets(RX, 0, [SPEECH] * 4)
    assert line.poll(80 * MS) == []
    tape.packets(RX, 80, [SPEECH] * 4)
    (began,) = line.poll(160 * MS)
    assert (began.party, began.utterance.start_ns, began.over) == (Party.AGENT, 0, False)
    tape.packets(RX, 160, [SILENCE] * 40)
    (ended,) = line.poll(960 * MS)
    assert (ended.utterance, ended.over) == (Utterance(0, 140 * MS), True)


def test_packet_gaps_are_told_for_each_party_and_direction() -> None:
    found = report.packet_gaps(talked())
    assert found["agent"]["sent"] == Gaps(60, 1700.0, 1700.0)
    assert found["desk"]["received"] == Gaps(50, 20.0, 20.0)
    assert found["desk"]["sent"].packets == 0


def test_the_sound_of_an_utterance_is_what_was_received_of_it() -> None:
    line = talked()
    answer = line.stretches[0].other.all[1]
    assert len(line.sound(answer)) == 60 * 160 * 2
