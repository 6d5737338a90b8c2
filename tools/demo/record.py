"""The event log of a call, while it is being written and after. Reads only."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

Event = Mapping[str, Any]

POLL_S: Final = 0.05
TOLD: Final = frozenset(
    {
        "Answered",
        "DigitPressed",
        "WordsHeard",
        "ReplyBegun",
        "Interrupted",
        "WishHeard",
        "NothingKnown",
        "EngineFailed",
        "TransferStep",
        "Ended",
    }
)


def follow(data_dir: Path, known: frozenset[str], alive: Callable[[], bool]) -> Iterator[Event]:
    """The events of the next call as they come, until its record ends or nobody is ``alive``.

    ``known`` are the records of earlier calls, by name.
    """
    path: Path | None = None
    shown = 0
    while True:
        calling = alive()
        path = path if path is not None and path.exists() else _newest(data_dir, known)
        events = read(path) if path is not None else []
        yield from events[shown:]
        shown = max(shown, len(events))
        if not calling or (events and events[-1]["event"] == "Ended"):
            return
        time.sleep(POLL_S)


def names(data_dir: Path) -> frozenset[str]:
    """The records that there are."""
    return frozenset(path.name for path in (data_dir / "calls").glob("*/*.jsonl"))


def _newest(data_dir: Path, known: frozenset[str]) -> Path | None:
    """The one record that is not among ``known``; it moves when its call has ended."""
    found = (data_dir / "calls").glob("*/*.jsonl")
    return next((path for path in found if path.name not in known), None)


def read(path: Path) -> list[Event]:
    """The whole lines of a record; it may have moved since it was found."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    whole = text.split("\n")[:-1]  # a line of JSON may hold other characters that break lines
    return [json.loads(line) for line in whole]


def find(data_dir: Path, sip_call_id: str) -> Path | None:
    """The record of the call with this SIP Call-ID."""
    for path in (data_dir / "calls").glob("*/*.jsonl"):
        events = read(path)
        if events and events[0].get("sip_call_id") == sip_call_id:
            return path
    return None


def offset_ms(events: list[Event], answered_unix_ms: int) -> int:
    """What to add to the node's media clock to get the phone's: ms from the answer."""
    answered = next(event for event in events if event["event"] == "Answered")
    wall_ms = datetime.fromisoformat(answered["wall"]).timestamp() * 1000
    at_ms: int = answered["at_ms"]
    return round(wall_ms - answered_unix_ms - at_ms)
