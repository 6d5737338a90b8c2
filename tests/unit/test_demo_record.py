"""The demo's reader of records, on records made here."""

from pathlib import Path

from sipagent.events import Ringing
from sipagent.store.calllog import CallLogs
from tools.demo import record


def test_a_line_may_hold_characters_that_break_lines_elsewhere(tmp_path: Path) -> None:
    logs = CallLogs(tmp_path)
    logs.prepare()
    agent = "phone\u2028of\x85two\u2029lines"
    logs.open("c1", "demo").record(Ringing("t", "s", "d", "i", agent, "c"))
    path = tmp_path / "calls" / "open" / "c1.jsonl"
    with path.open("a") as file:
        file.write('{"call": "c1", "ev')
    (event,) = record.read(path)
    assert event["user_agent"] == agent


def test_a_record_that_has_moved_is_empty(tmp_path: Path) -> None:
    assert record.read(tmp_path / "c1.jsonl") == []
