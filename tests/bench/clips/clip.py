"""A clip, its label, and how sounds are laid on the time of a leg. Knows no class of clips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tests.bench.clips.sound import Sound, added, count, ms_of, room, silence, telephone


@dataclass(frozen=True, slots=True)
class Piece:
    """A sound after a pause (``after_ms`` since the one before it, or since the lead)."""

    sound: Sound
    text: str
    after_ms: float = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where something sounds, in ms from the start of the clip."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Clip:
    """int16 mono at 8 kHz and what is true of it. ``agent`` is what the agent played meanwhile."""

    pcm: NDArray[np.int16]
    stretches: tuple[Stretch, ...]
    about: Mapping[str, str | int | float | bool]
    agent: NDArray[np.int16] | None = None

    def label(self, file: str) -> dict[str, object]:
        """As it is written to JSON; ``end_ms`` is the end of the last stretch."""
        return {
            "file": file,
            **self.about,
            "stretches": [
                {"start_ms": one.start_ms, "end_ms": one.end_ms, "text": one.text}
                for one in self.stretches
            ],
            "end_ms": self.stretches[-1].end_ms,
            "duration_ms": ms_of(len(self.pcm)),
        }


@dataclass(frozen=True, slots=True)
class Leg:
    """The quiet line on which pieces are laid."""

    lead_ms: float
    tail_ms: float
    room_dbfs: float
    seed: Sequence[int] = field(default=())

    def laid(self, pieces: Sequence[Piece]) -> tuple[Sound, tuple[Stretch, ...]]:
        """The pieces one after another, without the room."""
        parts, stretches, at = [silence(self.lead_ms)], [], count(self.lead_ms)
        for piece in pieces:
            parts += [silence(piece.after_ms), piece.sound]
            start = at + count(piece.after_ms)
            at = start + len(piece.sound)
            stretches.append(Stretch(ms_of(start), ms_of(at), piece.text))
        return np.concatenate([*parts, silence(self.tail_ms)]), tuple(stretches)

    def heard(self, sound: Sound) -> NDArray[np.int16]:
        """The sound with the room around it, as the line delivers it."""
        out = room(np.random.default_rng(list(self.seed)), len(sound), self.room_dbfs)
        added(out, sound, 0)
        return telephone(out)
