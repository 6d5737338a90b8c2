"""Barge-in on a simulated clock: what the agent does at each clip, by the node's own hearing.

A clip sounds while the agent speaks, and the call's events say whether it paused, went on or was
stopped. Counts nothing and knows no budget.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import yaml

from sipagent.dialog.hearer import Words
from sipagent.engines.asr_whisper import WhisperTranscriber
from sipagent.events import Interrupted, PlayoutPaused, PlayoutResumed, ReplyBegun
from sipagent.media.vad import SileroVad
from sipagent.ports import Speech
from sipagent.text.language import Language
from tests.bench.clipset import Labelled
from tests.bench.simulated import ChargedTranscriber, Hearers, Scene, speech_of
from tests.bench.simulated_clock import RealTime, simulate
from tests.bench.simulated_line import FRAME_MS, RATE_HZ

DATA: Final = Path(__file__).parent.parent / "data" / "bargein.yaml"
ASR_S: Final = 0.1  # charged for a look at the words
BEFORE_S: Final = 1.0  # that the agent speaks before the clip begins
AFTER_S: Final = 3.0
PROMPTS: Final = 5  # of the frozen ones, that the agent says in a row: more than any clip takes
MS_A_LETTER: Final = 70


@dataclass(frozen=True, slots=True)
class Decided:
    """What the agent did at one clip. Times in ms.

    ``silent_ms``: from the first sound to where the agent paused. ``stood_ms``: each time that it
    paused and went on. ``stopped_ms``: from the first sound to the decision. ``answered``: it took
    the sound for a turn and spoke to it. ``heard``: the last look at the words before the decision.
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


def decide(clips: Sequence[Labelled], *, deaf_echo: bool = False) -> list[Decided]:
    """Each clip as a call of its own, while the agent speaks.

    An echo is what the agent really plays, as long as it plays; with ``deaf_echo`` it goes on as
    its clip does, whatever the agent does.
    """
    real, transcriber = RealTime(), WhisperTranscriber()
    hearers = Hearers(SileroVad(RATE_HZ), ChargedTranscriber(transcriber, real, ASR_S))
    try:
        return [
            simulate(
                _echoed(clip, hearers) if clip.echoes and not deaf_echo else _sounded(clip, hearers)
            )
            for clip in clips
        ]
    finally:
        real.run(transcriber.close())
        real.close()


async def _sounded(clip: Labelled, hearers: Hearers) -> Decided:
    """The clip as it is, while the agent speaks: of an echo, the agent that it came back of."""
    scene = Scene(hearers, _agent(clip) if clip.echoes else _speech(clip))
    before_s = 0.0 if clip.echoes else BEFORE_S
    early_ms = clip.label["delay_ms"] if clip.echoes else clip.starts_ms
    began = [0]

    async def script() -> None:
        await asyncio.sleep(before_s)
        began[0] = scene.line.say(pcm := clip.sounding(early_ms))
        await asyncio.sleep(len(pcm) / 2 / RATE_HZ + AFTER_S)

    await scene.play(script())
    return decided(clip, scene, began[0] + early_ms)


async def _echoed(clip: Labelled, hearers: Hearers) -> Decided:
    """What the agent plays comes back, later and weaker; where it pauses, only the room does."""
    agent, room = _agent(clip), clip.room()
    scene = Scene(hearers, agent)
    lasts_s = 3 * agent.samples / RATE_HZ + AFTER_S
    scene.line.say(room * (1 + round(2 * RATE_HZ * lasts_s) // len(room)))
    scene.line.echo(clip.sounding(), clip.label["delay_ms"])
    await scene.play(asyncio.sleep(lasts_s))
    return decided(clip, scene, clip.label["delay_ms"])


def _agent(clip: Labelled) -> Speech:
    return speech_of(clip.label["agent_text"], clip.language or Language.EN, clip.agent())


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


def decided(clip: Labelled, scene: Scene, sound_ms: int) -> Decided:
    """What a call came to whose clip first sounded at ``sound_ms``."""
    cuts = [one.at_ms for one in scene.told if isinstance(one.event, Interrupted)]
    pauses = scene.when(PlayoutPaused)
    words = [
        one.event.text
        for one in scene.told
        if isinstance(one.event, Words) and not (cuts and one.at_ms > cuts[0])
    ]
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
