"""``sipagent serve``: run a node until it is told to stop."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import click
import structlog

from sipagent.config import (
    DEFAULT_FILE,
    DEMO_TRUNKS,
    Settings,
    SipSettings,
    demo_tenants,
    load,
)
from sipagent.config.faults import Unusable, placed
from sipagent.errors import StartError
from sipagent.server import Server

log = structlog.get_logger(__name__)

EVERY_ADDRESS: Final = ("", "0.0.0.0", "::")  # noqa: S104  # compared with, not bound to


@click.command(
    epilog="SIGTERM or Ctrl-C drains: no new calls, and the others may end within "
    "SIPAGENT_SIP__DRAIN_S seconds (30 by default), after which they are ended too. "
    "A second one ends them at once."
)
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path),
    help=f"Settings file. Default: {DEFAULT_FILE}, if it is there.",
)
@click.option("--verbose", is_flag=True, help="Log more.")
def serve(file: Path | None, verbose: bool) -> None:
    """Answer calls.

    Without any configuration this serves the demo tenant on 127.0.0.1:5060 and takes calls
    from this machine alone. Every setting outside of a list of tables may also come from the
    environment, as SIPAGENT_<SECTION>__<NAME>: SIPAGENT_SIP__PORT=5080 sipagent serve
    """
    _log_to_stderr(verbose=verbose)
    settings = load(file)
    try:
        asyncio.run(_serve(settings))
    except Unusable as error:
        raise StartError(placed(file or Path(DEFAULT_FILE), error)) from None


async def _serve(settings: Settings) -> None:
    server = Server(settings)
    starting = asyncio.ensure_future(server.start())
    _on_signal(starting.cancel)
    try:
        await starting
    except asyncio.CancelledError:
        log.info("stopped before it listened")
        return
    _on_signal(server.stop)
    for listener in settings.sip.all_listeners():
        log.info("listening", transport=listener.transport, address=listener.address)
    await server.run(ready=lambda: _introduce(settings))


def _on_signal(stop: Callable[[], object]) -> None:
    """Have SIGTERM and Ctrl-C call ``stop``, instead of what they did before."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def _introduce(settings: Settings) -> None:
    for line in _introduction(settings):
        click.echo(line)
    sys.stdout.flush()


def _introduction(settings: Settings) -> list[str]:
    """What a person wants to know who just started a node."""
    sip = settings.sip
    lines = []
    if settings.trunks == DEMO_TRUNKS:
        lines.append("No trunk is configured: taking calls from 127.0.0.0/8 alone.")
    elif settings.tenants == demo_tenants():
        lines.append("No tenant is configured: the demo tenant answers.")
    for tenant in settings.tenants:
        numbers = ", ".join(tenant.numbers)
        lines.append(f"Tenant {tenant.name}: {numbers}; desk {tenant.desk}")
    number = settings.tenants[0].numbers[0]
    host = "127.0.0.1" if sip.bind in EVERY_ADDRESS else sip.bind
    server = f"[{host}]:{sip.port}" if ":" in host else f"{host}:{sip.port}"
    taken = ":" not in host and _takes_calls_from(settings, host)  # the command speaks IPv4
    or_run = f", or run: {_call_command(number, server)}" if taken else ""
    lines.append(f"Ready. Dial sip:{number}@{server}{or_run}")
    return lines


def _takes_calls_from(settings: Settings, host: str) -> bool:
    """Whether a trunk takes ``sipagent call``, from ``host``, without secret and encryption."""
    source = ip_address(host)
    if any(source in network for network in settings.sip.proxies):
        return False
    holding = [
        (network.prefixlen, trunk)
        for trunk in settings.trunks
        for network in trunk.networks
        if source in network
    ]
    if not holding:
        return False
    _, trunk = max(holding, key=lambda one: one[0])  # the narrowest counts
    return trunk.srtp != "required" and not trunk.secret_header


def _call_command(number: str, server: str) -> str:
    """The ``sipagent call`` that reaches this node, with what its defaults leave to say."""
    usual, words = SipSettings(), ["sipagent call"]
    if server != f"{usual.bind}:{usual.port}":
        words.append(f"--server {server}")
    if number != demo_tenants()[0].numbers[0]:
        words.append(number)
    return " ".join(words)


def _log_to_stderr(*, verbose: bool) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False)
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if verbose else logging.INFO
        ),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
