"""The conversation as it happens, line by line: seconds from the answer, who, what."""

import click

from sipagent.cli.phone.line import Party
from sipagent.cli.phone.report import Report


class Console:
    """Prints to standard output, each line at once."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def say(self, at_ms: float, who: str, text: str) -> None:
        """One line of the conversation."""
        if not self._quiet:
            click.echo(f"{at_ms / 1000:8.2f}  {who:<7}{text}")

    def note(self, text: str) -> None:
        """A line that belongs to no moment."""
        if not self._quiet:
            click.echo(text)


def summary(report: Report) -> list[str]:
    """The figures of a call, for a person."""
    lines = [f"{report.duration_ms / 1000:.1f} s; {report.detail}"]
    if report.responses_ms:
        each = ", ".join(map(str, report.responses_ms))
        lines.append(f"Response times: {each} ms")
    if report.barge_ins_ms:
        each = ", ".join(map(str, report.barge_ins_ms))
        lines.append(f"Silent after a barge-in: {each} ms")
    received = report.gaps.get(Party.AGENT, {}).get("received")
    if received is not None:
        lines.append(
            f"Gaps between the agent's packets: max {received.max_ms} ms, "
            f"p99.9 {received.p999_ms} ms ({received.packets} packets)"
        )
    return lines
