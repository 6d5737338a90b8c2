"""What the caller's sounds do to the agent: who stops it, who only makes it wait, and how long.

The clips of ``tests/data/bargein.yaml`` while the agent speaks. All of them on a simulated clock,
for the decisions; some of each class over real RTP (``bargein_wire.py``), for the times. Knows
what a good judge does by the clip's label alone.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import yaml

from sipagent.engines.asr_whisper import WhisperTranscriber
from sipagent.events import Interrupted, PlayoutPaused, PlayoutResumed, ReplyBegun, WordsHeard
from sipagent.media.vad import SileroVad
from sipagent.ports import Speech
from sipagent.text.language import Language
from tests.bench.bargein_wire import Wired, over_rtp
from tests.bench.clipset import SOUNDS, Labelled, made, share_out
from tests.bench.load import percentile
from tests.bench.plots import decisions, spreads
from tests.bench.report import Findings, Row, grid
from tests.bench.simulated import (
    FRAME_MS,
    RATE_HZ,
    ChargedTranscriber,
    Hearers,
    RealTime,
    Scene,
    simulate,
    speech_of,
)

DATA: Final = Path(__file__).parent.parent / "data" / "bargein.yaml"
ASR_S: Final = 0.1  # charged for a look at the words
BEFORE_S: Final = 1.0  # that the agent speaks before the clip begins
AFTER_S: Final = 3.0
PROMPTS: Final = 5  # of the frozen ones, that the agent says in a row: more than any clip takes
MS_A_LETTER: Final = 70
FALSE_STOPS: Final = 2.0  # per cent
WIRED: Final = 20  # clips of a class that are called in
STOP_MS: Final = 200.0
DECIDED_MS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Decided:
    """What the agent did at one clip. Times in ms.

    ``silent_ms``: from the first sound to where the agent paused. ``stood_ms``: each time that it
    paused and went on. ``stopped_ms``: from the first sound to the decision. ``answered``: it took
    the sound for a turn and spoke to it. ``heard``: the words that the decision was made by.
    """

    clip: Labelled
    stopped: bool
    silent_ms: float | None
    stood_ms: tuple[float, ...]
    stopped_ms: float | None
    answered: bool
    heard: str

    @property
    def right(self) -> bool:
        return self.stopped is (self.clip.label["expect"] == "stop")

    @property
    def what(self) -> str:
        if self.stopped:
            return "stopped"
        return "never paused" if self.silent_ms is None else "paused"


# ---------------------------------------------------------------- decisions, simulated


def decide(clips: Sequence[Labelled]) -> list[Decided]:
    """Each clip as a call of its own, while the agent speaks."""
    real, transcriber = RealTime(), WhisperTranscriber()
    hearers = Hearers(SileroVad(RATE_HZ), ChargedTranscriber(transcriber, real, ASR_S))
    try:
        return [simulate(_decide(clip, hearers)) for clip in clips]
    finally:
        real.run(transcriber.close())
        real.close()


async def _decide(clip: Labelled, hearers: Hearers) -> Decided:
    echo = "agent_file" in clip.label
    scene = Scene(hearers, _echoed(clip) if echo else _speech(clip))
    began = [0]

    async def script() -> None:
        await asyncio.sleep(0 if echo else BEFORE_S)
        began[0] = scene.line.say(pcm := clip.pcm())
        await asyncio.sleep(len(pcm) / 2 / RATE_HZ + AFTER_S)

    await scene.play(script())
    return decided(clip, scene, began[0])


def _echoed(clip: Labelled) -> Speech:
    """What the agent said on the clip's own clock, up to its last sound."""
    samples = np.frombuffer(clip.agent(), "<i2")
    until = int(np.flatnonzero(samples)[-1]) + 1
    return speech_of(
        clip.label["agent_text"], clip.language or Language.EN, samples[:until].tobytes()
    )


