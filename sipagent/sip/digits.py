"""Digits on a leg: which telephone events are a press, how the peer's come, and ours by INFO."""

from collections import deque
from typing import Any, Final

from sipagent.config import Trunk
from sipagent.dtmf import KEYS

ENDED: Final = 2  # PJMEDIA_STREAM_DTMF_IS_END, which pjsua2 does not name
REMEMBERED: Final = 16  # presses whose packets may still come
SEGMENT_MS: Final = 1300  # the longest that 16 bits can say of the fastest clock, 48 kHz
JOINED_MS: Final = 100  # PJSIP rounds times to 32 ms, and a segment's last update may be lost


class Presses:
    """Tells the presses of one call's keys (RFC 4733). Owns no clock.

    One press is one RTP timestamp, whatever the marker says and however often its end is repeated
    (section 2.5.1.4), also where the packets of the next press come between its own. A press too
    long for its duration goes on under the timestamp where that ran out (section 2.5.1.3).
    """

    def __init__(self) -> None:
        self._known: deque[tuple[str, int]] = deque(maxlen=REMEMBERED)
        self._last = ("", 0, 0, True)  # key, where it began and how long it was in ms, its end

    def is_new(self, key: str, at_ms: int, duration_ms: int, *, ended: bool) -> bool:
        """Take an update of an event; whether it is the first of a press of a key."""
        if key not in KEYS:  # a hook flash, or another event that no key makes
            return False
        press = (key, at_ms)
        first = press not in self._known
        if first:
            self._known.append(press)
        goes_on = first and self._goes_on(key, at_ms)
        self._last = (key, at_ms, duration_ms, ended)
        return first and not goes_on

    def _goes_on(self, key: str, at_ms: int) -> bool:
        last, began_ms, duration_ms, ended = self._last
        joined = abs(at_ms - began_ms - duration_ms) <= JOINED_MS
        return key == last and not ended and duration_ms >= SEGMENT_MS and joined


def how_they_come(stream: Any, trunk: Trunk | None) -> str:
    """How the peer of a pjsua2 ``StreamInfo`` sends digits: "rfc4733", "inband" or "info".

    A peer that agreed on telephone events may send the tones beside them (RFC 4733 section 2.5.1.1
    leaves it a choice), and a digit heard twice would count twice: so tones are listened to only
    where the SDP has no events.
    """
    payload_types = (stream.audRxEventPt, stream.audTxEventPt)
    if all(0 < number < 128 for number in payload_types):
        return "rfc4733"
    return "inband" if trunk is not None and trunk.inband_digits else "info"


def send_info(pj: Any, call: Any, key: str) -> None:
    """Send one key by INFO, as ``application/dtmf-relay``, on a pjsua2 ``Call``."""
    parameters = pj.CallSendDtmfParam()
    parameters.method, parameters.digits = pj.PJSUA_DTMF_METHOD_SIP_INFO, key
    call.sendDtmf(parameters)
