"""``sipagent call``: be a caller, in a process of its own, and measure the agent on RTP."""

import asyncio
import logging
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

import click
import structlog

from sipagent.cli.phone.plan import NotAnswered
from sipagent.cli.phone.script import BadStep, Step, default_steps, parse
from sipagent.cli.phone.session import Options, place_call
from sipagent.config import demo_tenants
from sipagent.text.language import Language

FAILED: Final = 1
_NUMBER: Final = re.compile(r"\+?\d{3,15}")
_SERVER: Final = re.compile(r"([^:\s@]+)(?::(\d{1,5}))?")

HELP: Final = """Call the agent and talk to it: what the caller says is given by STEPs.

    NUMBER is the dialled number; the demo tenant's first one if it is left out. Without STEPs
    the caller asks a question, interrupts the answer with another, and says goodbye.

    \b
    A STEP is
      TEXT         say it once the agent has spoken and fallen silent for 500 ms
      @3.5 TEXT    say it 3.5 s after the answer
      +1.2 TEXT    say it 1.2 s after the agent begins to speak next (a barge-in)
      ">1.5 TEXT"  say it 1.5 s after the desk has answered a transfer
    and TEXT may be
      file.wav     a recording: any rate, mono or stereo
      '#12*'       digits to key

    Arabic text is spoken by the Arabic voice. The agent may transfer the call (REFER): the
    phone calls the new target as a carrier would, and goes on talking there.

    \b
    Examples
      sipagent call "What are your opening hours on Friday?" "+1.5 Stop" "Let me speak to a human"
      sipagent call --ar "ما هي ساعات العمل يوم الجمعة؟" --wav call.wav --json call.json
      sipagent call +97142000000 '#0' --no-follow
    """


@click.command(help=HELP)
@click.argument("words", nargs=-1, metavar="[NUMBER] [STEP]...")
@click.option("--server", default="127.0.0.1:5060", show_default=True, help="HOST:PORT.")
@click.option(
    "--language", type=click.Choice([*map(str, Language)]), default="en", show_default=True
)
@click.option("--ar", "arabic", is_flag=True, help="Short for --language ar.")
@click.option("--voice", help="The caller's voice: an espeak-ng name, such as en+f2 or ar+m3.")
@click.option("--wav", type=click.Path(path_type=Path, dir_okay=False), help="Record: left caller.")
@click.option("--json", "as_json", type=click.Path(path_type=Path, dir_okay=False), help="Result.")
@click.option("--hear", is_flag=True, help="Recognise the agent's words, as the phone heard them.")
@click.option("--no-follow", is_flag=True, help="Decline a transfer.")
@click.option("--patience", default=6.0, show_default=True, help="Seconds of silence to bear.")
@click.option("--max-s", default=120.0, show_default=True, help="Longest call in seconds.")
@click.option("--desk-s", default=6.0, show_default=True, help="Seconds to stay with the desk.")
@click.option(
    "--send-digits",
    type=click.Choice(["rfc4733", "info", "inband"]),
    default="rfc4733",
    show_default=True,
    help="As telephone events, by SIP INFO, or as tones in the audio.",
)
@click.option("--quiet", is_flag=True, help="Print nothing of the conversation.")
def call(words: tuple[str, ...], server: str, language: str, arabic: bool, **rest: Any) -> None:
    """See ``HELP``. Exit status 0 for a call in order, 1 for one that was not."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    spoken = Language.AR if arabic else Language(language)
    try:
        number, steps = read_words(words, spoken)
        report = asyncio.run(place_call(number, steps, read_server(server), Options(**rest)))
    except BadStep as error:
        raise click.UsageError(str(error)) from None
    except NotAnswered as error:
        _fail(str(error))
    except asyncio.CancelledError:
        _fail("ended by SIGTERM")
    if not report.in_order:
        _fail(report.detail)


def _fail(why: str) -> NoReturn:
    click.echo(f"sipagent: {why}", err=True)
    sys.exit(FAILED)


def read_words(words: Sequence[str], language: Language) -> tuple[str, tuple[Step, ...]]:
    """The number, if the first word is one, and the steps. Raises ``BadStep``."""
    number = demo_tenants()[0].numbers[0]
    if words and _NUMBER.fullmatch(words[0]):
        number, words = words[0], words[1:]
    steps = tuple(parse(word, language) for word in words)
    return number, steps or default_steps(language)


def read_server(text: str) -> tuple[str, int]:
    """HOST:PORT, the port 5060 if it is left out. Raises ``click.UsageError``."""
    found = _SERVER.fullmatch(text)
    if found is None or not 0 < int(found[2] or 5060) < 65536:
        raise click.UsageError(f"--server {text}: write HOST:PORT, as in 127.0.0.1:5060")
    return found[1], int(found[2] or 5060)
