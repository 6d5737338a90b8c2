"""The record of a call: one JSON line per event, from the first INVITE to the one Outcome (D6).

A record lies in ``<data_dir>/calls/open`` while its call lives and moves to a folder of its
day when the call has ended. Each line reaches the kernel before ``record`` returns, so that
the death of the process loses no event. Records and their folders are for their owner alone.
"""

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog

from sipagent.errors import Blame, DiskFull, StartError
from sipagent.events import Ended, Event
from sipagent.outcome import NODE_DIED, Outcome

log = structlog.get_logger(__name__)

NEEDED_BYTES: Final = 16 * 1024 * 1024
_APPEND: Final = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700


class CallLog:
    """One call's record. ``clock`` gives the media time in ms."""

    def __init__(self, folder: Path, call_id: str, tenant: str) -> None:
        self.call_id = call_id
        self._tenant = tenant
        self._folder = folder
        self._path = folder / "open" / f"{call_id}.jsonl"
        self._began = datetime.now(UTC)
        self._sequence = 0
        self._size = 0
        self._file: int | None = os.open(self._path, _APPEND, _FILE_MODE)
        self.clock: Callable[[], int] = lambda: 0

    def record(self, event: Event) -> None:
        """Write one event. A full disk costs the line, not the call, and each is said.

        What comes after the Outcome is not recorded: the descriptor may be another call's.
        """
        if self._file is None:
            log.info("event after the outcome", call_id=self.call_id, kind=type(event).__name__)
        else:
            self._write(self._file, event)

    def _write(self, file: int, event: Event) -> bool:
        """Whether the event's line got out."""
        fields = asdict(event)
        at_ms = fields.pop("at_ms", None)
        line = {
            "call": self.call_id,
            "tenant": self._tenant,
            "seq": self._sequence,
            "wall": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "at_ms": self.clock() if at_ms is None else at_ms,
            "event": type(event).__name__,
            **fields,
        }
        self._sequence += 1
        try:
            self._append(file, _encoded(line))
        except OSError as error:
            log.error("event lost", call_id=self.call_id, error=error.strerror)
            return False
        return True

    def _append(self, file: int, line: bytes) -> None:
        """Write the whole line or nothing of it: half a line would spoil the next one."""
        written = 0
        try:
            while written < len(line):
                written += os.write(file, line[written:])
        except OSError:
            os.ftruncate(file, self._size)
            raise
        self._size += len(line)

    def end(self, outcome: Outcome) -> None:
        """Write the Outcome and put the record away. Nothing is recorded after it.

        A record without its Outcome, or without a folder to go to, stays open for the next start.
        """
        duration = datetime.now(UTC) - self._began
        ended = Ended(
            code=outcome.code,
            blame=outcome.blame,
            detail=outcome.detail,
            duration_ms=round(duration.total_seconds() * 1000),
        )
        if self._file is None:
            self.record(ended)
            return
        file, self._file = self._file, None
        told = self._write(file, ended)
        try:
            os.close(file)
            if told:
                _put_away(self._folder, self._path)
        except OSError as error:
            log.error("record not put away", call_id=self.call_id, error=error.strerror)
        if not told:
            log.error("outcome not recorded", call_id=self.call_id, code=outcome.code)


def _encoded(line: Mapping[str, Any]) -> bytes:
    """A record's line; a byte that was not UTF-8 on the wire is kept as JSON's own escape."""
    return (json.dumps(line, ensure_ascii=False) + "\n").encode(errors="backslashreplace")


def _rewrite(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Replace a record whole, or not at all."""
    repaired = path.with_suffix(".repaired")
    repaired.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(repaired, _APPEND, _FILE_MODE), "wb") as file:
            file.writelines(map(_encoded, lines))
        repaired.replace(path)
    finally:
        repaired.unlink(missing_ok=True)


def _put_away(folder: Path, path: Path) -> None:
    day = folder / datetime.now(UTC).date().isoformat()
    day.mkdir(_FOLDER_MODE, exist_ok=True)
    path.rename(day / path.name)


class CallLogs:
    """All records of a node."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "calls"

    def prepare(self) -> None:
        """Make the folders and close what a dead node left open, where it can be closed.

        Raises ``DiskFull`` or ``StartError`` where records cannot be kept.
        """
        try:
            self._folder.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
            (self._folder / "open").mkdir(_FOLDER_MODE, exist_ok=True)
            disk = os.statvfs(self._folder)
            self._lock()
            probe = self._folder / "open" / ".probe"
            probe.write_bytes(b"x")
            probe.unlink()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise self._full(0) from None
            raise StartError(
                f"cannot write call records to {self._folder}: {error.strerror}; "
                "set SIPAGENT_DATA_DIR to a folder that can be written"
            ) from None
        free = disk.f_bavail * disk.f_frsize
        if free < NEEDED_BYTES:
            raise self._full(free)
        for path in (self._folder / "open").glob("*.jsonl"):
            try:
                self._close(path)
            except Exception as error:  # whatever lies there, the node must start
                log.error("record not closed", call_id=path.stem, error=str(error))

    def _lock(self) -> None:
        """One node a folder, for its life: another would close this one's live records."""
        self._locked = (self._folder / ".lock").open("w")
        try:
            fcntl.flock(self._locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(
                f"another node keeps its records in {self._folder}; "
                "stop it or set SIPAGENT_DATA_DIR to another folder"
            ) from None

    def release(self) -> None:
        """Let another node have the folder; the death of the process does so too."""
        self._locked.close()

    def _full(self, free: int) -> DiskFull:
        return DiskFull(
            f"{self._folder} has {free // 1024} KiB left and call records need "
            f"{NEEDED_BYTES // 1024} KiB; free space or set SIPAGENT_DATA_DIR to another disk"
        )

    def open(self, call_id: str, tenant: str) -> CallLog:
        return CallLog(self._folder, call_id, tenant)

    def _close(self, path: Path) -> None:
        """End a record that its node could not; a line that was cut short is dropped."""
        lines = list(read(path))
        if not lines or lines[-1]["event"] != Ended.__name__:
            last = lines[-1] if lines else {}
            at_ms = last.get("at_ms", 0)
            ended = {
                "call": path.stem,
                "tenant": last.get("tenant", ""),
                "seq": len(lines),
                "wall": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "at_ms": at_ms,
                "event": Ended.__name__,
                "code": NODE_DIED.code,
                "blame": Blame.US.value,
                "detail": NODE_DIED.detail,
                "duration_ms": at_ms,
            }
            _rewrite(path, [*lines, ended])
        _put_away(self._folder, path)
        log.warning("closed the record of a dead node", call_id=path.stem)

    def paths(self) -> list[Path]:
        """All records, the latest first."""
        found = []
        for path in self._folder.glob("*/*.jsonl"):
            with contextlib.suppress(FileNotFoundError):  # it was just put away
                found.append((path.stat().st_mtime, path))
        return [path for _, path in sorted(found, reverse=True)]

    def find(self, call_id: str) -> Path | None:
        """The record of a call, by its id or the beginning of it, if that names one alone."""
        matches = [path for path in self.paths() if path.stem.startswith(call_id)]
        return matches[0] if len(matches) == 1 else None


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a record; what is no event, as a dying node may leave it, is left out."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict) and "event" in event:
                yield event
