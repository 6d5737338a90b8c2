"""PcmPort's promises: offsets, flushing, pausing, the media clock. In samples, never in seconds."""

from __future__ import annotations

import array
import gc
import threading
import time
from typing import Any

import pytest

FRAME = 160


def numbered(start: int, count: int) -> bytes:
    """Samples that tell which they are: never zero, so never taken for silence."""
    return array.array("h", [i % 32767 + 1 for i in range(start, start + count)]).tobytes()


def samples(heard: bytes) -> list[int]:
    return array.array("h", heard).tolist()


def spoken(heard: bytes) -> list[int]:
    return [sample for sample in samples(heard) if sample]


def test_written_samples_arrive_once_in_order_and_offsets_count_them(bridge: Any) -> None:
    speaker, listener = bridge.pair()
    assert speaker.write(numbered(0, 1000)) == 1000
    assert speaker.write(numbered(1000, 600)) == 1600
    bridge.run_until(lambda: speaker.played() == 1600)
    bridge.run(0.06)
    assert spoken(listener.read()) == samples(numbered(0, 1600))
    assert (speaker.position(), speaker.queued()) == (1600, 0)


def test_underrun_silence_is_neither_played_nor_a_step_of_the_offset(bridge: Any) -> None:
    speaker, _listener = bridge.pair()
    speaker.write(numbered(0, FRAME))
    bridge.run_until(lambda: speaker.played() == FRAME)
    before = speaker.frames()
    bridge.run_until(lambda: speaker.frames() >= before + 10)
    assert (speaker.played(), speaker.position()) == (FRAME, FRAME)


def test_a_last_partial_frame_is_padded_and_the_padding_does_not_count(bridge: Any) -> None:
    speaker, listener = bridge.pair()
    speaker.write(numbered(0, 200))
    bridge.run_until(lambda: speaker.played() == 200)
    bridge.run(0.1)
    heard = samples(listener.read())
    first = heard.index(1)
    assert heard[first : first + 200] == samples(numbered(0, 200))
    assert not any(heard[first + 200 :])
    assert speaker.played() == speaker.position() == 200


def test_without_a_transmitter_every_frame_is_heard_as_silence(bridge: Any) -> None:
    alone = bridge.port()
    bridge.run_until(lambda: alone.frames() >= 25)
    bridge.remove(alone)
    heard = alone.read()
    assert len(heard) == alone.frames() * FRAME * 2
    assert not any(heard)
    assert alone.lost() == 0


def test_what_nobody_read_is_lost_and_counted_to_the_sample(bridge: Any) -> None:
    alone = bridge.port(rx_ms=100)
    bridge.run_until(lambda: alone.frames() >= 20)
    bridge.remove(alone)
    assert len(alone.read()) == 800 * 2
    assert alone.lost() == alone.frames() * FRAME - 800


def test_a_full_ring_accepts_what_fits_and_says_so(bridge: Any) -> None:
    port = bridge.port(tx_ms=100)
    assert port.room() == 800
    assert port.write(numbered(0, 1000)) == 800
    assert (port.room(), port.queued()) == (0, 800)
    assert port.write(numbered(1000, 1)) == 800
    assert port.flush() == 0
    assert port.room() == 800
    assert port.write(numbered(0, 5000)) == 1600


def test_flush_drops_what_was_written_before_it_and_nothing_after(bridge: Any) -> None:
    speaker, listener = bridge.pair()
    speaker.pause()
    speaker.write(numbered(0, 400))
    assert speaker.flush() == 0
    assert speaker.write(numbered(400, 240)) == 640
    assert (speaker.position(), speaker.played(), speaker.queued()) == (400, 0, 240)
    speaker.resume()
    bridge.run_until(lambda: speaker.played() == 240)
    bridge.run(0.06)
    assert spoken(listener.read()) == samples(numbered(400, 240))
    assert speaker.position() == 640
    assert speaker.flush() == 640


def test_flushing_and_pausing_against_the_clock_never_lose_or_repeat_a_sample(bridge: Any) -> None:
    """One thread writes, flushes and pauses 64 speaking ports as fast as it can while the clock
    takes from them: what is heard is exactly what was written and not reported as dropped."""
    pairs = [bridge.pair() for _ in range(64)]
    kept: list[list[int]] = [[] for _ in pairs]
    heard: list[list[int]] = [[] for _ in pairs]
    flushes = 0

    def speak_until(deadline: float) -> None:
        nonlocal flushes
        ends = [0] * len(pairs)
        starts = [0] * len(pairs)
        step = 0
        while time.monotonic() < deadline:
            for i, (speaker, listener) in enumerate(pairs):
                step += 1
                ends[i] = speaker.write(numbered(ends[i], 37 + step % 331))
                if step % 5 == 0:
                    speaker.pause()
                    speaker.resume()
                if step % 3 == 0:
                    dropped = speaker.flush()
                    kept[i].extend(range(starts[i], dropped))
                    starts[i] = ends[i]
                    flushes += 1
                if step % 1000 < 64:
                    heard[i].extend(spoken(listener.read()))
        for i, (speaker, _) in enumerate(pairs):
            kept[i].extend(range(starts[i], speaker.flush()))

    tick = threading.Thread(target=speak_until, args=(time.monotonic() + 6.0,))
    tick.start()
    bridge.run_until(lambda: not tick.is_alive(), within_s=20)
    bridge.run(0.1)
    for (speaker, listener), expected, got in zip(pairs, kept, heard, strict=True):
        got.extend(spoken(listener.read()))
        assert listener.lost() == 0
        assert got == [i % 32767 + 1 for i in expected]
        assert speaker.played() == len(expected)
    assert flushes > 1000
    assert sum(map(len, kept)) > 64 * FRAME


