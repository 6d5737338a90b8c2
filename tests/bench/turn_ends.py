"""When a caller has finished: how often a judge ends a turn in a pause, and how late at its end.

The labelled turns of ``tests/data/turns.yaml``, spoken with pauses by the clips. Each judge hears
the same clips on a simulated clock, after the agent has asked what the row says: the node's whole
way of hearing, silence alone, and Smart Turn where it is installed. Times are those of the clock.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from sipagent import engines
from sipagent.dialog.hearer import AFTER_MS, BEFORE_MS
from sipagent.dialog.turn_end import Heard, Silences, silence_ms
from sipagent.dialog.turns import EndOfTurn
from sipagent.engines.asr_whisper import WhisperTranscriber
from sipagent.errors import StartError
from sipagent.events import SpeechPaused, TurnEnded
from sipagent.media.vad import SileroVad
from sipagent.ports import Kind, TurnDetector
from sipagent.text.language import Language
from tests.bench.clipset import TURNS, Labelled, made, share_out
from tests.bench.load import percentile
from tests.bench.plots import judges
from tests.bench.report import Findings, Row, grid
from tests.bench.simulated import (
    ChargedDetector,
    ChargedTranscriber,
    Hearers,
    Scene,
    speech_of,
)
from tests.bench.simulated_clock import RealTime, simulate
from tests.bench.simulated_line import RATE_HZ
from tests.bench.vad_windows import fed, probabilities, rules, turns

ASR_S: Final = 0.1  # charged for a look at the words
DETECTOR_S: Final = 0.03
SILENCES_MS: Final = (448, 700, 1000)
BASE_MS: Final = 700
SMART_LEAST: Final = 0.5  # of probability, that ends a turn at its pause
SMART_MOST_MS: Final = 3000  # of silence, that ends it all the same: its framework's default
AFTER_S: Final = 4.0  # that a clip's end is waited for
AFTER: Final = bytes(round(2 * RATE_HZ * AFTER_S))
OURS: Final = "sipagent"
WITH_SMART: Final = "sipagent with Smart Turn"
SMART: Final = "Smart Turn alone"
WORDS: Final = "sipagent, told the exact words"
PATIENT: Final = "sipagent's longest waits, always"


@dataclass(frozen=True, slots=True)
class Ended:
    """What a judge did to one turn.

    ``cut``: it ended the turn before the caller had finished. ``spoken_over``: and the agent was
    heard in that pause. ``delay_ms``: from the end of speech to that of the turn; None where the
    turn did not end within the clip and 4 s.
    """

    clip: Labelled
    cut: bool
    delay_ms: float | None
    spoken_over: bool = False


def judged(clip: Labelled, ends_ms: Iterable[float], sounded_ms: Iterable[float] = ()) -> Ended:
    """By the moments when turns ended and the agent sounded, in ms from the clip's beginning."""
    ends = sorted(ends_ms)
    last = clip.stretches[-1]
    after = [at for at in ends if at >= last.end_ms]
    return Ended(
        clip,
        cut=any(at < last.end_ms for at in ends),
        delay_ms=after[0] - last.end_ms if after else None,
        spoken_over=any(clip.starts_ms < at < last.start_ms for at in sounded_ms),
    )


# ---------------------------------------------------------------- the whole way of hearing


def hear(clips: Sequence[Labelled], detector: str = "") -> list[Ended]:
    """Each clip as a call of its own, heard as the node hears."""
    real = RealTime()
    transcriber = WhisperTranscriber()
    found = engines.load("turn_detector", detector, {}) if detector else None
    hearers = Hearers(
        SileroVad(RATE_HZ),
        ChargedTranscriber(transcriber, real, ASR_S),
        ChargedDetector(found, real, DETECTOR_S) if found else None,
    )
    try:
        return [simulate(_hear(clip, hearers)) for clip in clips]
    finally:
        real.run(transcriber.close())
        if found is not None:
            real.run(found.close())
        real.close()


