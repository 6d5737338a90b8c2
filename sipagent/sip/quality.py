"""How good a call's audio was, by the E-model (ITU-T G.107, as G.113 and RFC 3611 use it)."""

import math
from dataclasses import dataclass
from typing import Any, Final

from sipagent.events import Event, MediaStopped, Quality

# Impairment by the codec itself, and its robustness against loss with concealment: for G.711,
# ITU-T G.113 appendix I (0, and 25.1 with concealment; 4.3 without). It has no narrowband value
# for G.722 and Opus: as good as G.711 without loss, and, assumed, a little less robust.
CODECS: Final = {"PCMU": (0.0, 25.1), "PCMA": (0.0, 25.1), "G722": (0.0, 20.0), "OPUS": (0.0, 20.0)}
BEST_R: Final = 93.2
PLAYOUT_MS: Final = 40.0  # packetisation and the jitter buffer's least
TELL_S: Final = 10  # seconds between two reports of a call's quality
LATE_MS: Final = 177.3  # one-way delay above which people talk over each other


@dataclass(frozen=True, slots=True)
class Counts:
    """What RTP and RTCP say of a stream so far; times are means over it, as loss is."""

    received: int
    lost: int
    discarded: int  # came, and too late to be played
    jitter_ms: float
    round_trip_ms: float
    sent: int
    lost_by_peer: int
    burst: float = 1.0  # packets lost in a row, in the mean
    reports: int = 0  # of the peer, by RTCP

    def after(self, earlier: "Counts") -> "Counts":
        """Both streams of one call as one; a call has a new one after each hold."""
        packets = self.received + earlier.received
        share = self.received / packets if packets else 1.0
        lost = self.lost / (self.lost + earlier.lost) if self.lost + earlier.lost else 1.0
        return Counts(
            received=packets,
            lost=self.lost + earlier.lost,
            discarded=self.discarded + earlier.discarded,
            jitter_ms=share * self.jitter_ms + (1 - share) * earlier.jitter_ms,
            round_trip_ms=self.round_trip_ms or earlier.round_trip_ms,
            sent=self.sent + earlier.sent,
            lost_by_peer=self.lost_by_peer + earlier.lost_by_peer,
            burst=lost * self.burst + (1 - lost) * earlier.burst,
            reports=self.reports + earlier.reports,
        )


def counts(stream: Any, statistics: Any) -> Counts:
    """PJSIP's figures (pjsua2's ``StreamInfo`` and ``StreamStat``), whose times are in us.

    Its jitter buffer counts frames of the codec, not packets, and refuses a duplicate as it
    refuses what comes too late. A packet of the peer is taken to be as long as ours.
    """
    rtcp, received, sent = statistics.rtcp, statistics.rtcp.rxStat, statistics.rtcp.txStat
    codec = stream.audCodecParam
    ptime_ms = max(1, codec.info.frameLen * codec.setting.frmPerPkt)
    refused = statistics.jbuf.discard // max(1, codec.setting.frmPerPkt)
    burst_ms = received.lossPeriodUsec.mean / 1000
    return Counts(
        received=received.pkt,
        lost=received.loss,
        discarded=max(0, refused - received.dup),
        jitter_ms=received.jitterUsec.mean / 1000,
        round_trip_ms=rtcp.rttUsec.mean / 1000,
        sent=sent.pkt,
        lost_by_peer=sent.loss,
        burst=max(1.0, burst_ms / ptime_ms),
        reports=sent.updateCount,
    )


def rating(codec: str, loss_percent: float, delay_ms: float, burst_ratio: float = 1.0) -> float:
    """R, 0 to 93.2, of loss and one-way delay (G.107; the delay's part by Cole and Rosenbluth).

    ``burst_ratio`` is how much longer the losses in a row are than chance would make them.
    """
    impairment, robustness = CODECS.get(codec.upper(), (0.0, 10.0))
    lost = (95 - impairment) * loss_percent / (loss_percent / burst_ratio + robustness)
    late = 0.024 * delay_ms + (0.11 * (delay_ms - LATE_MS) if delay_ms > LATE_MS else 0.0)
    return max(0.0, BEST_R - impairment - lost - late)


def opinion(r: float) -> float:
    """The mean opinion score of a rating, 1 to 4.5 (G.107 appendix I)."""
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def quality(codec: str, counts: Counts) -> Quality:
    """The event that tells it. A packet that came too late to be played is as good as lost; of
    nothing there is no opinion.

    Chance alone makes losses in a row 1 / (1 - loss) packets long.
    """
    expected = counts.received + counts.lost
    gone = min(expected, counts.lost + counts.discarded)
    loss_percent = 100 * gone / expected if expected else 0.0
    burst_ratio = max(1.0, counts.burst * (1 - loss_percent / 100))
    delay_ms = counts.round_trip_ms / 2 + PLAYOUT_MS + 2 * counts.jitter_ms
    r = rating(codec, loss_percent, delay_ms, burst_ratio)
    return Quality(
        received=counts.received,
        lost=counts.lost,
        discarded=counts.discarded,
        jitter_ms=round(counts.jitter_ms, 1),
        round_trip_ms=round(counts.round_trip_ms, 1),
        sent=counts.sent,
        lost_by_peer=counts.lost_by_peer,
        burst=round(counts.burst, 2),
        mos=round(opinion(r), 2) if counts.received else None,
    )


class Watch:
    """Over one call's stream: its quality at times, and that nothing comes any more.

    A peer that suppresses silence sends no RTP in it and is there all the same: its RTCP tells.
    Owns no clock: it is asked once a second (D5).
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._looks = 0
        self._silent_s = 0
        self._earlier: Counts | None = None  # the streams before this one
        self._stream: Counts | None = None
        self._latest: Quality | None = None

    def look(self, codec: str, counts: Counts, *, held: bool) -> tuple[Event, ...]:
        events: list[Event] = []
        self._looks += 1
        heard = self._take(counts)
        whole = counts if self._earlier is None else counts.after(self._earlier)
        self._latest = quality(codec, whole)
        if self._looks % TELL_S == 0:
            events.append(self._latest)
        self._silent_s = 0 if heard or held else self._silent_s + 1
        if self._timeout_s and self._silent_s == math.ceil(self._timeout_s):
            events.append(MediaStopped(silent_s=self._timeout_s))
        return tuple(events)

    def _take(self, counts: Counts) -> bool:
        """Keep the figures; whether anything came since the last ones."""
        before, self._stream = self._stream, counts
        if before is None:
            return counts.received > 0
        if counts.received < before.received:
            self._earlier = before if self._earlier is None else before.after(self._earlier)
        return (counts.received, counts.reports) != (before.received, before.reports)

    def last(self) -> tuple[Event, ...]:
        """What is to be told at the end: the last figures, where there are any."""
        return (self._latest,) if self._latest is not None else ()
