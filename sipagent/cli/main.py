"""The command's entry: its groups, and one line for every error that a person can mend."""

import sys
from typing import Final

import click

from sipagent import __version__
from sipagent.cli.calls import calls
from sipagent.cli.models import models
from sipagent.cli.phone import call
from sipagent.cli.scenario import scenario
from sipagent.cli.serve import serve
from sipagent.errors import SipagentError

MENDABLE: Final = 2


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="First call: run `sipagent serve` here and `sipagent call` in another terminal.",
)
def cli() -> None:
    """Answer telephone calls: SIP and RTP in, speech and knowledge out, in Arabic and English."""


@cli.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)


for command in (serve, call, calls, models, scenario):
    cli.add_command(command)


def main() -> None:
    """Run the command. A ``SipagentError`` is one line and exit status 2."""
    try:
        cli(standalone_mode=True)
    except SipagentError as error:
        for line in str(error).splitlines():
            click.echo(f"sipagent: {line}", err=True)
        sys.exit(MENDABLE)
