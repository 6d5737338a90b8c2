"""What is kept of each call: its recording, the conversation, and the node's own record."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from sipagent.cli.phone.caller import Caller
from sipagent.cli.phone.recording import write_call
from sipagent.cli.scenario.result import Result
from sipagent.errors import StartError


def keep(folder: Path, result: Result, caller: Caller | None) -> None:
    """Write NAME.txt and NAME.wav (left the caller). Raises ``StartError``."""
    name = result.scenario.name
    faults = [result.why(fault) for fault in result.faults]
    lines = [*faults, *result.conversation()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        if caller is not None:
            write_call(folder / f"{name}.wav", caller.line, caller.origin_ns)
    except OSError as error:
        raise StartError(f"cannot write {error.filename}: {error.strerror}") from None


def keep_records(folder: Path, results: Sequence[Result], data: Path) -> None:
    """Copy each call's record out of ``data``, a node's folder, as NAME.jsonl, once the node has
    ended. Raises ``StartError``.
    """
    names = {one.sip_call_id: one.scenario.name for one in results if one.sip_call_id}
    try:
        for path in (data / "calls").glob("*/*.jsonl"):
            with path.open(encoding="utf-8") as file:
                name = names.get(json.loads(file.readline() or "{}").get("sip_call_id", ""))
            if name is not None:
                shutil.copyfile(path, folder / f"{name}.jsonl")
    except OSError as error:
        raise StartError(f"cannot write {error.filename}: {error.strerror}") from None
