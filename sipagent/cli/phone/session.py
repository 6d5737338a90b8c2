"""One call of the phone from its options to its report: voice, endpoint, caller, files."""

import asyncio
import json
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final, Literal

from sipagent import engines
from sipagent.cli.phone.caller import Caller
from sipagent.cli.phone.commentary import Hear
from sipagent.cli.phone.console import Console, summary
from sipagent.cli.phone.plan import Plan
from sipagent.cli.phone.recording import Track, write_wav
from sipagent.cli.phone.report import Report
from sipagent.cli.phone.rtp import RATE_HZ, Direction
from sipagent.cli.phone.script import Step
from sipagent.cli.phone.sound import render
from sipagent.config import MediaSettings, SipSettings, Trunk, load
from sipagent.errors import PortTaken, StartError
from sipagent.ports import Utterance
from sipagent.sip.endpoint import Endpoint
from sipagent.text.language import Language

_RTP_PORTS: Final = (20000, 29999)
_NO_TRUNK: Final = Trunk(name="caller", networks=(IPv4Network("192.0.2.0/32"),))
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Options:
    """What the options of ``sipagent call`` say."""

    voice: str | None
    wav: Path | None
    as_json: Path | None
    hear: bool
    no_follow: bool
    patience: float
    max_s: float
    desk_s: float
    send_digits: Literal["rfc4733", "info", "inband"]
    quiet: bool


async def place_call(
    number: str, steps: tuple[Step, ...], server: tuple[str, int], options: Options
) -> Report:
    """Call, talk, hang up, and write the files that were asked for.

    Raises ``BadStep``, ``NotAnswered`` or any ``StartError``.
    """
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    for path in (options.wav, options.as_json):
        if path is not None and not path.parent.is_dir():
            raise StartError(f"cannot write {path}: there is no folder {path.parent}")
    console = Console(quiet=options.quiet)
    sounds = await render(steps, engines.load("voice", "espeak", _voice(options.voice)), RATE_HZ)
    plan = Plan(
        server=f"{server[0]}:{server[1]}",
        number=number,
        steps=steps,
        sounds=sounds,
        patience_s=options.patience,
        max_s=options.max_s,
        desk_s=options.desk_s,
        follow=not options.no_follow,
    )
    hear = _recogniser() if options.hear else None
    trunk = _NO_TRUNK.model_copy(update={"send_digits": options.send_digits})
    endpoint = await _started(_own_address(*server), trunk)
    caller = Caller(endpoint, plan, console, hear)
    try:
        report = await caller.call()
    finally:
        await endpoint.stop()
    _write(caller, report, options)
    for line in summary(report):
        console.note(line)
    return report


def _voice(name: str | None) -> Mapping[str, object]:
    """The settings of a voice: a name beginning with ``ar`` is for Arabic."""
    if name is None:
        return {}
    language = "arabic" if name.partition("+")[0].partition("-")[0] == "ar" else "english"
    return {language: name}


def _recogniser() -> Hear:
    """The node's own recogniser, by the settings here."""
    settings = load()
    transcriber = engines.load("transcriber", settings.engines.transcriber, settings.recogniser())

    async def hear(pcm: bytes) -> str:
        return (await transcriber.transcribe(Utterance(pcm, RATE_HZ, tuple(Language)))).text

    return hear


# ----------------------------------------------------------------------- the endpoint


def _own_address(host: str, port: int) -> str:
    """The address of this machine that the server sees. Nothing is sent. Raises ``StartError``."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, port))
        except OSError as error:
            raise StartError(f"cannot reach {host}: {error.strerror}; give --server") from None
        return str(probe.getsockname()[0])


async def _started(address: str, trunk: Trunk) -> Endpoint:
    """An endpoint on a free port; another program may take it first, then on another."""
    for attempt in range(_TRIES):
        sip = SipSettings(bind=address, port=_free_port(address), max_calls=4)
        media = MediaSettings(
            clock_hz=RATE_HZ, rtp_port_min=_RTP_PORTS[0], rtp_port_max=_RTP_PORTS[1]
        )
        endpoint = Endpoint(sip, media, (trunk,))
        try:
            await endpoint.start()
        except PortTaken:
            if attempt == _TRIES - 1:
                raise
        else:
            return endpoint
    raise AssertionError("the last attempt returned or raised")


def _free_port(address: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


# ----------------------------------------------------------------------- the files


def _write(caller: Caller, report: Report, options: Options) -> None:
    """The recording and the report. Raises ``StartError`` where they cannot be written."""
    try:
        if options.wav is not None:
            write_wav(options.wav, *_tracks(caller))
        if options.as_json is not None:
            text = json.dumps(report.as_json(), ensure_ascii=False, indent=2)
            options.as_json.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StartError(f"cannot write {error.filename}: {error.strerror}") from None


def _tracks(caller: Caller) -> tuple[Track, Track]:
    left, right = Track(caller.origin_ns), Track(caller.origin_ns)
    for stretch in caller.line.stretches:
        left.add(stretch.stream(Direction.SENT))
        right.add(stretch.stream(Direction.RECEIVED))
    return left, right
