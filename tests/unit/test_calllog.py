"""The record of a call on disk."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from sipagent.errors import Blame, DiskFull, StartError
from sipagent.events import EVENTS, DigitPressed, Ringing, SpeechStarted, personal_fields
from sipagent.outcome import Outcome
from sipagent.store.calllog import CallLogs, read

RINGING = Ringing("t", "127.0.0.1:5060", "+97142000000", "x@y", "ua", caller="+971501234567")


def logs(folder: Path) -> CallLogs:
    made = CallLogs(folder)
    made.prepare()
    return made


def full(*_: object) -> int:
    raise OSError(28, "No space left on device")


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that hides no mode."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_each_event_is_a_line_with_call_tenant_sequence_and_media_time(tmp_path: Path) -> None:
    record = logs(tmp_path).open("c1", "demo")
    record.record(RINGING)
    record.clock = lambda: 1500
    record.record(DigitPressed(digit="5"))
    record.record(SpeechStarted(at_ms=1234))
    record.end(Outcome("goodbye", Blame.CALLER))
    (path,) = (tmp_path / "calls").glob("2*/c1.jsonl")
    lines = list(read(path))
    assert [line["seq"] for line in lines] == [0, 1, 2, 3]
    assert [line["at_ms"] for line in lines] == [0, 1500, 1234, 1500]
    assert [line["event"] for line in lines] == [
        "Ringing",
        "DigitPressed",
        "SpeechStarted",
        "Ended",
    ]
    assert all(line["call"] == "c1" and line["tenant"] == "demo" for line in lines)
    assert path.stat().st_mode & 0o077 == 0


def test_a_line_is_on_disk_before_record_returns(tmp_path: Path) -> None:
    record = logs(tmp_path).open("c1", "demo")
    record.record(RINGING)
    assert (tmp_path / "calls" / "open" / "c1.jsonl").read_text().count("\n") == 1


def test_the_next_start_closes_what_a_dead_node_left_open(tmp_path: Path) -> None:
    dead = logs(tmp_path)
    dead.open("c1", "demo").record(RINGING)
    dead.release()
    with (tmp_path / "calls" / "open" / "c1.jsonl").open("a") as file:
        file.write('{"call": "c1", "ev')  # the kernel took half a line
    logs(tmp_path)
    (path,) = (tmp_path / "calls").glob("2*/c1.jsonl")
    lines = list(read(path))
    assert [line["event"] for line in lines] == ["Ringing", "Ended"]
    assert lines[-1]["code"] == "node-died"
    assert all(json.loads(line) for line in path.read_text().splitlines())


def test_a_second_node_may_not_use_the_same_records(tmp_path: Path) -> None:
    running = logs(tmp_path)
    record = running.open("c1", "demo")
    record.record(RINGING)
    with pytest.raises(StartError, match="another node keeps its records"):
        logs(tmp_path)
    record.end(Outcome("goodbye", Blame.CALLER))
    (path,) = (tmp_path / "calls").glob("2*/c1.jsonl")
    assert [line["event"] for line in read(path)] == ["Ringing", "Ended"]


def test_a_line_that_the_disk_refused_half_way_leaves_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = logs(tmp_path).open("c1", "demo")
    record.record(RINGING)
    write = os.write

    def filling(file: int, data: bytes) -> int:
        if len(data) < 100:
            raise OSError(28, "No space left on device")
        return write(file, data[: len(data) - 50])

    monkeypatch.setattr(os, "write", filling)
    record.record(SpeechStarted(at_ms=1))
    monkeypatch.undo()
    record.record(SpeechStarted(at_ms=2))
    lines = list(read(tmp_path / "calls" / "open" / "c1.jsonl"))
    assert [(line["event"], line["at_ms"]) for line in lines] == [
        ("Ringing", 0),
        ("SpeechStarted", 2),
    ]


def test_lines_that_are_no_events_do_not_stop_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "calls" / "open").mkdir(parents=True)
    (tmp_path / "calls" / "open" / "c1.jsonl").write_text('1\n[]\n{"x": 1}\nnonsense\n')
    logs(tmp_path)
    (path,) = (tmp_path / "calls").glob("2*/c1.jsonl")
    assert [line["event"] for line in read(path)] == ["Ended"]


def test_an_unwritable_folder_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "calls").write_text("a file in the way")
    with pytest.raises(StartError, match="set SIPAGENT_DATA_DIR"):
        logs(tmp_path)


def test_a_full_disk_is_told_at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        f_bavail, f_frsize = 10, 4096

    monkeypatch.setattr(os, "statvfs", lambda _: Full)
    with pytest.raises(DiskFull, match="40 KiB left"):
        logs(tmp_path)


def test_a_record_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    made = logs(tmp_path)
    for call_id in ("abc1", "abd2"):
        made.open(call_id, "demo").end(Outcome("goodbye", Blame.CALLER))
    found = made.find("abc")
    assert found is not None
    assert found.stem == "abc1"
    assert made.find("ab") is None
    assert made.find("zzz") is None


def test_what_a_caller_says_or_keys_is_marked_as_personal() -> None:
    marked = {name: sorted(personal_fields(kind)) for name, kind in EVENTS.items()}
    assert marked["DigitPressed"] == ["digit"]
    assert marked["WordsHeard"] == ["text"]
    assert marked["Ringing"] == ["caller"]
    assert marked["Interrupted"] == ["heard", "unheard"]


def test_nothing_is_recorded_after_the_outcome(tmp_path: Path) -> None:
    record = logs(tmp_path).open("c1", "demo")
    record.end(Outcome("goodbye", Blame.CALLER))
    record.record(RINGING)
    record.end(Outcome("other", Blame.US))
    (path,) = (tmp_path / "calls").glob("2*/c1.jsonl")
    assert [line["event"] for line in read(path)] == ["Ended"]


def test_bytes_that_are_not_utf_8_are_kept_readable(tmp_path: Path) -> None:
    record = logs(tmp_path).open("c1", "demo")
    record.record(Ringing("t", "s", "d", "i", b"caf\xe9".decode(errors="surrogateescape"), "c"))
    (line,) = read(tmp_path / "calls" / "open" / "c1.jsonl")
    assert line["user_agent"].startswith("caf")


def test_a_dead_nodes_record_of_bytes_that_are_not_utf_8_is_closed(tmp_path: Path) -> None:
    dead = logs(tmp_path)
    agent = b"caf\xe9".decode(errors="surrogateescape")
    dead.open("c1", "demo").record(Ringing("t", "s", "d", "i", agent, "c"))
    written = (tmp_path / "calls" / "open" / "c1.jsonl").read_bytes()
    dead.release()
    logs(tmp_path)
    (path,) = (tmp_path / "calls").glob("2*/c1.jsonl")
    assert path.read_bytes().startswith(written)
    ringing, ended = read(path)
    assert ringing["user_agent"] == agent
    assert ended["code"] == "node-died"


@pytest.mark.parametrize("folder", ["c1.jsonl", "c1.repaired"])
def test_a_record_that_cannot_be_closed_stops_neither_the_start_nor_the_others(
    tmp_path: Path, folder: str
) -> None:
    open_records = tmp_path / "calls" / "open"
    (open_records / folder).mkdir(parents=True)
    for name in ("c0", "c1", "c2"):
        if folder != f"{name}.jsonl":
            (open_records / f"{name}.jsonl").write_text('{"event": "Held"}\n')
    with capture_logs() as said:
        logs(tmp_path)
    assert [line["call_id"] for line in said if line["event"] == "record not closed"] == ["c1"]
    assert (open_records / "c1.jsonl").exists()
    assert {path.stem for path in (tmp_path / "calls").glob("2*/*.jsonl")} == {"c0", "c2"}


def test_a_line_too_deep_to_be_read_does_not_stop_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "calls" / "open").mkdir(parents=True)
    (tmp_path / "calls" / "open" / "c1.jsonl").write_text("[" * 100_000 + "\n")
    logs(tmp_path)
    (path,) = (tmp_path / "calls").glob("2*/c1.jsonl")
    assert [line["event"] for line in read(path)] == ["Ended"]


@pytest.mark.usefixtures("open_umask")
def test_records_and_their_folders_are_private_also_when_repaired(tmp_path: Path) -> None:
    dead = logs(tmp_path / "data")
    dead.open("c1", "demo").record(RINGING)
    dead.release()
    stale = tmp_path / "data" / "calls" / "open" / "c1.repaired"
    stale.write_text("half of a repair")
    logs(tmp_path / "data").open("c2", "demo").end(Outcome("goodbye", Blame.CALLER))
    modes = {
        path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data/calls").rglob("*")
    }
    assert modes.pop("c1.jsonl") == modes.pop("c2.jsonl") == 0o600
    modes.pop(".lock")
    assert len(modes) == 2
    assert set(modes.values()) == {0o700}
    assert (tmp_path / "data" / "calls").stat().st_mode & 0o777 == 0o700


def test_a_record_whose_outcome_the_disk_refused_is_closed_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = logs(tmp_path)
    record = running.open("c1", "demo")
    record.record(RINGING)
    monkeypatch.setattr(os, "write", full)
    with capture_logs() as said:
        record.end(Outcome("goodbye", Blame.CALLER))
    monkeypatch.undo()
    assert {"event": "outcome not recorded", "call_id": "c1", "code": "goodbye"}.items() <= (
        said[-1].items()
    )
    assert (tmp_path / "calls" / "open" / "c1.jsonl").exists()
    running.release()
    logs(tmp_path)
    (path,) = (tmp_path / "calls").glob("2*/c1.jsonl")
    assert [line["event"] for line in read(path)] == ["Ringing", "Ended"]


def test_a_record_that_has_no_folder_to_go_to_is_put_away_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = logs(tmp_path)
    record = running.open("c1", "demo")
    monkeypatch.setattr(Path, "rename", full)
    record.end(Outcome("goodbye", Blame.CALLER))
    monkeypatch.undo()
    running.release()
    logs(tmp_path)
    (path,) = (tmp_path / "calls").glob("2*/c1.jsonl")
    assert [line["code"] for line in read(path)] == ["goodbye"]
