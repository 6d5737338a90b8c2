"""The E-model against values of the recommendation, and when a stream is told of."""

from types import SimpleNamespace

import pytest

from sipagent.events import MediaStopped, Quality
from sipagent.sip.quality import TELL_S, Counts, Watch, opinion, quality, rating
from sipagent.sip.quality import counts as counts_of
from tests.peers import emodel


def counts(received: int, lost: int = 0, **others: float) -> Counts:
    values = {"discarded": 0, "jitter_ms": 0.0, "round_trip_ms": 0.0, "sent": 0, "lost_by_peer": 0}
    return Counts(received=received, lost=lost, **{**values, **others})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("r", "score"), [(93.2, 4.41), (90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)]
)
def test_the_opinion_of_a_rating_is_that_of_the_recommendation(r: float, score: float) -> None:
    """ITU-T G.107, table B.1."""
    assert opinion(r) == pytest.approx(score, abs=0.01)


def test_loss_and_delay_cost_what_the_recommendations_say() -> None:
    assert rating("PCMU", 0, 0) == 93.2
    assert rating("PCMU", 0, 100) == pytest.approx(93.2 - 2.4)
    assert rating("PCMU", 0, 400) == pytest.approx(93.2 - 9.6 - 24.5, abs=0.1)
    assert rating("PCMA", 25.1, 0) == pytest.approx(93.2 - 95 / 2)  # G.113: half is left at Bpl
    assert rating("unheard-of", 1, 0) < rating("PCMU", 1, 0)


@pytest.mark.parametrize("loss", [0.0, 1.0, 3.0, 5.0, 10.0])
@pytest.mark.parametrize("burst_ratio", [1.0, 3.0])
def test_the_short_form_is_the_recommendation_in_full(loss: float, burst_ratio: float) -> None:
    """G.107 with its default parameters, to 300 ms one way; G.113's G.711 with concealment."""
    for delay_ms in range(0, 301, 20):
        whole = emodel.transmission_rating(delay_ms, emodel.equipment(loss, 0.0, 25.1, burst_ratio))
        assert rating("PCMU", loss, delay_ms, burst_ratio) == pytest.approx(whole, abs=1.0)
        assert opinion(whole) == pytest.approx(emodel.opinion(whole), abs=0.001)


def test_losses_in_a_row_cost_more_than_single_ones() -> None:
    single = quality("PCMU", counts(97, 3)).mos
    in_a_row = quality("PCMU", counts(97, 3, burst=3.0)).mos
    assert single is not None
    assert in_a_row is not None
    assert in_a_row < single


def test_an_opinion_never_leaves_its_scale() -> None:
    scores = [
        opinion(rating("PCMU", loss, delay_ms))
        for loss in range(0, 101, 5)
        for delay_ms in range(0, 3000, 100)
    ]
    assert 1.0 <= min(scores) <= max(scores) <= 4.5


def test_what_came_too_late_counts_as_lost() -> None:
    assert quality("PCMU", counts(90, 10)).mos == quality("PCMU", counts(100, 0, discarded=10)).mos


def test_of_a_call_without_any_rtp_there_is_no_opinion() -> None:
    assert quality("PCMU", counts(0, sent=500)).mos is None


def test_quality_is_told_at_times_and_at_the_end() -> None:
    watch = Watch(30)
    assert watch.last() == ()
    told = [watch.look("PCMU", counts(50 * (n + 1)), held=False) for n in range(2 * TELL_S + 1)]
    assert [len(events) for events in told].count(1) == 2
    (end,) = watch.last()
    assert isinstance(end, Quality)
    assert end.received == 50 * (2 * TELL_S + 1)


def test_a_stream_that_stops_is_told_once_and_not_while_held() -> None:
    watch = Watch(3)
    stopped = []
    for received, held in [(50, False), (50, True)] + [(50, False)] * 5 + [(60, False)]:
        events = watch.look("PCMU", counts(received), held=held)
        stopped.append(any(isinstance(event, MediaStopped) for event in events))
    assert stopped == [False] * 4 + [True] + [False] * 3


def test_reports_alone_are_a_sign_of_life() -> None:
    """A peer that suppresses silence sends no RTP in it."""
    watch = Watch(3)
    looks = [watch.look("PCMU", counts(50, reports=second // 2), held=False) for second in range(9)]
    assert not any(isinstance(event, MediaStopped) for events in looks for event in events)


def test_a_stream_that_begins_again_does_not_begin_the_call_again() -> None:
    """After hold PJSIP has a new stream, whose figures begin at nothing."""
    watch = Watch(30)
    for stream in (counts(100, 4, jitter_ms=8.0), counts(10), counts(300, 2, jitter_ms=4.0)):
        watch.look("PCMU", stream, held=False)
    (told,) = watch.last()
    assert isinstance(told, Quality)
    assert (told.received, told.lost, told.jitter_ms) == (400, 6, 5.0)


def test_what_the_buffer_refused_is_late_unless_it_came_twice() -> None:
    """Ten frames of 10 ms are five packets; two of them were duplicates."""
    times = SimpleNamespace(mean=21_500)
    stream = SimpleNamespace(
        audCodecParam=SimpleNamespace(
            info=SimpleNamespace(frameLen=10), setting=SimpleNamespace(frmPerPkt=2)
        )
    )
    received = SimpleNamespace(pkt=102, loss=4, dup=2, jitterUsec=times, lossPeriodUsec=times)
    sent = SimpleNamespace(pkt=99, loss=1, updateCount=3)
    rtcp = SimpleNamespace(rxStat=received, txStat=sent, rttUsec=times)
    statistics = SimpleNamespace(rtcp=rtcp, jbuf=SimpleNamespace(discard=10))
    assert counts_of(stream, statistics) == Counts(
        received=102,
        lost=4,
        discarded=3,
        jitter_ms=21.5,
        round_trip_ms=21.5,
        sent=99,
        lost_by_peer=1,
        burst=1.075,
        reports=3,
    )


def test_a_timeout_of_nothing_never_ends_a_call() -> None:
    watch = Watch(0)
    assert not any(watch.look("PCMU", counts(0), held=False) for _ in range(TELL_S - 1))