def _speech(clip: Labelled) -> Speech:
    """Some of the frozen prompts, longer than the clip."""
    number = int(clip.path.stem)
    language = clip.language or list(Language)[number % 2]
    texts = prompts(language)
    text = " ".join(texts[(number + step) % len(texts)] for step in range(PROMPTS))
    samples = np.ones(len(text) * MS_A_LETTER * RATE_HZ // 1000, "<i2")
    return speech_of(text, language, samples.tobytes())


@cache
def prompts(language: Language) -> tuple[str, ...]:
    """What the agent of the echo clips says."""
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return tuple(data["classes"]["echo"]["prompts"][language.value])


def decided(clip: Labelled, scene: Scene, began_ms: int) -> Decided:
    """What a call came to whose caller's clip began at ``began_ms``."""
    sound_ms = began_ms + clip.starts_ms
    cuts = [one.at_ms for one in scene.told if isinstance(one.event, Interrupted)]
    pauses = scene.when(PlayoutPaused)
    words = [one.event.text for one in scene.told if isinstance(one.event, WordsHeard)]
    return Decided(
        clip,
        stopped=bool(cuts),
        silent_ms=_last_sound(scene.line.sounded_ms, pauses[0]) - sound_ms if pauses else None,
        stood_ms=tuple(stood(pauses, scene.when(PlayoutResumed))),
        stopped_ms=cuts[0] - sound_ms if cuts else None,
        answered=len(scene.when(ReplyBegun)) > 1,
        heard=words[-1] if words else "",
    )


def _last_sound(sounded_ms: Sequence[int], before_ms: float) -> float:
    """The end of the last frame that left until a moment."""
    until = [at for at in sounded_ms if at <= before_ms]
    return (until[-1] + FRAME_MS) if until else before_ms


def stood(pauses: Iterable[float], resumes: Sequence[float]) -> Iterable[float]:
    """How long each pause took that was followed by going on."""
    ordered = sorted(pauses)
    for at, pause in enumerate(ordered):
        following = ordered[at + 1] if at + 1 < len(ordered) else float("inf")
        back = next((one for one in sorted(resumes) if pause <= one <= following), None)
        if back is not None:
            yield back - pause


# ---------------------------------------------------------------- the figures


def barge_in(folder: Path, most: int | None = None, wired: int = WIRED) -> Findings:
    """Every clip decided, or the first ``most`` of each class; ``wired`` of a class called in."""
    clips = made(folder.parent / "clips", SOUNDS, most)
    found = share_out(decide, clips)
    called = over_rtp(folder, _some(clips, wired)) if wired else []
    counts = {
        kind: {
            what: sum(one.what == what for one in own)
            for what in ("never paused", "paused", "stopped")
        }
        for kind, own in _by_kind(found).items()
    }
    decisions(counts, folder / "barge-in.png")
    if called:
        spreads(
            _times(called), {TO_SILENCE: STOP_MS, FROM_DECISION: DECIDED_MS}, folder / "times.png"
        )
    return Findings(
        [*_rows(found), *_wired_rows(called)],
        baseline="any speech stops it",
        caption=CAPTION,
        more=_tables(found, called),
    )


TO_SILENCE: Final = "first caller packet to last agent packet"
FROM_DECISION: Final = "the VAD's decision to last agent packet"
STILL: Final = "agent stood still, then went on"
CAPTION: Final = (
    "Stop: the agent's reply ended there (for an interruption the right thing, else a false stop). "
    "The baseline stops at the first sound that the VAD takes for speech. Decisions on a simulated "
    f"clock, {1000 * ASR_S:.0f} ms charged for each look at the words; times of the lines `over "
    "RTP` from packets captured at the caller, audible over -45 dBFS. The VAD's decision is "
    "`SpeechStarted` in the node's record: its end is on the wire, its beginning is not. An echo "
    "goes on while the agent has paused, which a real one would not."
)


def _some(clips: Sequence[Labelled], count: int) -> list[Labelled]:
    """So many of each class, evenly over it."""
    chosen: list[Labelled] = []
    for kind in SOUNDS:
        own = [clip for clip in clips if clip.kind == kind]
        chosen += [own[at * len(own) // count] for at in range(min(count, len(own)))]
    return chosen


def _by_kind(found: Sequence[Decided]) -> Mapping[str, list[Decided]]:
    return {
        kind: own for kind in SOUNDS if (own := [one for one in found if one.clip.kind == kind])
    }


def _share(found: Sequence[Decided], what: Iterable[bool]) -> float:
    return 100 * sum(what) / len(found) if found else float("nan")


def _rows(found: Sequence[Decided]) -> list[Row]:
    rows = []
    innocent = [one for one in found if one.clip.label["expect"] == "resume"]
    meant = [one for one in found if one.clip.label["expect"] == "stop"]
    for kind, own in _by_kind(found).items():
        noticed = _share(own, (one.silent_ms is not None for one in own))
        if kind == "interruption":
            missed = _share(own, (not one.stopped for one in own))
            rows.append(Row(f"{kind} ({len(own)}): missed", "%", missed, 0.0, 100 - noticed))
        else:
            stops = _share(own, (one.stopped for one in own))
            rows.append(Row(f"{kind} ({len(own)}): false stops", "%", stops, FALSE_STOPS, noticed))
    stops = _share(innocent, (one.stopped for one in innocent))
    paused = _share(innocent, (one.silent_ms is not None for one in innocent))
    stood_ms = [ms for one in innocent for ms in one.stood_ms]
    stopped_ms = [one.stopped_ms for one in meant if one.stopped_ms is not None]
    return [
        *rows,
        Row(f"all that is none ({len(innocent)}): false stops", "%", stops, FALSE_STOPS, paused),
        Row("simulated: stood still, p50", "ms", percentile(stood_ms, 50)),
        Row("simulated: stood still, p95", "ms", percentile(stood_ms, 95)),
        Row(
            "simulated: first sound to the decision to stop, p50", "ms", percentile(stopped_ms, 50)
        ),
        Row(
            "simulated: first sound to the decision to stop, p95", "ms", percentile(stopped_ms, 95)
        ),
    ]


def _wired_rows(called: Sequence[Wired]) -> list[Row]:
    if not called:
        return []
    times = _times(called)
    silence = [ms for group in times[TO_SILENCE].values() for ms in group]
    decision = [ms for group in times[FROM_DECISION].values() for ms in group]
    still = [ms for group in times[STILL].values() for ms in group]
    wrong = [one for one in called if one.stopped != (one.clip.label["expect"] == "stop")]
    return [
        Row(f"over RTP: {TO_SILENCE}, p50 of {len(silence)}", "ms", percentile(silence, 50)),
        Row(f"over RTP: {TO_SILENCE}, p95", "ms", percentile(silence, 95), STOP_MS),
        Row(f"over RTP: {FROM_DECISION}, p50 of {len(decision)}", "ms", percentile(decision, 50)),
        Row(f"over RTP: {FROM_DECISION}, p95", "ms", percentile(decision, 95), DECIDED_MS),
        Row(f"over RTP: {STILL}, p50 of {len(still)}", "ms", percentile(still, 50)),
        Row(f"over RTP: {STILL}, p95", "ms", percentile(still, 95)),
        Row(f"over RTP: decided wrongly, of {len(called)}", "", len(wrong)),
    ]


def _times(called: Sequence[Wired]) -> Mapping[str, Mapping[str, list[float]]]:
    """The times over RTP by measure and class, in ms."""
    kinds = [kind for kind in SOUNDS if any(one.clip.kind == kind for one in called)]

    def each(of: str, wanted: Iterable[str]) -> dict[str, list[float]]:
        return {
            kind: [
                ms
                for one in called
                if one.clip.kind == kind
                for ms in (one.stood_ms if of == STILL else one.times_ms(of == FROM_DECISION))
            ]
            for kind in wanted
        }

    return {
        TO_SILENCE: each(TO_SILENCE, ["interruption"]),
        FROM_DECISION: each(FROM_DECISION, kinds),
        STILL: each(STILL, [kind for kind in kinds if kind != "interruption"]),
    }


def _tables(found: Sequence[Decided], called: Sequence[Wired]) -> str:
    head = ["class", "clips", "never paused", "paused and went on", "stopped", "taken for a turn"]
    lines = []
    for kind, own in _by_kind(found).items():
        counts = [
            sum(one.what == what for one in own) for what in ("never paused", "paused", "stopped")
        ]
        turns = sum(one.answered and not one.stopped for one in own)
        lines.append([kind, str(len(own)), *map(str, counts), str(turns)])
    wrong = [one for one in found if not one.right]
    told = [f"{one.clip.name} ({_told(one)})" for one in wrong]
    on_wire = [
        one.clip.name for one in called if one.stopped != (one.clip.label["expect"] == "stop")
    ]
    return (
        f"{grid(head, lines)}\n\nDecided wrongly ({len(wrong)}): {', '.join(told) or 'none'}\n\n"
        f"Over RTP decided wrongly ({len(on_wire)}): {', '.join(on_wire) or 'none'}"
    )


def _told(one: Decided) -> str:
    said = one.clip.label["text"] or one.clip.label.get("kind", "")
    return f"{said!r} heard as {one.heard!r}" if said else f"heard as {one.heard!r}"
