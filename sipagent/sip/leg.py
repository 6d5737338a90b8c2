"""One SIP leg: commands towards PJSIP, and PJSIP's callbacks as events.

A leg owns its pjsua2 ``Call`` until the DISCONNECTED callback and drops it there: collected
earlier it would answer 603, collected later it would hang up whichever call has its id then.
Methods without ``async`` run on the PJSIP thread; the others on the loop.
"""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import structlog

from sipagent.config import Trunk
from sipagent.dtmf import keys, sound
from sipagent.errors import LegFailed, LegGone
from sipagent.events import (
    Answered,
    DigitPressed,
    Event,
    Held,
    HungUp,
    ReferAnswered,
    ReferNotified,
    Retrieved,
)
from sipagent.ports import PcmPort
from sipagent.sip import message
from sipagent.sip.callbacks import call_class
from sipagent.sip.digits import ENDED, Presses, how_they_come, send_info
from sipagent.sip.quality import Watch, counts
from sipagent.sip.sdp import offers, with_codecs
from sipagent.sip.uri import refer_to

log = structlog.get_logger(__name__)

if TYPE_CHECKING:
    from sipagent.sip.endpoint import Endpoint

RX_MS: Final = 2000  # how long the tick may stall before the caller's words are lost
TX_MS: Final = 60000
PTIME_MS: Final = 20
INFO_S: Final = 0.2  # between two keys by INFO, as a finger would


