"""PJSIP and the one thread that owns it (D3).

Every pjsua2 call runs on that thread, through ``run``; every callback becomes one event
posted to the asyncio loop. Knows nothing of tenants or conversations.
"""

import asyncio
import collections
import gc
import threading
import time
from collections.abc import Callable, Sequence
from traceback import clear_frames
from typing import Any, Final, TypeVar

import structlog

from sipagent.config import HEADROOM_CALLS, MediaSettings, SipSettings, Trunk
from sipagent.errors import StartError
from sipagent.events import DigitPressed, Ringing
from sipagent.sip import message
from sipagent.sip.accounts import STRANGER, account_config, choose_codecs
from sipagent.sip.callbacks import safely
from sipagent.sip.gate import Gate
from sipagent.sip.leg import SipLeg
from sipagent.sip.listeners import Listeners
from sipagent.sip.native import pjsua2
from sipagent.sip.trace import Trace

log = structlog.get_logger(__name__)

T = TypeVar("T")

POLL_MS: Final = 5  # how long a command may wait for the poll to return
PTIME_MS: Final = 20
PREFETCH_MS: Final = 40  # adapts; without one, packets that overtake others cost those
WATCH_S: Final = 1.0
REPORT_S: Final = 60.0  # between two lines about what the gate refused
BUSIEST: Final = 5  # strangers that the line names
LET_IN: Final = frozenset({"passed", "pings", "keyed"})

OnInvite = Callable[[SipLeg, Ringing, tuple[str, ...]], None]


