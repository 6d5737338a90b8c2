"""What native tests stand on: a process of their own, a running endpoint, two legs that talk.

PJSUA is one per process and never quite the same after it was destroyed, so a test that asks for
`bridge` runs in a child that runs pytest on this one test. Knows nothing of what a test expects.
"""

# ruff: noqa: N802 - callbacks have upstream's names

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHILD = "SIPAGENT_NATIVE_TEST"
CHILD_LIMIT_S = float(os.environ.get("NATIVE_TEST_LIMIT_S", "110"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if "bridge" not in pyfuncitem.fixturenames or CHILD in os.environ:
        return None
    environment = {**os.environ, CHILD: "1"}
    environment.pop("LD_LIBRARY_PATH", None)
    command = [sys.executable, "-X", "faulthandler", "-m", "pytest", "-q", "--no-header"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", pyfuncitem.nodeid],
        cwd=pyfuncitem.config.rootpath,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=CHILD_LIMIT_S,
    )
    if done.returncode != 0:
        crashed = done.returncode < 0
        how = f"died of {signal.Signals(-done.returncode).name}" if crashed else "failed"
        pytest.fail(f"the test's own process {how}:\n{done.stdout}", pytrace=False)
    return True


class Bridge:
    """A running endpoint: 8 kHz, 20 ms frames, no sound device, polled by this thread alone."""

    clock_hz = 8000
    frame_samples = 160

    def __init__(self) -> None:
        import pjsua2

        self.pj: Any = pjsua2
        self.endpoint: Any = None
        self.start()

    def start(self) -> None:
        pj = self.pj
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.maxCalls = 16
        config.logConfig.level = int(os.environ.get("PJ_LOG", "1"))
        config.logConfig.consoleLevel = config.logConfig.level
        config.medConfig.clockRate = self.clock_hz
        config.medConfig.sndClockRate = self.clock_hz
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        config.medConfig.sndAutoCloseTime = -1
        self.endpoint.libInit(config)
        self.endpoint.audDevManager().setNullDev()
        self.endpoint.libStart()

    def port(self, clock_hz: int = 8000, frame_samples: int = 160, **sizes: int) -> Any:
        port = self.pj.PcmPort()
        port.open(clock_hz, frame_samples, **sizes)
        return port

    def pair(self, **sizes: int) -> tuple[Any, Any]:
        """A speaking port and the one that hears it, already connected."""
        speaker, listener = self.port(**sizes), self.port()
        speaker.startTransmit(listener)
        return speaker, listener

    def run(self, for_s: float) -> None:
        deadline = time.monotonic() + for_s
        while time.monotonic() < deadline:
            self.endpoint.libHandleEvents(5)

    def run_until(self, true: Callable[[], object], within_s: float = 10.0) -> None:
        deadline = time.monotonic() + within_s
        while not true():
            assert time.monotonic() < deadline, "this did not become true in time"
            self.endpoint.libHandleEvents(5)

    def slots(self) -> int:
        return len(self.endpoint.mediaEnumPorts2())

    def remove(self, *ports: Any) -> None:
        """Close and wait until the bridge has let go: nothing is heard after this."""
        expected = self.slots() - len(ports)
        for port in ports:
            port.close()
        self.run_until(lambda: self.slots() <= expected)


class Legs:
    """A caller and the callee that answers it. PCMU, one audio line, addresses of loopback."""

    def __init__(self, bridge: Any, settings: Any = None) -> None:
        self.bridge = bridge
        self.calls: list[Any] = []
        self.make: Any = leg_class(bridge)
        pj = bridge.pj
        transport = pj.TransportConfig()
        transport.boundAddress = "127.0.0.1"
        number = bridge.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.uri = f"sip:desk@{bridge.endpoint.transportGetInfo(number).localName}"
        settings = settings or pj.AccountConfig()
        settings.idUri = self.uri
        settings.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        self.account = account_class(bridge)(self)
        self.account.create(settings)
        for codec in bridge.endpoint.codecEnum2():
            priority = 255 if codec.codecId.startswith("PCMU") else 0
            bridge.endpoint.codecSetPriority(codec.codecId, priority)

    def audio_only(self, status: int = 0) -> Any:
        prm = self.bridge.pj.CallOpParam(True)
        prm.opt.audioCount, prm.opt.videoCount, prm.opt.textCount = 1, 0, 0
        prm.statusCode = status
        return prm

    def talk(self) -> tuple[Any, Any]:
        """Caller and callee, both with media."""
        self.calls.clear()
        caller = self.make(self.account)
        caller.makeCall(self.uri, self.audio_only())
        self.calls.append(caller)
        self.bridge.run_until(
            lambda: len(self.calls) == 2 and all(leg.media is not None for leg in self.calls)
        )
        return caller, next(leg for leg in self.calls if leg is not caller)

    def hang_up(self) -> None:
        next(leg for leg in self.calls if not leg.ended).hangup(self.bridge.pj.CallOpParam())
        self.bridge.run_until(lambda: all(leg.ended for leg in self.calls))

    def forget(self) -> None:
        self.calls.clear()
        gc.collect()
        self.bridge.run(0.1)


def leg_class(bridge: Any) -> Any:
    pj = bridge.pj
    base: Any = pj.Call

    class Leg(base):  # type: ignore[misc]
        def __init__(self, account: Any, call_id: int = pj.PJSUA_INVALID_ID) -> None:
            super().__init__(account, call_id)
            self.tap = pj.RtpTap()
            self.port = bridge.port()
            self.media: Any = None
            self.ended = False

        def onCreateMediaTransport(self, prm: Any) -> None:
            if self.tap is not None:
                prm.mediaTp = self.tap.attach(prm.mediaTp)

        def onCallMediaState(self, prm: Any) -> None:
            self.media = self.getAudioMedia(-1)
            self.port.startTransmit(self.media)
            self.media.startTransmit(self.port)

        def onCallState(self, prm: Any) -> None:
            self.ended = self.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED

    return Leg


def account_class(bridge: Any) -> Any:
    base: Any = bridge.pj.Account

    class Desk(base):  # type: ignore[misc]
        def __init__(self, legs: Legs) -> None:
            super().__init__()
            self.legs = legs

        def onIncomingCall(self, prm: Any) -> None:
            leg = self.legs.make(self, prm.callId)
            self.legs.calls.append(leg)
            leg.answer(self.legs.audio_only(200))

    return Desk


@pytest.fixture
def bridge() -> Iterator[Bridge | None]:
    if CHILD not in os.environ:
        yield None  # the child makes the real one
        return
    running = Bridge()
    yield running
    if running.endpoint.libGetState() != running.pj.PJSUA_STATE_NULL:
        running.endpoint.libDestroy(running.pj.PJSUA_DESTROY_NO_NETWORK)


@pytest.fixture
def legs(bridge: Bridge) -> type[Legs]:
    return Legs


@pytest.fixture(scope="session")
def wheel_folder() -> Path:
    """deploy/pjsua2, where the wheel is made."""
    return Path(__file__).resolve().parents[2] / "deploy" / "pjsua2"
