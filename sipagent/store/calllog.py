"""The record of a call: one JSON line per event, from the first INVITE to the one Outcome (D6).

A record lies in ``<data_dir>/calls/open`` while its call lives and moves to a folder of its
day when the call has ended. Each line reaches the kernel before ``record`` returns, so that
the death of the process loses no event.
"""

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator
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
        self._file: int | None = os.open(self._path, _APPEND, 0o600)
        self.clock: Callable[[], int] = lambda: 0

    def record(self, event: Event) -> None:
        """Write one event. A full disk costs the line, not the call, and each is said.

        What comes after the Outcome is not recorded: the descriptor may be another call's.
        """
        if self._file is None:
            log.info("event after the outcome", call_id=self.call_id, kind=type(event).__name__)
            return
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
        text = json.dumps(line, ensure_ascii=False) + "\n"
        try:
            self._append(self._file, text.encode(errors="backslashreplace"))
        except OSError as error:
            log.error("event lost", call_id=self.call_id, error=error.strerror)

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
        """Write the Outcome and put the record away. Nothing is recorded after it."""
        duration = datetime.now(UTC) - self._began
        self.record(
            Ended(
                code=outcome.code,
                blame=outcome.blame,
                detail=outcome.detail,
                duration_ms=round(duration.total_seconds() * 1000),
            )
        )
        if self._file is not None:
            os.close(self._file)
            self._file = None
            _put_away(self._folder, self._path)


def _put_away(folder: Path, path: Path) -> None:
    day = folder / datetime.now(UTC).date().isoformat()
    day.mkdir(exist_ok=True)
    path.rename(day / path.name)


class CallLogs:
    """All records of a node."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "calls"

    def prepare(self) -> None:
        """Make the folders and close what a dead node left open.

        Raises ``DiskFull`` or ``StartError`` where records cannot be kept.
        """
        try:
            (self._folder / "open").mkdir(parents=True, exist_ok=True)
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
            self._close(path)

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
            text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in [*lines, ended])
            repaired = path.with_suffix(".repaired")
            repaired.write_text(text, encoding="utf-8")
            repaired.replace(path)
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
            except ValueError:
                continue
            if isinstance(event, dict) and "event" in event:
                yield event
