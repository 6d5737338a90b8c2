"""``sipagent scenario``: try conversations that are written down, over real calls."""

import asyncio
import logging
import re
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Final

import click
import structlog

from sipagent import engines
from sipagent.cli.phone.command import read_server
from sipagent.cli.phone.own_endpoint import own_address, started
from sipagent.cli.phone.rtp import RATE_HZ
from sipagent.cli.scenario import junit, table
from sipagent.cli.scenario.desk import Desk
from sipagent.cli.scenario.evidence import Hear
from sipagent.cli.scenario.keeping import keep, keep_records
from sipagent.cli.scenario.own_node import HOST, own_node
from sipagent.cli.scenario.reading import Loaded, read
from sipagent.cli.scenario.result import Result
from sipagent.cli.scenario.runner import Target, run
from sipagent.cli.timeline import printable
from sipagent.config import Settings, Trunk, load
from sipagent.errors import StartError
from sipagent.ports import Transcript, Utterance
from sipagent.sip.endpoint import Endpoint
from sipagent.text.language import Language

FAILED: Final = 1
JOBS: Final = 12
LEGS_PER_CALL: Final = 3  # the agent's, and on a transfer both of the desk's
_NUMBER: Final = re.compile(r"\+?\d{3,15}")


@dataclass(frozen=True, slots=True)
class Options:
    """What the options of ``sipagent scenario run`` say."""

    server: str
    number: str | None
    start: bool
    config: Path | None
    follow: bool
    jobs: int
    junit: Path | None
    keep: Path | None


@click.group()
def scenario() -> None:
    """Try conversations that are written down: the caller says ..., the agent must ..."""


_PATHS: Final = click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path)
)


@scenario.command("check")
@_PATHS
def check(paths: tuple[Path, ...]) -> None:
    """Tell what is wrong in scenario files, and call nobody. Exit status 2 for a fault."""
    found = read(paths)
    click.echo(f"{len(found.scenarios)} scenarios")


@scenario.command("run")
@_PATHS
@click.option("--server", default="127.0.0.1:5060", show_default=True, help="HOST:PORT.")
@click.option("--number", help="The number to dial. Default: the first one of the settings.")
@click.option("--start", is_flag=True, help="Start a node for the run, and end it.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings of the node that is started, and of the phone's recogniser.",
)
@click.option("--follow", is_flag=True, help="Ring where a transfer leads to; else decline it.")
@click.option(
    "--jobs", type=click.IntRange(1, 100), default=JOBS, show_default=True, help="Calls at once."
)
@click.option("--tag", "tags", multiple=True, help="Only scenarios with this tag.")
@click.option("--only", multiple=True, help="Only scenarios with this in their name.")
@click.option(
    "--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write results as JUnit."
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write each call's recording, conversation and record here.",
)
def run_command(
    paths: tuple[Path, ...], tags: tuple[str, ...], only: tuple[str, ...], **rest: Any
) -> None:
    """Call the agent with each scenario of PATHs: files, or folders of them.

    Prints a row per scenario, with the response times that the caller measured, and what failed
    first. Exit status 0 if all is as expected, 1 if not, 2 for a fault in a file. Against a node
    that is running, a transfer is declined unless --follow, so that nobody's telephone rings.

    \b
    Examples
      sipagent scenario run tests/scenarios --start
      sipagent scenario run billing.yaml --server 10.0.0.5:5060 --number +97142000000
      sipagent scenario run tests/scenarios --start --tag arabic --junit result.xml --keep calls
    """
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    options = Options(**rest)
    for path in (options.junit,):
        if path is not None and not path.parent.is_dir():
            raise StartError(f"cannot write {path}: there is no folder {path.parent}")
    found = read(paths)
    for path in found.skipped:
        click.echo(f"{path}: no scenarios in it", err=True)
    chosen = [one for one in found.scenarios if _chosen(one, tags, only)]
    if not chosen:
        raise click.UsageError("no scenario has such a tag or name")
    try:
        results = asyncio.run(_run(chosen, options))
    except asyncio.CancelledError:
        raise StartError("ended by SIGTERM") from None
    if any(not one.good for one in results):
        sys.exit(FAILED)


def _chosen(one: Loaded, tags: Sequence[str], only: Sequence[str]) -> bool:
    tagged = not tags or bool({*tags} & {*one.scenario.tags})
    named = not only or any(part in one.scenario.name for part in only)
    return tagged and named


async def _run(loaded: Sequence[Loaded], options: Options) -> list[Result]:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    settings = load(options.config)
    number = options.number or settings.tenants[0].numbers[0]
    if not _NUMBER.fullmatch(number):
        raise click.UsageError(f"--number {number}: write digits, as in +97142000000")
    hear = _recogniser(settings)
    jobs = min(options.jobs, len(loaded))
    server = read_server(options.server)
    address = HOST if options.start else own_address(*server)
    trunk = Trunk(name="caller", networks=(IPv4Network(f"{address}/32"),))
    endpoint = await started(address, trunk, LEGS_PER_CALL * jobs, Desk().take)
    try:
        await endpoint.admit(ready=options.start)
        if not options.start:
            target = Target(f"{server[0]}:{server[1]}", number, options.follow)
            return await _tell(loaded, target, endpoint, hear, options)
        with tempfile.TemporaryDirectory(prefix="sipagent-scenario-") as name:
            folder, desk = Path(name), f"{address}:{endpoint.sip.port}"
            async with own_node(settings, options.config, folder, desk) as (host, port):
                target = Target(f"{host}:{port}", number, follow=True)
                results = await _tell(loaded, target, endpoint, hear, options)
            if options.keep is not None:
                keep_records(options.keep, results, folder / "data")
            return results
    finally:
        await endpoint.stop()


async def _tell(
    loaded: Sequence[Loaded],
    target: Target,
    endpoint: Endpoint,
    hear: Hear,
    options: Options,
) -> list[Result]:
    """Run them and print; the results in the order of the files."""
    began, rows = time.monotonic(), table.Table(loaded)
    results: list[Result] = []
    _echo(rows.heading())
    async for tried in run(loaded, target, endpoint, hear, options.jobs):
        results.append(tried.result)
        _echo(rows.row(tried.result))
        if options.keep is not None:
            await asyncio.to_thread(keep, options.keep, tried.result, tried.caller)
    order = {one.scenario.name: at for at, one in enumerate(loaded)}
    results.sort(key=lambda one: order[one.scenario.name])
    for line in table.failures(results):
        _echo(line)
    _echo("")
    _echo(table.summary(results, time.monotonic() - began))
    if options.junit is not None:
        try:
            junit.write(options.junit, results)
        except OSError as error:
            raise StartError(f"cannot write {options.junit}: {error.strerror}") from None
    return results


def _echo(text: str) -> None:
    """Print at once; what came over the wire cannot act on the terminal."""
    click.echo(printable(text))
    sys.stdout.flush()


def _recogniser(settings: Settings) -> Hear:
    """The node's own recogniser, by the settings here; int16 mono at 8 kHz."""
    transcriber = engines.load("transcriber", settings.engines.transcriber, settings.recogniser())

    async def hear(pcm: bytes) -> Transcript:
        return await transcriber.transcribe(Utterance(pcm, RATE_HZ, tuple(Language)))

    return hear
