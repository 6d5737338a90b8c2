"""A node: composed from its configuration, started, drained, stopped.

The one place where engines, tick, endpoint and tenants meet. It decides which tenant a call
is for; what happens in a call is ``call.py``'s.
"""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Final

import structlog

from sipagent import open_files
from sipagent.call import Call, Service
from sipagent.compose import Engines, services
from sipagent.config import Settings, tenants_by_number
from sipagent.errors import Blame, LegGone, Refusal, StartError, UnknownNumber
from sipagent.events import Ringing
from sipagent.media.tick import Tick
from sipagent.media.vad import SileroVad
from sipagent.outcome import CALLER_CANCELLED, DRAINED, Outcome
from sipagent.ports import Leg
from sipagent.sip.admission import Overload
from sipagent.sip.endpoint import Endpoint
from sipagent.store.calllog import CallLogs

log = structlog.get_logger(__name__)

LOAD_S: Final = 300.0
RETRY_AFTER_S: Final = 5
LOOK_S: Final = 0.5  # between two looks at how long the engines keep requests waiting
CLOSE_S: Final = 5.0
KILLED: Final = Outcome("node-stopped", Blame.US, "the node was stopped without waiting")


class Server:
    """One node. ``start`` may raise any ``StartError``; ``run`` returns when drained."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._numbers = tenants_by_number(settings)
        self._logs = CallLogs(settings.data_dir)
        self._endpoint = Endpoint(settings.sip, settings.media, settings.trunks, self._on_invite)
        self._calls: dict[str, Call] = {}
        self._services: Mapping[str, Service] = {}
        self._stop = asyncio.Event()
        self._stop_now = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def start(self) -> None:
        """Load everything, then listen: no call arrives before it can be served."""
        settings = self._settings
        open_files.ensure(settings.sip.max_calls)
        self._logs.prepare()
        self._tick = Tick(SileroVad(settings.media.clock_hz))
        try:
            async with asyncio.timeout(LOAD_S):
                self._services = await self._compose()
        except TimeoutError:
            raise StartError(
                f"the engines were not ready in {LOAD_S:g} s; try another voice or model"
            ) from None
        self._tick.start()
        try:
            await self._endpoint.start()
        except BaseException:
            self._tick.stop()
            raise
        # What a node loaded lives as long as it does: the collector need not look at it again.
        gc.collect()
        gc.freeze()

    async def _compose(self) -> Mapping[str, Service]:
        """Load the engines once and give each tenant its service."""
        self._engines = Engines.load(self._settings)
        return await services(self._settings, self._engines, self._tick)

    # ------------------------------------------------------------------- calls

    def _on_invite(self, leg: Leg, ringing: Ringing, dialled: tuple[str, ...]) -> None:
        number = next((number for number in dialled if number in self._numbers), None)
        if number is None:
            self._tasks.create_task(
                _guarded(self._refuse(leg, ringing, UnknownNumber)), name="refuse"
            )
            return
        tenant, ringing = self._numbers[number], replace(ringing, dialled=number)
        try:
            record = self._logs.open(leg.call_id, tenant.name)
        except OSError as error:
            log.error("call refused: no record can be kept", error=error.strerror)
            self._tasks.create_task(_guarded(self._refuse_unrecorded(leg)), name="refuse")
            return
        call = Call(leg, ringing, self._services[tenant.name], record)
        self._calls[leg.call_id] = call
        self._idle.clear()
        self._tasks.create_task(self._live(leg.call_id, call), name=f"call {leg.call_id}")

    async def _live(self, call_id: str, call: Call) -> None:
        try:
            await _guarded(call.run())
        finally:
            del self._calls[call_id]
            if not self._calls:
                self._idle.set()

    async def _refuse(self, leg: Leg, ringing: Ringing, refusal: type[Refusal]) -> None:
        """A refused INVITE has a record too: an operator looks for it there."""
        try:
            record = self._logs.open(leg.call_id, "")
            record.record(ringing)
            await leg.refuse(refusal.sip_status or 500)
            record.end(Outcome(refusal.code, refusal.blame, f"dialled {ringing.dialled}"))
        except LegGone:
            record.end(CALLER_CANCELLED)
        except OSError as error:
            log.error("refusal not recorded", error=error.strerror)
            await self._refuse_unrecorded(leg)

    async def _refuse_unrecorded(self, leg: Leg) -> None:
        """503, so that the carrier tries another node."""
        try:
            await leg.refuse(503, RETRY_AFTER_S)
        except LegGone:
            log.info("refused caller had gone", call_id=leg.call_id)

    async def _watch_engines(self) -> None:
        """A caller more would wait longer than he is used to: another node may have room."""
        overload = Overload(self._settings.engines.most_wait_s)
        while True:
            await asyncio.sleep(LOOK_S)
            before, waited_s = overload.over, self._engines.waited_s
            if overload.look(waited_s) != before:
                await self._endpoint.admit(ready=not overload.over)
                log.warning("engines", late=overload.over, waited_s=round(waited_s, 2))

    # ------------------------------------------------------------------- the end

    def stop(self) -> None:
        """The first time: take no new calls and wait for the others. Then: end them now."""
        if self._stop.is_set():
            self._stop_now.set()
        self._stop.set()

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve calls until ``stop``, then drain and take everything down.

        ``ready`` is called when the first call may come.
        """
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._endpoint.admit(ready=True)
                ready()
                watching = self._tasks.create_task(self._watch_engines(), name="watch engines")
                await self._stop.wait()
                watching.cancel()
                await self._drain()
        finally:
            await self._endpoint.stop()
            self._tick.stop()
            await self._engines.close()
            self._logs.release()
        log.info("stopped")

    async def _drain(self) -> None:
        """New calls are answered 503; the others have ``drain_s``, then they are ended."""
        await self._endpoint.admit(ready=False)
        log.info("draining", calls=len(self._calls))
        ends = [
            asyncio.ensure_future(self._idle.wait()),
            asyncio.ensure_future(self._stop_now.wait()),
        ]
        await asyncio.wait(
            ends, timeout=self._settings.sip.drain_s, return_when=asyncio.FIRST_COMPLETED
        )
        for end in ends:
            end.cancel()
        outcome = KILLED if self._stop_now.is_set() else DRAINED
        for call in list(self._calls.values()):
            call.end(outcome)
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._idle.wait()
        except TimeoutError:
            log.error("calls left open", calls=len(self._calls))


async def _guarded(work: Coroutine[object, object, object]) -> None:
    """One call, or one refusal, never ends the node."""
    try:
        await work
    except Exception:
        log.exception("call not closed in order")
