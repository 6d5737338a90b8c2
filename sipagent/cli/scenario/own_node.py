"""A node for one run: ``sipagent serve`` on a free port of this machine, ended with the run.

Its tenants are those of the settings, with every desk at an address of ours; its records lie in a
folder of their own, its models where the settings have them.
"""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sipagent.cli.phone.own_endpoint import free_port
from sipagent.config import DEMO_TRUNKS, ENV_PREFIX, Settings, Tenant
from sipagent.errors import StartError

HOST: Final = "127.0.0.1"
READY: Final = b"Ready."
READY_S: Final = 120.0
STOP_S: Final = 15.0
_HOST_PORT: Final = re.compile(r"@(\[[^\]]*\]|[^;:]*)(:\d+)?")


class NodeFailed(StartError):
    """The node of a run did not start."""

    code = "node-failed"


@asynccontextmanager
async def own_node(
    settings: Settings, config: Path | None, folder: Path, desk: str
) -> AsyncIterator[tuple[str, int]]:
    """Serve from here to the end of the block; yields HOST and port.

    ``settings`` are those of ``config``, or where it is None of what the node reads by itself;
    ``desk`` is HOST:PORT, where every transfer goes. Raises ``NodeFailed``.
    """
    port = free_port(HOST)
    data = folder / "data"
    data.mkdir(parents=True)
    models = (settings.data_dir / "models").resolve()
    if models.is_dir():
        (data / "models").symlink_to(models)
    log = folder / "node.log"
    with log.open("wb") as errors:
        node = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sipagent", "serve"),
            *(("--config", str(config)) if config is not None else ()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **_environment(settings.tenants, port, data, desk)},
        )
    try:
        await _ready(node, log)
        yield HOST, port
    finally:
        await _end(node)


def _environment(tenants: Sequence[Tenant], port: int, data: Path, desk: str) -> dict[str, str]:
    """The settings that are this run's own; the rest is the user's."""
    own: dict[str, object] = {
        "DATA_DIR": str(data),
        "SIP__BIND": HOST,
        "SIP__PORT": str(port),
        "SIP__PUBLIC_ADDRESS": "",
        "SIP__LISTENERS": [],
        "SIP__DRAIN_S": "2",
        "TRUNKS": [trunk.model_dump(mode="json", exclude_unset=True) for trunk in DEMO_TRUNKS],
        "TENANTS": [at_desk(tenant, desk).model_dump(mode="json") for tenant in tenants],
    }
    return {
        ENV_PREFIX + name: value if isinstance(value, str) else json.dumps(value)
        for name, value in own.items()
    }


def at_desk(tenant: Tenant, desk: str) -> Tenant:
    """The tenant with its desks at our address; their user parts stay."""
    moved = {"desk": _moved(tenant.desk, desk)}
    if tenant.emergency_desk is not None:
        moved["emergency_desk"] = _moved(tenant.emergency_desk, desk)
    knowledge = {"knowledge": tenant.knowledge.resolve()}
    records = {"records": tenant.records.resolve()} if tenant.records is not None else {}
    return tenant.model_copy(update={**moved, **knowledge, **records})


def _moved(uri: str, desk: str) -> str:
    return _HOST_PORT.sub(lambda _: f"@{desk}", uri, count=1)


async def _ready(node: asyncio.subprocess.Process, log: Path) -> None:
    assert node.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            while not (line := await node.stdout.readline()).startswith(READY):
                if not line:
                    raise NodeFailed(f"the node did not start: {_last(log)}")
    except TimeoutError:
        raise NodeFailed(f"the node was not ready in {READY_S:g} s; see {log}") from None


def _last(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in reversed(lines) if line.strip()), "no output")


async def _end(node: asyncio.subprocess.Process) -> None:
    """SIGTERM, then SIGKILL."""
    if node.returncode is not None:
        return
    node.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await node.wait()
    except TimeoutError:
        node.kill()
        await node.wait()
