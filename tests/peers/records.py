"""Reads a node's call records, from the outside."""

import time
from pathlib import Path
from typing import Any

from sipagent.store.calllog import read

Record = list[dict[str, Any]]


def ended(data: Path, count: int = 1, timeout_s: float = 10.0) -> list[Record]:
    """Wait until ``count`` records are closed; the earliest first."""
    until = time.monotonic() + timeout_s
    while True:
        closed = sorted((data / "calls").glob("2*/*.jsonl"), key=lambda path: path.stat().st_mtime)
        if len(closed) >= count:
            return [list(read(path)) for path in closed]
        if time.monotonic() > until:
            still = list((data / "calls" / "open").glob("*"))
            raise AssertionError(f"{len(closed)} of {count} records closed; open: {still}")
        time.sleep(0.05)


def of_call(data: Path, sip_call_id: str, timeout_s: float = 10.0) -> Record:
    """Wait for the record of one call, among those of others. It is the only one of that call."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        found = [one for one in ended(data, count=0) if one[0].get("sip_call_id") == sip_call_id]
        if found:
            (record,) = found
            return record
        time.sleep(0.05)
    raise AssertionError(f"no record of {sip_call_id}")


def events(record: Record, kind: str) -> Record:
    return [line for line in record if line["event"] == kind]


def outcome(record: Record) -> str:
    """The code of the one Outcome, which must be the last line."""
    assert len(events(record, "Ended")) == 1, record
    assert record[-1]["event"] == "Ended", record
    code: str = record[-1]["code"]
    return code
