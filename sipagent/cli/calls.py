"""``sipagent calls``: list the records of calls and show one. Writes nothing."""

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from sipagent.cli import timeline
from sipagent.config import load
from sipagent.errors import SipagentError
from sipagent.store.calllog import CallLogs, read

ID_SHOWN: Final = 12
BAD_FIELDS: Final = (AttributeError, KeyError, TypeError, ValueError)  # what telling them raises

_DATA_DIR: Final = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Default: the settings'.",
)


class RecordMissing(SipagentError):
    """No record, or more than one, has the id that was asked for."""

    code = "record-missing"


class RecordUnreadable(SipagentError):
    """The file of a record holds none."""

    code = "record-unreadable"


@click.group(invoke_without_command=True)
@_DATA_DIR
@click.pass_context
def calls(context: click.Context, data_dir: Path | None) -> None:
    """Show the records of calls; without a command, list them."""
    if context.invoked_subcommand is None:
        context.invoke(list_calls, count=20, data_dir=data_dir)


@calls.command("list")
@click.option("-n", "count", type=click.IntRange(min=1), default=20, show_default=True)
@_DATA_DIR
def list_calls(count: int, data_dir: Path | None) -> None:
    """The latest calls: id, time, trunk, number, tenant, outcome, duration."""
    folder = data_dir or load().data_dir
    logs = CallLogs(folder)
    paths = logs.paths()[:count]
    if not paths:
        click.echo(f"No calls in {folder.absolute()}; see --data-dir")
    for path in paths:
        _echo(row(logs, path))


def row(logs: CallLogs, path: Path) -> str:
    """A call's line; a file that is no record has one too, so that the others can be seen."""
    try:
        record = _read(logs, path)
        text = _summary(path, record) if record else f"{path.stem[:ID_SHOWN]}  (empty)"
    except RecordUnreadable as error:
        text = f"{path.stem[:ID_SHOWN]}  ({error})"
    except BAD_FIELDS:
        text = f"{path.stem[:ID_SHOWN]}  (not a record)"
    return timeline.printable(text)


def _read(logs: CallLogs, path: Path) -> list[dict[str, Any]]:
    """The lines of a record, which moves when its call ends. Raises ``RecordUnreadable``."""
    try:
        if not path.exists():
            path = logs.find(path.stem) or path
        return list(read(path))
    except FileNotFoundError:
        raise RecordUnreadable("gone") from None
    except OSError as error:
        raise RecordUnreadable(f"cannot be read: {error.strerror}") from None


def _summary(path: Path, record: list[dict[str, Any]]) -> str:
    first, last = record[0], record[-1]
    over = last["event"] == "Ended"
    outcome = last["code"] if over else "(live)"
    duration_s = last["duration_ms" if over else "at_ms"] / 1000
    when = first["wall"][:19].replace("T", " ")
    tenant = first["tenant"] or "-"
    trunk, dialled = first.get("trunk") or "-", first.get("dialled") or "-"
    whose = f"{trunk:<16}{dialled:<16}{tenant:<16}"
    return f"{path.stem[:ID_SHOWN]}  {when}  {whose}{outcome:<20}{duration_s:7.1f} s"


@calls.command()
@click.argument("call_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="The record's lines, as JSON.")
@_DATA_DIR
def show(call_id: str, as_json: bool, data_dir: Path | None) -> None:
    """One call's timeline. ID may be the beginning of an id, or `last`."""
    logs = _logs(data_dir)
    path = _path(logs, call_id)
    try:
        record = _read(logs, path)
    except RecordUnreadable as error:
        raise RecordUnreadable(f"the record {path}: {error}") from None
    if as_json:
        for line in record:
            click.echo(timeline.printable(json.dumps(line, ensure_ascii=False)).encode())
        return
    _show(path, record)


def _show(path: Path, record: list[dict[str, Any]]) -> None:
    if not record:
        raise RecordMissing(f"the record {path} is empty")
    try:
        told = [*timeline.heading(record[0]), *timeline.lines(record)]
    except BAD_FIELDS:
        raise RecordUnreadable(f"{path} is not a record; see its lines with --json") from None
    for text in told:
        _echo(text)


def _echo(text: str) -> None:
    """Print for a person; a character that the terminal's encoding lacks is shown as its code."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding))


def _logs(data_dir: Path | None) -> CallLogs:
    return CallLogs(data_dir or load().data_dir)


def _path(logs: CallLogs, call_id: str) -> Path:
    """The one record that the id means. Raises ``RecordMissing``."""
    found = next(iter(logs.paths()), None) if call_id == "last" else logs.find(call_id)
    if found is None:
        raise RecordMissing(f"no call, or more than one, has the id {call_id}; see: sipagent calls")
    return found