def test_a_paused_port_consumes_and_counts_nothing_while_its_clock_goes_on(bridge: Any) -> None:
    speaker, listener = bridge.pair()
    speaker.write(numbered(0, 8000))
    bridge.run_until(lambda: speaker.played() > 1000)
    at = speaker.pause()
    assert speaker.paused()
    before = speaker.frames()
    bridge.run_until(lambda: speaker.frames() >= before + 20)
    assert (speaker.position(), speaker.played(), speaker.queued()) == (at, at, 8000 - at)
    speaker.resume()
    assert not speaker.paused()
    bridge.run_until(lambda: speaker.played() == 8000)
    bridge.run(0.06)
    assert spoken(listener.read()) == samples(numbered(0, 8000))


def test_a_paused_port_takes_writes_and_flushes(bridge: Any) -> None:
    port = bridge.port()
    assert port.pause() == 0
    assert port.write(numbered(0, 500)) == 500
    assert port.flush() == 0
    assert port.paused()
    assert (port.position(), port.played()) == (500, 0)


def test_bytes_like_objects_are_taken_as_they_are_even_unaligned(bridge: Any) -> None:
    speaker, listener = bridge.pair()
    odd = memoryview(b"\0" + numbered(0, 100))[1:]
    assert speaker.write(odd) == 100
    assert speaker.write(bytearray(numbered(100, 100))) == 200
    assert speaker.write(array.array("h", numbered(200, 100))) == 300
    bridge.run_until(lambda: speaker.played() == 300)
    bridge.run(0.06)
    assert spoken(listener.read()) == samples(numbered(0, 300))


def test_half_samples_are_refused(bridge: Any) -> None:
    port = bridge.port()
    with pytest.raises(ValueError, match="even number"):
        port.write(b"abc")
    with pytest.raises(TypeError):
        port.write("text")
    assert port.write(b"") == 0


def test_before_open_there_is_nothing_and_a_write_is_an_error(bridge: Any) -> None:
    port = bridge.pj.PcmPort()
    assert port.read() == b""
    assert (port.room(), port.flush(), port.pause(), port.frames()) == (0, 0, 0, 0)
    assert not port.paused()
    with pytest.raises(RuntimeError, match="not open"):
        port.write(b"\0\0")
    port.close()


def test_a_port_opens_once_and_takes_positive_numbers(bridge: Any) -> None:
    port = bridge.port()
    with pytest.raises(bridge.pj.Error):
        port.open(8000, 160)
    for numbers in ((0, 160), (8000, 0), (8000, 160, 0), (8000, 160, 100, -1)):
        with pytest.raises(bridge.pj.Error):
            bridge.pj.PcmPort().open(*numbers)
    port.close()
    with pytest.raises(bridge.pj.Error):
        port.open(8000, 160)


def test_a_port_of_another_rate_counts_its_own_samples(bridge: Any) -> None:
    speaker = bridge.port(16000, 320)
    listener = bridge.port()
    speaker.startTransmit(listener)
    loud = array.array("h", ([8000] * 16 + [-8000] * 16) * 100).tobytes()
    assert speaker.write(loud) == 3200
    bridge.run_until(lambda: speaker.played() == 3200)
    bridge.run(0.1)
    heard = samples(listener.read())
    audible = sum(abs(sample) > 100 for sample in heard)
    assert 1500 < audible < 1700, "3200 samples at 16 kHz are 1600 at 8 kHz"


def test_closing_twice_keeps_what_was_heard_and_leaves_the_bridge(bridge: Any) -> None:
    before = bridge.slots()
    speaker, listener = bridge.pair()
    speaker.write(numbered(0, 320))
    bridge.run_until(lambda: speaker.played() == 320)
    bridge.run(0.06)
    speaker.close()
    listener.close()
    listener.close()
    bridge.run_until(lambda: bridge.slots() == before)
    assert spoken(listener.read()) == samples(numbered(0, 320))
    assert speaker.write(numbered(0, 10)) == 330
    assert speaker.flush() == 320


def test_a_port_closed_before_the_bridge_took_it_in_leaves_nothing(bridge: Any) -> None:
    before = bridge.slots()
    for _ in range(500):
        port = bridge.port()
        port.startTransmit(port)
        port.close()
    bridge.run_until(lambda: bridge.slots() == before)


def test_a_port_may_be_collected_by_any_thread(bridge: Any) -> None:
    before = bridge.slots()
    ports = [bridge.pair() for _ in range(50)]
    bridge.run(0.1)

    def forget() -> None:
        ports.clear()
        gc.collect()

    collector = threading.Thread(target=forget)
    collector.start()
    bridge.run_until(lambda: not collector.is_alive())
    bridge.run_until(lambda: bridge.slots() == before)


def test_a_port_may_outlive_the_library_and_its_successor(bridge: Any) -> None:
    speaker, listener = bridge.pair()
    speaker.write(numbered(0, 320))
    bridge.run_until(lambda: speaker.played() == 320)
    bridge.endpoint.libDestroy()
    assert len(listener.read()) >= 320 * 2
    assert speaker.write(numbered(320, 100)) == 420
    speaker.close()
    bridge.endpoint = None
    gc.collect()
    bridge.start()
    survivor = bridge.port()
    listener.close()
    bridge.run_until(lambda: survivor.frames() >= 5)