async def _hear(clip: Labelled, hearers: Hearers) -> Ended:
    language = clip.language or Language.EN
    opening = speech_of("Hello.", language, np.ones(RATE_HZ // 4, "<i2").tobytes())
    scene = Scene(hearers, opening, clip.expect)
    began = [0]

    async def script() -> None:
        await asyncio.sleep(0.5)
        await scene.asked()
        began[0] = scene.line.say(pcm := clip.pcm())
        await asyncio.sleep(len(pcm) / 2 / RATE_HZ)
        until_ms = began[0] + clip.ends_ms
        for _ in range(round(AFTER_S * 10)):
            if any(at >= until_ms for at in scene.when(TurnEnded)):
                break
            await asyncio.sleep(0.1)

    await scene.play(script())
    return judged(
        clip,
        (at - began[0] for at in scene.when(TurnEnded) if at > began[0]),
        (at - began[0] for at in scene.line.sounded_ms),
    )


# ---------------------------------------------------------------- judges to compare with


def silence_alone(clips: Sequence[Labelled]) -> list[dict[str, Ended]]:
    """What silences of each length do, by the name of the judge: the VAD and nothing else."""
    vad = SileroVad(RATE_HZ)
    found = []
    for clip in clips:
        speech = probabilities(vad, clip.pcm() + AFTER)
        found.append(
            {
                _silence_name(most_ms): judged(clip, (at for at, _ in turns(speech, most_ms)))
                for most_ms in SILENCES_MS
            }
        )
    return found


def _silence_name(most_ms: int) -> str:
    return f"{most_ms} ms of silence"


def smart_alone(clips: Sequence[Labelled]) -> list[Ended]:
    """Smart Turn as its framework uses it: asked at each pause, else 3 s of silence."""
    detector = engines.load("turn_detector", "smart-turn", {})
    real, vad = RealTime(), SileroVad(RATE_HZ)
    try:
        return [
            judged(clip, asked_at_pauses(detector, real, probabilities(vad, pcm + AFTER), pcm))
            for clip in clips
            for pcm in (clip.pcm(),)
        ]
    finally:
        real.run(detector.close())
        real.close()


def asked_at_pauses(
    detector: TurnDetector, real: RealTime, speech: Sequence[float], pcm: bytes
) -> list[float]:
    """When turns end that a detector alone judges, at each pause of the node's length."""
    listener, ends = EndOfTurn(rules(SMART_MOST_MS)), list[float]()
    for at, event in fed(listener, speech):
        match event:
            case SpeechPaused(started_ms=started_ms, ended_ms=ended_ms):
                first, last = max(0, started_ms - BEFORE_MS), ended_ms + AFTER_MS
                turn = pcm[first * RATE_HZ // 500 : last * RATE_HZ // 500]
                if real.run(detector.finished(turn, RATE_HZ)) >= SMART_LEAST:
                    wanted = rules().pause_ms + round(1000 * DETECTOR_S)
                    listener.end_turn_after(wanted, ended_ms)
            case TurnEnded():
                ends.append(at)
    return ends


def exact_words(clip: Labelled) -> Ended:
    """The core alone: its wait at each labelled pause, told the very words until there."""
    language = clip.language or Language.EN

    def wait_ms(text: str) -> int:
        return silence_ms(Heard(text, language), clip.expect, Silences())

    return _by_labels(clip, wait_ms)


def most_patient(clip: Labelled) -> Ended:
    """The longest waits that the core has, always: what it cuts, no judgement could have saved."""
    digits = clip.expect.kind is Kind.DIGITS
    most_ms = Silences().digits_ms if digits else Silences().most_ms
    return _by_labels(clip, lambda _: most_ms)


def _by_labels(clip: Labelled, wait_ms: Callable[[str], int]) -> Ended:
    """What a judge does that sees the labelled pauses and is told the words until there."""
    cut, said = False, ""
    for before, after in pairwise(clip.stretches):
        said = f"{said} {before.text}".strip()
        cut = cut or wait_ms(said) < after.start_ms - before.end_ms
    return Ended(clip, cut, wait_ms(f"{said} {clip.stretches[-1].text}".strip()))


# ---------------------------------------------------------------- the figures


def turn_ends(folder: Path, most: int | None = None) -> Findings:
    """Every judge on every clip, or on the first ``most`` of each class."""
    clips = made(folder.parent / "clips", TURNS, most)
    by_judge: dict[str, list[Ended]] = {OURS: share_out(hear, clips)}
    by_judge[WORDS] = [exact_words(clip) for clip in clips]
    by_judge[PATIENT] = [most_patient(clip) for clip in clips]
    silences = share_out(silence_alone, clips)
    for most_ms in SILENCES_MS:
        name = _silence_name(most_ms)
        by_judge[name] = [found[name] for found in silences]
    if _smart_turn_is_there():
        by_judge[WITH_SMART] = share_out(partial(hear, detector="smart-turn"), clips)
        by_judge[SMART] = share_out(smart_alone, clips)
    judges(_points(by_judge), folder / "turn-ends.png")
    wrong = [one for one in by_judge[OURS] if one.cut or one.delay_ms is None]
    (folder / "cut.txt").write_text("\n".join(map(_told, wrong)) + "\n", encoding="utf-8")
    return Findings(
        _rows(by_judge[OURS], by_judge[_silence_name(BASE_MS)]),
        baseline=_silence_name(BASE_MS),
        caption=CAPTION,
        more=_tables(by_judge),
    )


CAPTION: Final = (
    "Cut: the turn was ended before the caller had finished, in a pause or in his words. Delay: "
    f"from the end of speech to the end of the turn, with {1000 * ASR_S:.0f} ms charged for each "
    "look at the words. `told the exact words`: dialog/turn_end.py alone at the labelled pauses; "
    "its delay is the silence that it asks for. `longest waits`: what that cuts paused longer than "
    "the node ever waits."
)


def _smart_turn_is_there() -> bool:
    try:
        engines.load("turn_detector", "smart-turn", {})
    except StartError:
        print("bench: Smart Turn is not installed; it is left out", flush=True)
        return False
    return True


Group = tuple[str, Language]


def _groups(ended: Sequence[Ended]) -> Mapping[Group, list[Ended]]:
    found: dict[Group, list[Ended]] = {}
    for one in ended:
        found.setdefault((one.clip.kind, one.clip.language or Language.EN), []).append(one)
    return found


def cut_share(ended: Sequence[Ended]) -> float:
    """Per cent of the turns."""
    return 100 * sum(one.cut for one in ended) / len(ended) if ended else float("nan")


def delay_ms(ended: Sequence[Ended], share: float) -> float:
    """A percentile of the delays; a turn that never ended counts as endless."""
    return percentile(
        [float("inf") if one.delay_ms is None else one.delay_ms for one in ended], share
    )


def _rows(ours: Sequence[Ended], base: Sequence[Ended]) -> list[Row]:
    rows = []
    theirs = _groups(base)
    for group, own in _groups(ours).items():
        name = f"{group[0]}, {group[1]} ({len(own)})"
        other = theirs[group]
        rows += [
            Row(f"{name}: cut", "%", cut_share(own), None, cut_share(other)),
            Row(f"{name}: delay, p50", "ms", delay_ms(own, 50), None, delay_ms(other, 50)),
            Row(f"{name}: delay, p95", "ms", delay_ms(own, 95), None, delay_ms(other, 95)),
        ]
    spoken = 100 * sum(one.spoken_over for one in ours) / len(ours)
    rows.append(Row("agent heard before the caller went on", "%", spoken))
    return rows


def _tables(by_judge: Mapping[str, Sequence[Ended]]) -> str:
    """Cut in per cent, and the delay's p50 and p95 in ms: a line a judge, a column a group."""
    groups = list(_groups(by_judge[OURS]))
    head = ["cut %; delay p50, p95 in ms", *(f"{kind} {language}" for kind, language in groups)]
    lines = []
    for name, ended in by_judge.items():
        own = _groups(ended)
        cells = [
            f"{cut_share(own[group]):.1f}; "
            f"{delay_ms(own[group], 50):.0f}, {delay_ms(own[group], 95):.0f}"
            for group in groups
        ]
        lines.append([name, *cells])
    ours = by_judge[OURS]
    return (
        f"{grid(head, lines)}\n\n{OURS} cut {sum(one.cut for one in ours)} of {len(ours)} turns; "
        f"{sum(one.delay_ms is None for one in ours)} did not end within 4 s: `cut.txt` names them."
    )


def _told(one: Ended) -> str:
    what = "cut" if one.cut else "not ended"
    return f"{one.clip.name}\t{what}\t{' | '.join(each.text for each in one.clip.stretches)}"


def _points(by_judge: Mapping[str, Sequence[Ended]]) -> dict[str, tuple[float, float, float]]:
    """Of each judge: cuts in per cent of turns with pauses; delay p50 and p95 of complete ones."""
    points = {}
    for name, ended in by_judge.items():
        whole = [one for one in ended if one.clip.kind == "complete"]
        paused = [one for one in ended if one.clip.kind != "complete"]
        points[name] = (cut_share(paused), delay_ms(whole, 50), delay_ms(whole, 95))
    return points
