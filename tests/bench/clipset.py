"""The clips of ``tests.bench.clips`` on disk, with their labels. Judges nothing."""

import json
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from sipagent.ports import Expect, Kind
from sipagent.text.language import Language

TURNS: Final = ("complete", "incomplete", "hesitation", "digits")
SOUNDS: Final = ("cough", "backchannel", "noise", "echo", "interruption")

BYTES_PER_MS: Final = 16

Judged = TypeVar("Judged")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A burst or a piece of speech: ms from the beginning of its clip."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A clip and what is true of it; ``label`` is all that its file says."""

    path: Path
    kind: str
    stretches: tuple[Stretch, ...]
    label: dict[str, Any]

    @property
    def name(self) -> str:
        """How a failure is told."""
        return f"{self.kind}/{self.path.stem}"

    @property
    def language(self) -> Language | None:
        """Of its speech, where it has any."""
        return Language(self.label["language"]) if "language" in self.label else None

    @property
    def starts_ms(self) -> int:
        return self.stretches[0].start_ms

    @property
    def ends_ms(self) -> int:
        return self.stretches[-1].end_ms

    @property
    def expect(self) -> Expect:
        """What the agent had asked for, of a clip of a turn."""
        match self.label["expect"]:
            case "yes-no":
                return Expect(Kind.YES_NO)
            case "digits":
                return Expect(Kind.DIGITS, self.label["digits"], self.label["digits"])
            case _:
                return Expect()

    def pcm(self) -> bytes:
        """int16 mono at 8 kHz."""
        return read_wav(self.path)

    @property
    def echoes(self) -> bool:
        """Whether it is what came back of the agent."""
        return "agent_file" in self.label

    def agent(self) -> bytes:
        """What an echo came back of, from its first sound to its last: int16 mono at 8 kHz."""
        pcm = read_wav(self.path.with_name(self.label["agent_file"]))
        loud = np.flatnonzero(np.frombuffer(pcm, "<i2"))
        return pcm[2 * int(loud[0]) : 2 * int(loud[-1]) + 2]

    def room(self) -> bytes:
        """The line before the first sound: int16 mono at 8 kHz."""
        return self.pcm()[: BYTES_PER_MS * self.starts_ms]

    def sounding(self, early_ms: int = 0) -> bytes:
        """From so long before the first sound on: int16 mono at 8 kHz."""
        return self.pcm()[BYTES_PER_MS * (self.starts_ms - early_ms) :]


def read_wav(path: Path) -> bytes:
    with wave.open(str(path)) as file:
        return bytes(file.readframes(file.getnframes()))


def made(folder: Path, kinds: Sequence[str], most: int | None = None) -> list[Labelled]:
    """The clips of these classes, or the first ``most`` of each; made where they are not there."""
    missing = [kind for kind in kinds if not _is_there(folder / kind, most)]
    if missing:
        limit = [] if most is None else ["--most", str(most)]
        command = [sys.executable, "-m", "tests.bench.clips", str(folder), "--only", *missing]
        subprocess.run([*command, *limit], check=True, stdout=sys.stderr)
        for kind in missing:
            (folder / kind / "made").write_text("" if most is None else str(most))
    return [clip for kind in kinds for clip in _read(folder / kind, most)]


def _is_there(folder: Path, most: int | None) -> bool:
    """Whether so many clips were made of a class; an empty mark means all."""
    mark = folder / "made"
    if not mark.is_file():
        return False
    had = mark.read_text()
    return not had or (most is not None and int(had) >= most)


def _read(folder: Path, most: int | None) -> Iterator[Labelled]:
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    for label in labels[:most]:
        stretches = tuple(Stretch(**one) for one in label["stretches"])
        yield Labelled(folder / label["file"], label["class"], stretches, label)


def share_out(
    judge: Callable[[Sequence[Labelled]], list[Judged]], clips: Sequence[Labelled]
) -> list[Judged]:
    """Judge clips on all cores, each process every n-th clip; in the order of the clips.

    ``judge`` is a function of a module, since it goes to processes of their own.
    """
    processes = min(cpu_count() or 1, max(1, len(clips)))
    parts = [clips[first::processes] for first in range(processes)]
    if processes == 1:
        return judge(clips)
    with get_context("spawn").Pool(processes) as pool:
        judged = pool.map(judge, parts)
    return [judged[number % processes][number // processes] for number in range(len(clips))]
