"""PJSIP and the one thread that owns it (D3).

Every pjsua2 call runs on that thread, through ``run``; every callback becomes one event
posted to the asyncio loop. Knows nothing of tenants or conversations.
"""

import asyncio
import collections
import gc
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import structlog

from sipagent.config import HEADROOM_CALLS, MediaSettings, SipSettings, Trunk
from sipagent.errors import NodeBusy, NodeDraining, NotFromTrunk, PortTaken, Refusal, StartError
from sipagent.events import Ringing
from sipagent.sip import message
from sipagent.sip.leg import SipLeg
from sipagent.sip.native import pjsua2
from sipagent.sip.trunks import trunk_of

log = structlog.get_logger(__name__)

T = TypeVar("T")

POLL_MS: Final = 5  # how long a command may wait for the poll to return
PTIME_MS: Final = 20
RETRY_AFTER_S: Final = 5
ADDRESS_IN_USE: Final = 120098  # PJ_STATUS_FROM_OS(EADDRINUSE)

OnInvite = Callable[[SipLeg, Ringing, tuple[str, ...]], None]


class Endpoint:
    """A SIP user agent on one UDP port.

    ``on_invite(leg, ringing, dialled)`` is called on the loop for each INVITE of a trunk;
    ``dialled`` holds the numbers that it may mean, best first.
    """

    def __init__(
        self,
        sip: SipSettings,
        media: MediaSettings,
        trunks: Sequence[Trunk],
        on_invite: OnInvite | None = None,
    ) -> None:
        self.sip = sip
        self.media = media
        self.legs: dict[str, SipLeg] = {}
        self._trunks = tuple(trunks)
        self._on_invite = on_invite
        self._open = False
        self._commands: collections.deque[Callable[[], None]] = collections.deque()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._own_pjsip, name="pjsip", daemon=True)
        self._accounts: dict[str, Any] = {}
        self.pj: Any = pjsua2()

    # ------------------------------------------------------------ from the loop

    async def start(self) -> None:
        """Bind and listen. Raises ``PortTaken`` or ``StartError``."""
        self._loop = asyncio.get_running_loop()
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._thread.start()
        await self._started

    def open(self) -> None:
        """Take calls. Before that, as after ``drain``, INVITEs get 503 with Retry-After."""
        self._open = True

    def drain(self) -> None:
        """Take no new calls."""
        self._open = False

    async def stop(self) -> None:
        """Hang up what is left and take PJSIP down."""
        self._stopping.set()
        await asyncio.to_thread(self._thread.join)

    def run(self, command: Callable[[], T]) -> "asyncio.Future[T]":
        """Run ``command`` on the PJSIP thread; its result or exception comes back."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def execute() -> None:
            try:
                result = command()
            except Exception as error:
                loop.call_soon_threadsafe(_fail, future, error)
            else:
                loop.call_soon_threadsafe(_resolve, future, result)

        self._commands.append(execute)
        return future

    async def invite(self, leg: SipLeg, target: str) -> None:
        """Call out on ``leg``, from the first trunk's account.

        Raises what PJSIP raises for a bad URI.
        """
        self.legs[leg.call_id] = leg
        await self.run(lambda: leg.dial(self._accounts[self._trunks[0].name], target))

    def post(self, callback: Callable[..., None], *args: object) -> None:
        """Call back on the loop; from any thread."""
        self._loop.call_soon_threadsafe(callback, *args)

    # ---------------------------------------------------- on the PJSIP thread

    def _own_pjsip(self) -> None:
        try:
            self._create()
        except Exception as error:
            self.post(_fail, self._started, error)
            return
        self.post(_resolve, self._started, None)
        while not self._stopping.is_set():
            self._execute_commands()
            try:
                self._endpoint.libHandleEvents(POLL_MS)
            except Exception:
                log.exception("poll failed")  # one bad event must not end all signalling
        self._destroy()

    def _execute_commands(self) -> None:
        while self._commands:
            self._commands.popleft()()

    def _create(self) -> None:
        pj, config = self.pj, self.pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.maxCalls = self.sip.max_calls + HEADROOM_CALLS  # never PJSIP's own 486
        config.uaConfig.userAgent = "sipagent"
        config.medConfig.clockRate = self.media.clock_hz
        config.medConfig.sndClockRate = self.media.clock_hz
        config.medConfig.audioFramePtime = PTIME_MS
        config.medConfig.ptime = PTIME_MS
        config.medConfig.noVad = True  # a carrier hangs up on a stream that stops
        config.medConfig.ecTailLen = 0
        config.medConfig.sndAutoCloseTime = -1  # else the bridge clock stops between calls
        config.medConfig.maxMediaPorts = 2 * config.uaConfig.maxCalls + 8
        config.logConfig.level = 0
        config.logConfig.consoleLevel = 0

        self._endpoint = _endpoint_class(pj)(self)
        self._endpoint.libCreate()
        self._endpoint.libInit(config)
        transport = pj.TransportConfig()
        transport.port = self.sip.port
        transport.boundAddress = self.sip.bind
        try:
            self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        except pj.Error as error:
            raise self._cannot_bind(error) from None
        self._endpoint.libStart()
        self._endpoint.audDevManager().setNullDev()
        self._prefer_g711()
        self._accounts[""] = self._account("stranger")
        for trunk in self._trunks:
            self._accounts[trunk.name] = self._account(trunk.name)

    def _cannot_bind(self, error: Any) -> StartError:
        where = f"UDP {self.sip.bind}:{self.sip.port}"
        if error.status == ADDRESS_IN_USE:
            return PortTaken(
                f"{where} is taken; stop the program that has it or set SIPAGENT_SIP__PORT"
            )
        return StartError(f"cannot listen on {where}: {error.reason}; set SIPAGENT_SIP__BIND")

    def _prefer_g711(self) -> None:
        """Offer and accept G.711 only: what the bridge's 8 kHz can carry in full."""
        for codec in self._endpoint.codecEnum2():
            g711 = {"PCMU/8000/1": 255, "PCMA/8000/1": 254}.get(codec.codecId, 0)
            self._endpoint.codecSetPriority(codec.codecId, g711)

    def _account(self, name: str) -> Any:
        pj, config = self.pj, self.pj.AccountConfig()
        config.idUri = f"sip:{name}@{self.sip.bind}:{self.sip.port}"
        config.regConfig.registerOnAdd = False
        config.natConfig.contactRewriteUse = 0
        config.natConfig.viaRewriteUse = 0
        config.natConfig.sdpNatRewriteUse = 0
        rtp = config.mediaConfig.transportConfig
        rtp.port = self.media.rtp_port_min
        rtp.portRange = self.media.rtp_port_max - self.media.rtp_port_min
        rtp.boundAddress = self.sip.bind
        config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_DISABLED
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
        config.callConfig.timerMinSESec = 90
        config.callConfig.timerSessExpiresSec = 1800
        account = _account_class(pj)(self, name)
        account.create(config)
        return account

    def select_account(self, prm: Any) -> None:
        """An INVITE's account is its trunk's, by source; PJSIP itself never looks there."""
        trunk = trunk_of(prm.rdata.srcAddress, self._trunks)
        prm.accountIndex = self._accounts[trunk.name if trunk else ""].getId()

    def incoming(self, account: Any, prm: Any) -> None:
        """A new INVITE, already allocated by PJSIP: refuse it here, or hand it up."""
        leg = SipLeg.ringing(self, account, prm.callId)
        self.legs[leg.call_id] = leg
        try:
            self._take(leg, account, prm.rdata)
        except Exception:  # must not cross into C++, where nobody would see it
            log.exception("invite refused")
            leg.answer_now(500)

    def _take(self, leg: SipLeg, account: Any, rdata: Any) -> None:
        source = rdata.srcAddress
        refusal = self._refusal(source)
        if refusal is not None:
            log.info("invite refused", source=source, code=refusal.code)
            retry = RETRY_AFTER_S if refusal.sip_status == 503 else None
            leg.answer_now(refusal.sip_status or 500, retry)
            return
        request = message.parse(rdata.wholeMsg)
        ringing = Ringing(
            trunk=account.name,
            source=source,
            dialled=next(iter(message.dialled_candidates(request)), ""),
            sip_call_id=request.header("call-id"),
            user_agent=request.header("user-agent"),
            caller=message.caller(request),
        )
        assert self._on_invite is not None
        self.post(self._on_invite, leg, ringing, message.dialled_candidates(request))

    def _refusal(self, source: str) -> type[Refusal] | None:
        if self._on_invite is None or trunk_of(source, self._trunks) is None:
            return NotFromTrunk
        if not self._open:
            return NodeDraining
        return NodeBusy if len(self.legs) > self.sip.max_calls else None

    def _destroy(self) -> None:
        """Whatever is left ends before the library does; Python lets go before C++ does."""
        self._execute_commands()
        self._endpoint.hangupAllCalls()
        for _ in range(100):
            self._endpoint.libHandleEvents(POLL_MS)
            if not self.legs:
                break
        for leg in self.legs.values():
            leg.forget()
        self.legs.clear()
        for account in self._accounts.values():
            account.shutdown()
        self._accounts.clear()
        gc.collect()
        self._endpoint.libDestroy()
        del self._endpoint


def _resolve(future: "asyncio.Future[T]", result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[Any]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def _endpoint_class(pj: Any) -> Any:
    """A pjsua2 Endpoint that forwards its callbacks; made late, since the wheel may be missing."""

    class PjEndpoint(pj.Endpoint):  # type: ignore[misc]  # the wheel is untyped
        def __init__(self, owner: Endpoint) -> None:
            super().__init__()
            self._owner = owner

        def onSelectAccount(self, prm: Any) -> None:  # noqa: N802  # pjsua2's name
            self._owner.select_account(prm)

    return PjEndpoint


def _account_class(pj: Any) -> Any:
    class PjAccount(pj.Account):  # type: ignore[misc]  # the wheel is untyped
        def __init__(self, owner: Endpoint, name: str) -> None:
            super().__init__()
            self._owner = owner
            self.name = name

        def onIncomingCall(self, prm: Any) -> None:  # noqa: N802  # pjsua2's name
            self._owner.incoming(self, prm)

    return PjAccount