class SipLeg:
    """A leg that PJSIP created; implements the port ``Leg``."""

    def __init__(self, endpoint: "Endpoint", call_id: str) -> None:
        self.call_id = call_id
        self.sip_call_id = ""
        self._endpoint = endpoint
        self._pj = endpoint.pj
        self._call: Any = None
        self._port: Any = None
        self._sink: Callable[[Event], None] = _nobody_listens
        self._ended_by_us = False
        self._confirmed = False
        self._announced = False
        self._held = False
        self._audio_index = 0
        self._refers: list[int | None] = []  # each REFER's CSeq, once it is on its way
        self._presses = Presses()
        self._trunk: Trunk | None = None
        self._redirection: tuple[int, str] | None = None  # PJSIP itself makes it a 487
        self._crossed = False  # our re-INVITE or UPDATE met one of the peer's
        self._watch = Watch(endpoint.sip.media_timeout_s)

    @classmethod
    def ringing(
        cls, endpoint: "Endpoint", account: Any, pjsua_id: int, sip_call_id: str
    ) -> "SipLeg":
        """The leg of an INVITE that just arrived."""
        leg = cls(endpoint, uuid.uuid4().hex)
        leg.sip_call_id = sip_call_id
        leg._trunk = account.trunk
        leg._call = call_class(endpoint.pj)(leg, account, pjsua_id)
        return leg

    # ------------------------------------------------------------ from the loop

    @property
    def port(self) -> PcmPort:
        if self._port is None:
            raise LegGone(f"leg {self.call_id} has no audio")
        port: PcmPort = self._port
        return port

    def subscribe(self, sink: Callable[[Event], None]) -> None:
        self._sink = sink

    async def answer(self) -> None:
        await self._command(lambda: self.answer_now(200))

    async def refuse(self, status: int, retry_after_s: int | None = None) -> None:
        await self._command(lambda: self.answer_now(status, retry_after_s))

    async def hang_up(self) -> None:
        """BYE, CANCEL or a refusal, as the state wants; a leg that is gone is left alone."""
        with suppress(LegGone):
            await self._command(self.hang_up_now)

    async def refer(self, target: str, headers: Mapping[str, str]) -> int:
        destination = refer_to(target, headers)
        if self._trunk is not None and self._trunk.transfers == "none":
            raise LegFailed(f"trunk {self._trunk.name} transfers nobody")
        await self._command(lambda: self._refer(destination))
        return len(self._refers)

    async def send_digits(self, digits: str) -> None:
        """Key 0-9, *, # and A-D as the trunk wants them. Raises ``NoSuchKey``."""
        keyed = keys(digits)
        match self._trunk.send_digits if self._trunk is not None else "rfc4733":
            case "inband":
                self.port.write(sound(keyed, self._endpoint.media.clock_hz))
            case "info":
                for key in keyed:
                    await self._command(partial(self._inform, key))
                    await asyncio.sleep(INFO_S)
            case "rfc4733":
                await self._command(lambda: self._alive().dialDtmf(keyed))

    async def _command(self, command: Callable[[], object]) -> None:
        """A CANCEL or BYE may win any race: then PJSIP raises, and the leg is simply gone."""

        def guarded() -> None:
            try:
                command()
            except self._pj.Error as error:
                alive = self._call is not None and self._call.isActive()
                kind = LegFailed if alive else LegGone
                raise kind(f"leg {self.call_id}: {error.reason}") from None

        await self._endpoint.run(guarded)

    # ---------------------------------------------------- on the PJSIP thread

    def _alive(self) -> Any:
        if self._call is None:
            raise LegGone(f"leg {self.call_id} has ended")
        return self._call

    def _options(self) -> Any:
        """Audio alone. With T.140 left on, each hang-up would stall the thread 100 ms."""
        options = self._pj.CallOpParam(True)
        options.opt.audioCount = 1
        options.opt.videoCount = 0
        options.opt.textCount = 0
        return options

    def prepare(self, account: Any) -> Any:
        """The pjsua2 call of a leg that has none yet; PJSIP or ``dial`` sends its INVITE."""
        self._trunk = account.trunk
        self._call = call_class(self._pj)(self, account, self._pj.PJSUA_INVALID_ID)
        return self._call

    def dial(self, account: Any, target: str) -> None:
        call = self.prepare(account)
        # In To, a bare URI's parameters would be the header's (RFC 3261 20.10).
        call.makeCall(target if "<" in target else f"<{target}>", self._options())
        self.sip_call_id = call.getInfo().callIdString

    def answer_now(self, status: int, retry_after_s: int | None = None) -> None:
        options = self._options()
        options.statusCode = status
        if retry_after_s is not None:
            header = self._pj.SipHeader()
            header.hName, header.hValue = "Retry-After", str(retry_after_s)
            options.txOption.headers.append(header)
        self._ended_by_us = status >= 300
        self._alive().answer(options)

    def _refer(self, destination: str) -> None:
        self._refers.append(None)
        try:
            self._alive().xfer(destination, self._pj.CallOpParam(True))
        except Exception:
            self._refers.pop()
            raise

    def _inform(self, key: str) -> None:
        send_info(self._pj, self._alive(), key)

    def hang_up_now(self) -> None:
        self._ended_by_us = True
        if self._call is not None:
            self._call.hangup(self._pj.CallOpParam(True))

    def watch(self) -> None:
        """Look at the stream, about once a second; tell what is worth telling.

        While the call lives: PJSIP forgets the figures when it ends.
        """
        if self._call is None or not self._announced:
            return
        if self._crossed:
            with suppress(self._pj.Error):  # one of the peer's is still open
                self._call.reinvite(self._options())
                self._crossed = False
        try:
            stream = self._call.getStreamInfo(self._audio_index)
            figures = counts(stream, self._call.getStreamStat(self._audio_index))
        except self._pj.Error:
            return  # held, or between two streams
        for event in self._watch.look(stream.codecName, figures, held=self._held):
            self.emit(event)

    def forget(self) -> None:
        """Let go of everything native; the library is about to end."""
        if self._port is not None:
            self._port.close()
        self._call = None

    def emit(self, event: Event) -> None:
        self._endpoint.post(self._deliver, event)

    def _deliver(self, event: Event) -> None:
        self._sink(event)
        if isinstance(event, HungUp):
            self._sink = _nobody_listens  # the last event: let go of the call

    # ---------------------------------------------------------- PJSIP's callbacks

    def state_changed(self) -> None:
        info = self._call.getInfo()
        if info.state == self._pj.PJSIP_INV_STATE_CONFIRMED:
            self._confirmed = True
            self._answered()
        elif info.state == self._pj.PJSIP_INV_STATE_DISCONNECTED:
            for event in self._watch.last():
                self.emit(event)
            self.forget()
            self._endpoint.legs.pop(self.call_id, None)
            self.emit(self._hung_up(info))

    def _hung_up(self, info: Any) -> HungUp:
        """Who ended it: where the peer did not answer in time, or sent no ACK, PJSIP did."""
        status, reason = self._redirection or (info.lastStatusCode, info.lastReason)
        late = status == self._pj.PJSIP_SC_REQUEST_TIMEOUT
        if late and info.role == self._pj.PJSIP_ROLE_UAS and not self._confirmed:
            reason = "no ACK"
        return HungUp("us" if self._ended_by_us or late else "peer", status, reason)

    def _answered(self) -> None:
        """ACK and audio come in either order; a leg is answered when it has both."""
        if self._confirmed and self._port is not None and not self._announced:
            self._announced = True
            self.emit(self._stream())
            if self._held:
                self.emit(Held())

    def _stream(self) -> Answered:
        """What was agreed on; empty where the offer was inactive and no stream runs."""
        try:
            stream = self._call.getStreamInfo(self._audio_index)
        except self._pj.Error:
            return Answered(codec="", remote="", digits="")
        digits = how_they_come(stream, self._trunk)
        return Answered(stream.codecName, stream.remoteRtpAddress, digits)

    def _open_port(self) -> None:
        if self._port is None:
            self._port = self._pj.PcmPort()
            clock_hz = self._endpoint.media.clock_hz
            self._port.open(clock_hz, clock_hz * PTIME_MS // 1000, RX_MS, TX_MS)

    def media_changed(self) -> None:
        """Reconnect: the bridge slot is a new one after every change of direction.

        On hold nothing is connected, so that no word counts as played that nobody could hear.
        """
        info = self._call.getInfo()  # kept: SWIG's items point into it
        audio = [item for item in info.media if item.type == self._pj.PJMEDIA_TYPE_AUDIO]
        if not audio:
            return
        media = audio[0]
        self._audio_index = media.index
        sending = bool(media.dir & self._pj.PJMEDIA_DIR_ENCODING)
        if media.status == self._pj.PJSUA_CALL_MEDIA_ACTIVE and sending:
            self._open_port()
            try:
                bridge = self._call.getAudioMedia(media.index)
            except self._pj.Error:  # agreed on, and no stream was made of it, or not yet
                log.info("no usable audio", call_id=self.call_id)
                if media.index == 0:  # behind other media, its stream may come with the next event
                    self.hang_up_now()
                return
            bridge.startTransmit(self._port)
            self._port.startTransmit(bridge)
            if self._held:
                self.emit(Retrieved())
            self._held = False
        elif media.status != self._pj.PJSUA_CALL_MEDIA_NONE:
            self._open_port()
            if self._announced and not self._held:
                self.emit(Held())
            self._held = True
        self._answered()

    def digit_received(self, prm: Any) -> None:
        ended = bool(prm.flags & ENDED)
        if self._presses.is_new(prm.digit, prm.timestamp, prm.duration, ended=ended):
            self.emit(DigitPressed(digit=prm.digit))

    def transaction_changed(self, prm: Any) -> None:
        """REFER and its NOTIFYs, read from the messages themselves.

        pjsua2's own report skips a NOTIFY without a body, makes one up for the 202, and does
        not say which REFER it is about.
        """
        change = prm.e.body.tsxState
        transaction = change.tsx
        if transaction.method == "REFER" and transaction.role == self._pj.PJSIP_ROLE_UAC:
            self._refer_changed(change, transaction)
        elif transaction.method in ("INVITE", "UPDATE"):
            self._offer_changed(transaction)
        elif transaction.method == "NOTIFY" and transaction.role == self._pj.PJSIP_ROLE_UAS:
            text = change.src.rdata.wholeMsg
            if text.startswith("NOTIFY"):
                self._notified(text)

    def _offer_changed(self, transaction: Any) -> None:
        """A session refresh that was answered 491 is PJSIP's last: the call would end with it."""
        if transaction.role == self._pj.PJSIP_ROLE_UAS:
            self._crossed &= transaction.statusCode != 200  # the peer's refreshes as well
        elif transaction.state == self._pj.PJSIP_TSX_STATE_COMPLETED:
            self._crossed = self._confirmed and transaction.statusCode == 491

    def _refer_changed(self, change: Any, transaction: Any) -> None:
        calling = transaction.state == self._pj.PJSIP_TSX_STATE_CALLING
        if calling and self._refers and self._refers[-1] is None:
            self._refers[-1] = message.cseq(message.parse(change.src.tdata.wholeMsg))
        final = transaction.state >= self._pj.PJSIP_TSX_STATE_COMPLETED
        if final and change.prevState < self._pj.PJSIP_TSX_STATE_COMPLETED:
            status, reason = transaction.statusCode, transaction.statusText
            self.emit(ReferAnswered(refer=len(self._refers), status=status, reason=reason))

    def _notified(self, text: str) -> None:
        """A NOTIFY that names no REFER is about the latest (RFC 3515 section 2.4.6)."""
        request = message.parse(text)
        state = request.header("subscription-state").lower()
        status, reason = message.sipfrag(text.partition("\r\n\r\n")[2])
        named = message.refer_id(request)
        known = named is not None and named in self._refers
        refer = self._refers.index(named) + 1 if known else len(self._refers)
        final = state.startswith("terminated")
        self.emit(ReferNotified(refer=refer, status=status, reason=reason or state, final=final))

    def transfer_progressed(self, prm: Any) -> None:
        """Keep PJSIP's subscription: its reports are read in ``transaction_changed``."""
        prm.cont = True

    def sdp_created(self, prm: Any) -> None:
        """PJSUA offers or answers what the whole endpoint can; the trunk may want less."""
        if self._trunk is not None:
            codecs, ptime_ms = self._trunk.codecs, self._trunk.ptime_ms
            prm.sdp.wholeSdp = with_codecs(prm.sdp.wholeSdp, codecs, ptime_ms)

    def reinvited(self, prm: Any) -> None:
        """488 to an offer without a codec of ours (RFC 3261 14.2), where PJSIP would say 500."""
        if self._trunk is not None and not offers(prm.offer.wholeSdp, self._trunk.codecs):
            prm.statusCode = self._pj.PJSIP_SC_NOT_ACCEPTABLE_HERE

    def redirected(self, prm: Any) -> None:
        transaction = prm.e.body.tsxState.tsx
        self._redirection = transaction.statusCode, transaction.statusText

    def media_transport_created(self, prm: Any) -> None:
        """PJSIP is about to use ``prm.mediaTp``; the test phone puts its tap before it."""

    def transfer_requested(self, prm: Any) -> None:
        """Our peer asks us to call somebody else; the test phone does, the agent declines."""
        prm.statusCode = self._pj.PJSIP_SC_DECLINE


def _nobody_listens(event: Event) -> None:
    """The sink of a leg whose events nobody wants yet, or any more."""
