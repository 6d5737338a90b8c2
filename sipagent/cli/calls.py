"""``sipagent calls``: list the records of calls and show one. Writes nothing."""

import json
from pathlib import Path
from typing import Any, Final

import click

from sipagent.cli import timeline
from sipagent.config import load
from sipagent.errors import SipagentError
from sipagent.store.calllog import CallLogs, read

ID_SHOWN: Final = 12

_DATA_DIR: Final = click.option(
    "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Default: the settings'."
)


class RecordMissing(SipagentError):
    """No record, or more than one, has the id that was asked for."""

    code = "record-missing"


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
    """The latest calls: id, time, tenant, outcome, duration."""
    paths = _logs(data_dir).paths()[:count]
    if not paths:
        click.echo("No calls yet.")
    for path in paths:
        click.echo(_row(path))


def _row(path: Path) -> str:
    record = list(read(path))
    if not record:
        return f"{path.stem[:ID_SHOWN]}  (empty)"
    first, last = record[0], record[-1]
    over = last["event"] == "Ended"
    outcome = last["code"] if over else "(live)"
    duration_s = last["duration_ms" if over else "at_ms"] / 1000
    when = first["wall"][:19].replace("T", " ")
    tenant = first["tenant"] or "-"
    return f"{path.stem[:ID_SHOWN]}  {when}  {tenant:<16}{outcome:<24}{duration_s:7.1f} s"


@calls.command()
@click.argument("call_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="The record's lines as they are.")
@_DATA_DIR
def show(call_id: str, as_json: bool, data_dir: Path | None) -> None:
    """One call's timeline. ID may be the beginning of an id, or `last`."""
    path = _find(_logs(data_dir), call_id)
    record = list(read(path))
    if as_json:
        for line in record:
            click.echo(json.dumps(line, ensure_ascii=False))
        return
    _show(path, record)


def _show(path: Path, record: list[dict[str, Any]]) -> None:
    if not record:
        raise RecordMissing(f"the record {path} is empty")
    for text in (*timeline.heading(record[0]), *timeline.lines(record)):
        click.echo(text)


def _logs(data_dir: Path | None) -> CallLogs:
    return CallLogs(data_dir or load().data_dir)


def _find(logs: CallLogs, call_id: str) -> Path:
    """The one record that the id means. Raises ``RecordMissing``."""
    paths = logs.paths()
    if call_id == "last" and paths:
        return paths[0]
    found = [path for path in paths if path.stem.startswith(call_id)]
    if not found:
        raise RecordMissing(f"no call {call_id}; see: sipagent calls")
    if len(found) > 1:
        raise RecordMissing(f"{len(found)} calls begin with {call_id}; give more of the id")
    return found[0]
