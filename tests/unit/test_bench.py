"""What the bench makes of packets, moments and figures."""

import math
import struct

import pytest

from tests.bench.gaps import Gaps, Stream, streams
from tests.bench.load import Totals, percentile
from tests.bench.process import Cost
from tests.bench.rates import Pace, highest
from tests.bench.report import Row, shown, table
from tests.bench.soak import slope


def _stream(*at_ms: float) -> Stream:
    stream = Stream()
    for number, at in enumerate(at_ms):
        stream.feed(at, 160 * number)
    return stream


def test_even_packets_have_even_gaps_and_no_jitter() -> None:
    stream = _stream(0, 20, 40, 60)
    assert stream.gaps_ms == [20, 20, 20]
    assert stream.jitter_ms == 0


def test_jitter_is_a_sixteenth_of_each_surprise() -> None:
    stream = _stream(0, 36)
    assert stream.jitter_ms == pytest.approx(1.0)


def test_a_pause_that_the_timestamps_tell_is_a_gap_and_no_jitter() -> None:
    stream = Stream()
    stream.feed(0, 0)
    stream.feed(100, 800)
    assert stream.gaps_ms == [100]
    assert stream.jitter_ms == 0


def test_timestamps_go_round() -> None:
    stream = Stream()
    stream.feed(0, 2**32 - 80)
    stream.feed(20, 80)
    assert stream.jitter_ms == 0


def test_the_largest_gap_of_each_call_and_of_all() -> None:
    gaps = Gaps([_stream(0, 20, 45), _stream(0, 30, 50), _stream(7)], seconds=0.1)
    assert gaps.largest_of_each_ms == [25, 30]
    assert gaps.largest_ms == 30
    assert gaps.p999_ms == 30
    assert gaps.sent_share(calls=2) == pytest.approx(70)


def _packet(at_us: int, port: int, ssrc: int, timestamp: int, kind: int = 0) -> bytes:
    rtp = struct.pack("!BBHII", 0x80, kind, 1, timestamp, ssrc)
    frame = bytes(34) + struct.pack("!HHHH", port, 4000, 20, 0) + rtp
    return struct.pack("<IIII", at_us // 10**6, at_us % 10**6, len(frame), 214) + frame


def test_a_pcap_holds_a_stream_for_each_port_and_ssrc() -> None:
    packets = (
        _packet(5_000_000, 20000, 1, 0),
        _packet(5_010_000, 20002, 2, 0),
        _packet(5_020_000, 20000, 1, 160),
        _packet(5_021_000, 20000, 1, 0, kind=200),  # RTCP
        _packet(5_900_000, 20000, 3, 0),  # the next call on that port
    )
    found = streams(b"\xd4\xc3\xb2\xa1" + bytes(20) + b"".join(packets))
    assert [stream.packets for stream in found] == [2, 1, 1]
    assert found[0].gaps_ms == [pytest.approx(20)]


def test_what_came_before_or_after_the_window_is_left_out() -> None:
    packets = [_packet(1_000_000 * second, 20000, 1, 0) for second in range(1, 6)]
    found = streams(b"\xd4\xc3\xb2\xa1" + bytes(20) + b"".join(packets), 2, 4)
    assert found[0].packets == 3


def test_a_packet_that_was_cut_off_at_the_end_is_none() -> None:
    pcap = b"\xd4\xc3\xb2\xa1" + bytes(20) + _packet(1_000_000, 20000, 1, 0)
    assert streams(pcap[:-1]) == []


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 95) == 95
    assert percentile(values, 99.9) == 100
    assert percentile([3.0], 50) == 3
    assert math.isnan(percentile([], 50))


def _pace(per_s: float, *ms: float, failed: int = 0) -> Pace:
    return Pace(per_s, per_s, list(ms), Totals(len(ms), failed, {}, 0), 0, 0)


def test_the_highest_rate_is_the_last_before_one_that_breaks() -> None:
    assert highest([_pace(10, 4), _pace(25, 4), _pace(50, 80), _pace(75, 4)]) == 25
    assert highest([_pace(10, 4, failed=1), _pace(25, 4)]) == 0
    assert highest([_pace(10)]) == 0


def _moment(minute: float, kib: int) -> Cost:
    return Cost(60 * minute, 0, 0, kib, 1, 1)


def test_the_slope_is_that_of_the_second_half() -> None:
    rising = [_moment(minute, 1000 * minute) for minute in range(5)]
    level = [_moment(minute, 4000 + 2 * minute) for minute in range(5, 9)]
    assert slope([*rising, *level]) == pytest.approx(2)


def test_a_budget_is_the_most_or_the_least() -> None:
    assert Row("", "ms", 50, 50).within == "yes"
    assert Row("", "ms", 51, 50).within == "no"
    assert Row("", "", 75, 75, at_least=True).within == "yes"
    assert Row("", "", 50, 75, at_least=True).within == "no"
    assert Row("", "", 50, 75, at_least=True).share == 1.5
    assert Row("", "", 0, 75, at_least=True).share is None


def test_a_row_says_what_was_measured_and_what_is_allowed() -> None:
    assert table([Row("rate", "calls/s", 50, 75, 100, at_least=True)]).splitlines()[-1] == (
        "| rate | 50 calls/s | at least 75 calls/s | no | 100 calls/s |"
    )
    assert [shown(value) for value in (0.1234, 21.26, 4999.4, float("inf"))] == [
        *("0.123", "21.3", "4,999", "inf")
    ]
