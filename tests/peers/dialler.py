"""An endpoint of ours that makes one call, as a program of its own: PJSIP is one per process.

Told by a JSON object on the command line; tells each event of its leg as a line of JSON. It hangs
up when its input ends.
"""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from ipaddress import ip_network
from typing import Any

from sipagent.config import MediaSettings, SipSettings, Trunk
from sipagent.events import Event, HungUp
from sipagent.sip.endpoint import Endpoint
from sipagent.sip.leg import SipLeg
from tools.demo.processes import free_port, unconfigured


@dataclass(slots=True)
class Dialler:
    """The program at work; ``events`` has what its leg told so far."""

    process: "subprocess.Popen[str]"
    port: int
    events: list[dict[str, Any]] = field(default_factory=list)

    def hang_up(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def expect(self, kind: str, timeout_s: float = 8.0) -> dict[str, Any]:
        """The event of that kind, once it was told."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            for event in self.events:
                if event["event"] == kind:
                    return event
            time.sleep(0.01)
        raise AssertionError(f"no {kind} within {timeout_s} s; told: {self.events}")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))


@contextmanager
def dialling(
    target: str,
    *,
    nameservers: Sequence[str] = (),
    tcp: bool = False,
    username: str = "",
    password: str = "",
) -> Iterator[Dialler]:
    """Call ``target``; with ``tcp``, the endpoint has a TCP transport too."""
    port = free_port()
    known = {"username": username, "password": password}
    told = {"target": target, "port": port, "dns": nameservers, "tcp": tcp, "trunk": known}
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, json.dumps(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=unconfigured(),
    )
    dialler = Dialler(process, port)
    reader = threading.Thread(target=dialler._read, daemon=True)
    reader.start()
    try:
        yield dialler
    finally:
        dialler.hang_up()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("the dialler did not end") from None
        reader.join(5)


async def dial(told: dict[str, Any]) -> None:
    """Make the call, and wait for its end."""
    port, over = told["port"], asyncio.Event()
    listeners = [{"transport": "tcp", "bind": "127.0.0.1", "port": port}] if told["tcp"] else []
    sip = SipSettings.model_validate(
        {"port": port, "nameservers": told["dns"], "listeners": listeners, "max_calls": 4}
    )
    media = MediaSettings(rtp_port_min=30000 + port % 4000 * 2, rtp_port_max=65535)
    trunk = Trunk(name="out", networks=(ip_network("127.0.0.0/8"),), **told["trunk"])
    endpoint = Endpoint(sip, media, (trunk,))
    await endpoint.start()
    leg = SipLeg(endpoint, "dialled")

    def tell(event: Event) -> None:
        print(json.dumps({"event": type(event).__name__, **asdict(event)}), flush=True)
        if isinstance(event, HungUp):
            over.set()

    leg.subscribe(tell)
    await endpoint.invite(leg, told["target"])
    input_ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    ended = asyncio.create_task(over.wait())
    await asyncio.wait((input_ended, ended), return_when=asyncio.FIRST_COMPLETED)
    await leg.hang_up()
    async with asyncio.timeout(10):
        await over.wait()
    await endpoint.stop()


if __name__ == "__main__":
    asyncio.run(dial(json.loads(sys.argv[1])))
    sys.stdout.flush()