class Endpoint:
    """A SIP user agent.

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
        self._trace: Trace | None = None
        self._next_report = 0.0
        self._refused: dict[str, int] = {}
        self._watched: collections.deque[tuple[float, SipLeg]] = collections.deque()
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
        try:
            await self._started
        except asyncio.CancelledError:
            await self.stop()
            raise

    async def admit(self, *, ready: bool) -> None:
        """Take new calls, or answer them 503 with Retry-After, as before the first time."""
        await self.run(lambda: self._gate.admit(ready=ready))

    async def stop(self) -> None:
        """Hang up what is left and take PJSIP down."""
        self._stopping.set()
        await asyncio.to_thread(self._thread.join)

    def run(self, command: Callable[[], T]) -> "asyncio.Future[T]":
        """Run ``command`` on the PJSIP thread; its result or exception comes back.

        The exception comes without what its frames held. A pjsua2 ``Call`` among it, freed on
        the loop's thread, would hang up whichever call has its id then, and keep PJSUA's lock.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def execute() -> None:
            try:
                result = command()
            except Exception as error:
                _let_go(error)
                loop.call_soon_threadsafe(_fail, future, error)
            else:
                loop.call_soon_threadsafe(_resolve, future, result)

        self._commands.append(execute)
        return future

    async def invite(self, leg: SipLeg, target: str) -> None:
        """Call out on ``leg``, from the first trunk's account.

        A redirection is not followed: who answers must not choose whom else we call with the
        trunk's credentials. Raises what PJSIP raises for a bad URI.
        """
        self.legs[leg.call_id] = leg
        await self.run(lambda: self._dial(leg, target))

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
                self._tell_digits()
                self._watch_legs()
                self._listeners.look()
                self._tell_refused()
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
        config.uaConfig.nameserver = pj.StringVector(list(self.sip.nameservers))
        config.medConfig.clockRate = self.media.clock_hz
        config.medConfig.sndClockRate = self.media.clock_hz
        config.medConfig.audioFramePtime = PTIME_MS
        config.medConfig.ptime = PTIME_MS
        config.medConfig.noVad = True  # a carrier hangs up on a stream that stops
        config.medConfig.ecTailLen = 0
        config.medConfig.sndAutoCloseTime = -1  # else the bridge clock stops between calls
        config.medConfig.jbInit = PREFETCH_MS
        config.medConfig.maxMediaPorts = 2 * config.uaConfig.maxCalls + 8
        config.logConfig.level = 0
        config.logConfig.consoleLevel = 0

        self._endpoint = _endpoint_class(pj)(self)
        self._endpoint.libCreate()
        self._endpoint.libInit(config)
        self._gate = Gate(pj, self.sip, self._trunks)
        self._gate.open()
        self._listeners = Listeners(pj, self._endpoint, self.sip.tls)
        self._listeners.open(self.sip.all_listeners())
        if self.sip.trace is not None:
            own = self.sip.public_address or self.sip.bind, self.sip.port
            self._trace = Trace(self._gate, self.sip.trace, own)
            self._trace.start()
        self._endpoint.libStart()
        self._endpoint.audDevManager().setNullDev()
        pj.symmetric_rtp(self.media.symmetric_rtp)
        choose_codecs(self._endpoint, self._trunks)
        for name, trunk in (("", STRANGER), *((trunk.name, trunk) for trunk in self._trunks)):
            account = _account_class(pj)(self, trunk)
            try:
                account.create(account_config(pj, trunk, self.sip, self.media))
            except pj.Error as error:
                raise StartError(f"trunk {trunk.name}: {error.reason}; mend it") from None
            self._accounts[name] = account

    def select_account(self, prm: Any) -> None:
        """An INVITE's account is its trunk's, as the gate found; PJSIP never looks at sources."""
        trunk = self._gate.admitted()
        prm.accountIndex = self._accounts[trunk.name if trunk else ""].getId()

    def incoming(self, account: Any, prm: Any) -> None:
        """A new INVITE, already allocated by PJSIP: refuse it here, or hand it up."""
        request = message.parse(prm.rdata.wholeMsg)
        leg = SipLeg.ringing(self, account, prm.callId, request.header("call-id"))
        self.legs[leg.call_id] = leg
        self._watched.append((time.monotonic() + WATCH_S, leg))
        try:
            self._take(leg, request, account, prm.rdata.srcAddress)
        except Exception:
            log.exception("invite refused")
            leg.answer_now(500)

    def _dial(self, leg: SipLeg, target: str) -> None:
        leg.dial(self._accounts[self._trunks[0].name], target)
        self._watched.append((time.monotonic() + WATCH_S, leg))

    def _take(self, leg: SipLeg, request: message.Request, account: Any, source: str) -> None:
        trunk = account.trunk
        dialled = message.dialled_candidates(request, trunk.country_code)
        ringing = Ringing(
            trunk=trunk.name,
            source=source,
            dialled=next(iter(dialled), ""),
            sip_call_id=leg.sip_call_id,
            user_agent=request.header("user-agent"),
            caller=message.caller(request, trunk.caller_id, trunk.country_code),
        )
        assert self._on_invite is not None
        self.post(self._on_invite, leg, ringing, dialled)

    def _watch_legs(self) -> None:
        """Each leg once a second, at its own moment: all at once would keep signalling waiting."""
        now = time.monotonic()
        while self._watched and self._watched[0][0] <= now:
            _, leg = self._watched.popleft()
            if leg.call_id in self.legs:
                self._watched.append((now + WATCH_S, leg))
                leg.watch()

    def _tell_refused(self, *, now: bool = False) -> None:
        """What the gate turned away, in the log: at times, and only where there was something."""
        if not now and time.monotonic() < self._next_report:
            return
        self._next_report = time.monotonic() + REPORT_S
        counts = self._gate.counts()
        refused = {name: count for name, count in counts.items() if count and name not in LET_IN}
        if refused != self._refused:
            self._refused = refused
            log.info("gate", **counts, sources=self._gate.busiest(BUSIEST))

    def _tell_digits(self) -> None:
        """Digits by INFO, which the gate answered; their legs are told as if by RTP."""
        digits = self._gate.digits()
        legs = {leg.sip_call_id: leg for leg in self.legs.values()} if digits else {}
        for sip_call_id, digit, _ in digits:
            if sip_call_id in legs:
                legs[sip_call_id].emit(DigitPressed(digit=digit))

    def _destroy(self) -> None:
        """Whatever is left ends before the library does; Python lets go before C++ does."""
        self._execute_commands()
        self._tell_refused(now=True)
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
        self._endpoint.libDestroy()  # it still receives: without the gate, PJSUA would answer 480
        if self._trace is not None:
            self._trace.stop()
        self._gate.close()
        del self._endpoint


def _resolve(future: "asyncio.Future[T]", result: T) -> None:
    if not future.done():
        future.set_result(result)


def _let_go(error: BaseException) -> None:
    """Free here what the frames of ``error``, and of what led to it, hold."""
    cause: BaseException | None = error
    while cause is not None:
        clear_frames(cause.__traceback__)
        cause = cause.__context__


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
            safely(self._owner.select_account, prm)

    return PjEndpoint


def _account_class(pj: Any) -> Any:
    class PjAccount(pj.Account):  # type: ignore[misc]  # the wheel is untyped
        def __init__(self, owner: Endpoint, trunk: Trunk) -> None:
            super().__init__()
            self._owner = owner
            self.trunk = trunk

        def onIncomingCall(self, prm: Any) -> None:  # noqa: N802  # pjsua2's name
            safely(self._owner.incoming, self, prm)

    return PjAccount
