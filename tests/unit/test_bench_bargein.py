"""What the bench makes of the agent's pauses, and of the packets around them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.bench.bargein import _rows, _some
from tests.bench.bargein_sim import Decided, stood
from tests.bench.bargein_wire import judged
from tests.bench.clipset import Labelled, Stretch
from tests.bench.wire import MS, Packet, Wire

BEGAN_MS = 1_790_000_000_000


def _clip(kind: str, number: int = 0) -> Labelled:
    expect = "stop" if kind == "interruption" else "resume"
    label = {"expect": expect, "text": "", "duration_ms": 2000}
    return Labelled(Path(f"{kind}/{number:04}.wav"), kind, (Stretch(500, 900, ""),), label)


def _decided(kind: str, *, stopped: bool, paused: bool = True) -> Decided:
    return Decided(_clip(kind), stopped, 60.0 if paused else None, (), 600.0, False, "")


def test_a_pause_that_was_followed_by_going_on_has_lasted_that_long() -> None:
    assert list(stood([100, 900], [700])) == [600]
    assert list(stood([100, 900], [700, 1300])) == [600, 400]
    assert list(stood([100], [])) == []


def test_only_an_interruption_may_stop_the_agent() -> None:
    assert _decided("interruption", stopped=True).right
    assert not _decided("interruption", stopped=False).right
    assert _decided("cough", stopped=False).right
    assert not _decided("cough", stopped=True).right


def test_false_stops_and_missed_interruptions_are_shares_of_their_classes() -> None:
    found = [
        _decided("cough", stopped=True),
        _decided("cough", stopped=False, paused=False),
        _decided("noise", stopped=False),
        _decided("noise", stopped=False),
        _decided("interruption", stopped=False),
        _decided("interruption", stopped=True),
    ]
    rows = {row.what: row for row in _rows(found, [])}
    assert rows["cough (2): false stops"].measured == 50
    assert rows["cough (2): false stops"].plain == 50  # what paused at all
    assert rows["noise (2): false stops"].within == "yes"
    assert rows["all of these (4): false stops"].measured == 25
    assert rows["interruption (2): missed"].measured == 50
    assert rows["interruption (2): missed"].within == "no"


def test_the_clips_that_are_called_in_lie_evenly_over_each_class() -> None:
    clips = [_clip(kind, number) for kind in ("cough", "echo") for number in range(6)]
    assert [clip.name for clip in _some(clips, 2)] == [
        *("cough/0000", "cough/0003", "echo/0000", "echo/0003")
    ]
    assert len(_some(clips, 99)) == 12


def _wall(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


def _wire(silent_ms: tuple[int, int]) -> Wire:
    """The caller sounds from 500 ms on; the agent does but in between."""
    first, last = silent_ms
    return Wire(
        [Packet((BEGAN_MS + at) * MS, -20.0 if at >= 500 else -90.0) for at in range(0, 3000, 20)],
        [
            Packet((BEGAN_MS + at) * MS, -90.0 if first <= at < last else -20.0)
            for at in range(0, 3000, 20)
        ],
    )


def _record(*kinds: str) -> list[dict[str, str]]:
    return [{"event": kind, "wall": _wall(BEGAN_MS + 590)} for kind in kinds]


def test_an_interruption_over_rtp_is_timed_to_the_agents_last_packet() -> None:
    found = judged(
        _clip("interruption"),
        _wire((600, 3000)),
        _record("PlayoutPaused", "Interrupted"),
        BEGAN_MS * MS,
    )
    assert found.right
    assert found.silent_ms == 80
    assert found.decided_ms == pytest.approx(-10, abs=0.01)
    assert found.stood_ms == ()


def test_an_agent_that_goes_on_has_stood_still_as_long_as_its_packets_were_silent() -> None:
    found = judged(
        _clip("backchannel"), _wire((600, 1400)), _record("PlayoutPaused"), BEGAN_MS * MS
    )
    assert found.right
    assert found.silent_ms is None
    (stood_ms,) = found.stood_ms
    assert stood_ms == pytest.approx(800)


def test_an_agent_that_never_paused_has_no_times() -> None:
    found = judged(_clip("cough"), _wire((0, 0)), [], BEGAN_MS * MS)
    assert found.right
    assert (found.silent_ms, found.decided_ms, found.stood_ms) == (None, None, ())
