"""What is kept of each call: its recording, the conversation, and the node's own record."""

import json
import shutil
from pathlib import Path

from sipagent.cli.phone.caller import Caller
from sipagent.cli.phone.recording import write_call
from sipagent.cli.scenario.result import Result
from sipagent.errors import StartError


def keep(folder: Path, result: Result, caller: Caller | None, data: Path | None) -> None:
    """Write NAME.txt, NAME.wav (left the caller) and, where ``data`` is the folder of the node's
    records, NAME.jsonl. Raises ``StartError`` where that is not possible.
    """
    name = result.scenario.name
    faults = [result.why(fault) for fault in result.faults]
    lines = [*faults, *result.conversation()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        if caller is not None:
            write_call(folder / f"{name}.wav", caller.line, caller.origin_ns)
        record = _record(data, result.sip_call_id) if data is not None else None
        if record is not None:
            shutil.copyfile(record, folder / f"{name}.jsonl")
    except OSError as error:
        raise StartError(f"cannot write {error.filename}: {error.strerror}") from None


def _record(data: Path, sip_call_id: str) -> Path | None:
    """The record whose first line has this Call-ID."""
    for path in (data / "calls").glob("*/*.jsonl"):
        with path.open(encoding="utf-8") as file:
            first = file.readline()
        if sip_call_id and json.loads(first or "{}").get("sip_call_id") == sip_call_id:
            return path
    return None
