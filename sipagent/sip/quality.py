"""How good a call's audio was, by the E-model (ITU-T G.107, as G.113 and RFC 3611 use it)."""

import math
from dataclasses import dataclass
from typing import Final

from sipagent.events import Event, MediaStopped, Quality

# Impairment of the codec itself and its robustness against loss (ITU-T G.113, appendix I), with
# concealment. G.722 and Opus are rated on the narrowband scale: as good as G.711, no better.
CODECS: Final = {"PCMU": (0.0, 25.1), "PCMA": (0.0, 25.1), "G722": (0.0, 20.0), "OPUS": (0.0, 20.0)}
BEST_R: Final = 93.2
PLAYOUT_MS: Final = 40.0  # packetisation and the jitter buffer's least
TELL_S: Final = 10  # seconds between two reports of a call's quality
LATE_MS: Final = 177.3  # one-way delay above which people talk over each other


@dataclass(frozen=True, slots=True)
class Counts:
    """What RTP and RTCP say of a stream so far."""

    received: int
    lost: int
    discarded: int
    jitter_ms: float
    round_trip_ms: float
    sent: int
    lost_by_peer: int


def rating(codec: str, loss_percent: float, delay_ms: float) -> float:
    """R, 0 to 93.2, of random loss and one-way delay."""
    impairment, robustness = CODECS.get(codec.upper(), (0.0, 10.0))
    lost = impairment + (95 - impairment) * loss_percent / (loss_percent + robustness)
    late = 0.024 * delay_ms + (0.11 * (delay_ms - LATE_MS) if delay_ms > LATE_MS else 0.0)
    return max(0.0, BEST_R - lost - late)


def opinion(r: float) -> float:
    """The mean opinion score of a rating, 1 to 4.5 (G.107 appendix I)."""
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def quality(codec: str, counts: Counts) -> Quality:
    """The event that tells it. A packet that came too late to be played is as good as lost."""
    expected = counts.received + counts.lost
    gone = min(expected, counts.lost + counts.discarded)
    loss_percent = 100 * gone / expected if expected else 0.0
    delay_ms = counts.round_trip_ms / 2 + PLAYOUT_MS + 2 * counts.jitter_ms
    return Quality(
        received=counts.received,
        lost=counts.lost,
        discarded=counts.discarded,
        jitter_ms=round(counts.jitter_ms, 1),
        round_trip_ms=round(counts.round_trip_ms, 1),
        sent=counts.sent,
        lost_by_peer=counts.lost_by_peer,
        mos=round(opinion(rating(codec, loss_percent, delay_ms)), 2),
    )


class Watch:
    """Over one call's stream: its quality at times, and that nothing comes any more.

    Owns no clock: it is asked once a second (D5).
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._looks = 0
        self._silent_s = 0
        self._received = 0
        self._latest: Quality | None = None

    def look(self, codec: str, counts: Counts, *, held: bool) -> tuple[Event, ...]:
        events: list[Event] = []
        self._looks += 1
        self._latest = quality(codec, counts)
        if self._looks % TELL_S == 0:
            events.append(self._latest)
        heard = counts.received != self._received
        self._received = counts.received
        self._silent_s = 0 if heard or held else self._silent_s + 1
        if self._timeout_s and self._silent_s == math.ceil(self._timeout_s):
            events.append(MediaStopped(silent_s=self._timeout_s))
        return tuple(events)

    def last(self) -> tuple[Event, ...]:
        """What is to be told at the end: the last figures, where there are any."""
        return (self._latest,) if self._latest is not None else ()
