"""The phone's side of a SIP leg: taps its RTP, and follows a REFER as a carrier would.

Callbacks run on the PJSIP thread. What is said on the leg is the caller's business.
"""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sipagent.events import Event
from sipagent.sip.leg import SipLeg
from sipagent.sip.sdp import with_codecs

if TYPE_CHECKING:
    from sipagent.sip.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Trying(Event):
    """The other side has answered the INVITE, if only with a 1xx. ``status`` is SIP's."""

    status: int


@dataclass(frozen=True, slots=True)
class ReferReceived(Event):
    """The other side asks us to call ``target``; ``leg`` is the new leg, none if declined."""

    target: str
    leg: "PhoneLeg | None"


class PhoneLeg(SipLeg):
    """A leg that this phone placed."""

    def __init__(self, endpoint: "Endpoint", call_id: str, *, follow: bool = True) -> None:
        super().__init__(endpoint, call_id)
        self.tap: Any = endpoint.pj.RtpTap()
        self.sip_call_id = ""
        self._follow = follow
        self._account: Any = None

    def prepare(self, account: Any) -> Any:
        self._account = account  # a leg that follows a REFER belongs to the same account
        return super().prepare(account)

    def sdp_created(self, prm: Any) -> None:
        """Tones in the audio are for a peer without telephone events: so we offer none."""
        super().sdp_created(prm)
        trunk = self._account.trunk
        if trunk.send_digits == "inband":
            sdp, codecs = prm.sdp.wholeSdp, trunk.codecs
            prm.sdp.wholeSdp = with_codecs(sdp, codecs, trunk.ptime_ms, events=False)

    def media_transport_created(self, prm: Any) -> None:
        prm.mediaTp = self.tap.attach(prm.mediaTp)

    def state_changed(self) -> None:
        if not self.sip_call_id and self._call is not None:
            self.sip_call_id = self._call.getInfo().callIdString
        super().state_changed()

    def transaction_changed(self, prm: Any) -> None:
        super().transaction_changed(prm)
        transaction = prm.e.body.tsxState.tsx
        received = prm.e.body.tsxState.type == self._pj.PJSIP_EVENT_RX_MSG
        if received and transaction.method == "INVITE":
            self.emit(Trying(status=transaction.statusCode))

    def transfer_requested(self, prm: Any) -> None:
        """202 and a new INVITE with the headers of Refer-To, whose fate PJSIP notifies."""
        leg: PhoneLeg | None = None
        if self._follow:
            leg = PhoneLeg(self._endpoint, uuid.uuid4().hex)
            prm.newCall = leg.prepare(self._account)
            self._endpoint.legs[leg.call_id] = leg
        else:
            prm.statusCode = self._pj.PJSIP_SC_DECLINE
        self.emit(ReferReceived(target=prm.dstUri, leg=leg))
