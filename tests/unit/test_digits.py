"""Which telephone events are a new press, told without packets."""

from types import SimpleNamespace

import pytest

from sipagent.config import DEMO_TRUNKS
from sipagent.sip.digits import REMEMBERED, Presses, how_they_come

NONE = 2**32 - 1  # what pjsua2 makes of PJMEDIA's -1


def news(*updates: tuple[str, int, int, bool]) -> str:
    """The keys of the updates that are new presses."""
    presses = Presses()
    return "".join(
        key
        for key, at_ms, duration_ms, ended in updates
        if presses.is_new(key, at_ms, duration_ms, ended=ended)
    )


def test_a_press_is_new_once() -> None:
    assert news(("1", 100, 20, False), ("1", 100, 40, False), ("1", 100, 60, True)) == "1"


def test_a_press_may_go_on_while_others_come() -> None:
    others = [(str(key), 200 + key, 60, True) for key in range(1, 9)]
    assert news(("0", 100, 20, False), *others, ("0", 100, 900, True)) == "012345678"
    assert len(others) < REMEMBERED


@pytest.mark.parametrize(
    ("began_ms", "digits"),
    [(8192, "5"), (8192 - 60, "5"), (8192 + 60, "5"), (8192 + 200, "55"), (4000, "55")],
)
def test_a_segment_that_joins_the_one_before_is_the_same_press(began_ms: int, digits: str) -> None:
    assert news(("5", 0, 8191, False), ("5", began_ms, 50, False)) == digits


def test_what_ended_does_not_go_on_nor_does_another_key_or_a_short_press() -> None:
    assert news(("5", 0, 8191, True), ("5", 8192, 50, False)) == "55"
    assert news(("5", 0, 8191, False), ("6", 8192, 50, False)) == "56"
    assert news(("5", 0, 60, False), ("5", 100, 60, True)) == "55"


def test_events_that_no_key_makes_are_no_press() -> None:
    assert news(("R", 0, 60, True), ("", 10, 60, True)) == ""


@pytest.mark.parametrize(
    ("received", "sent", "inband", "way"),
    [
        (101, 101, True, "rfc4733"),
        (96, 120, False, "rfc4733"),
        (NONE, NONE, True, "inband"),
        (101, NONE, True, "inband"),  # we offered events and the peer left them out
        (NONE, NONE, False, "info"),
    ],
)
def test_tones_are_listened_to_where_no_events_were_agreed_on(
    received: int, sent: int, inband: bool, way: str
) -> None:
    trunk = DEMO_TRUNKS[0].model_copy(update={"inband_digits": inband})
    stream = SimpleNamespace(audRxEventPt=received, audTxEventPt=sent)
    assert how_they_come(stream, trunk) == way
