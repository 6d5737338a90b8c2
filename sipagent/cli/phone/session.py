"""One call of the phone from its options to its report: voice, endpoint, caller, files."""

import asyncio
import json
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sipagent import engines
from sipagent.cli.phone.caller import Caller
from sipagent.cli.phone.commentary import Hear
from sipagent.cli.phone.console import Console, summary
from sipagent.cli.phone.own_endpoint import NO_TRUNK, own_address, started
from sipagent.cli.phone.plan import Plan
from sipagent.cli.phone.recording import write_call
from sipagent.cli.phone.report import Report
from sipagent.cli.phone.rtp import RATE_HZ
from sipagent.cli.phone.script import Step
from sipagent.cli.phone.sound import render
from sipagent.config import load
from sipagent.errors import StartError
from sipagent.ports import Utterance
from sipagent.text.language import Language

MOST_LEGS: Final = 4  # the call, and those of its transfers


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
    trunk = NO_TRUNK.model_copy(update={"send_digits": options.send_digits})
    endpoint = await started(own_address(*server), trunk, MOST_LEGS)
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


def _write(caller: Caller, report: Report, options: Options) -> None:
    """The recording and the report. Raises ``StartError`` where they cannot be written."""
    try:
        if options.wav is not None:
            write_call(options.wav, caller.line, caller.origin_ns)
        if options.as_json is not None:
            text = json.dumps(report.as_json(), ensure_ascii=False, indent=2)
            options.as_json.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StartError(f"cannot write {error.filename}: {error.strerror}") from None
