"""How many words the embedded recogniser gets wrong where packets are lost.

Sentences of ``tests/data/wer.yaml`` in voices that the recogniser was not trained on, called in
over lines that lose packets. The same sentences, voices and losses in every column; the baseline
is the same without concealment.
"""

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from sipagent.config import EspeakSettings
from sipagent.engines.asr_whisper import WhisperTranscriber
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.ports import Transcript, Utterance
from sipagent.text.language import Language
from sipagent.text.words import words
from tests.bench.lossy_calls import (
    DELAY_MS,
    RATE_HZ,
    SEED,
    Arrived,
    Line,
    Reel,
    Spoken,
    called_in,
    cut,
    reel,
    straight,
)
from tests.bench.plots import Interval, losses
from tests.bench.report import Findings, Row, grid

DATA: Final = Path(__file__).parent.parent / "data" / "wer.yaml"
VARIANTS: Final = ("f5", "m6", "m8", "klatt")
ACCENTS: Final = {Language.EN: ("en-us", "en"), Language.AR: ("ar",)}
VOICES_EACH: Final = 2  # of the four, for a sentence
LOSSES: Final = (0.0, 0.01, 0.03)
CALLS: Final = 8  # at once for each loss, which share the sentences
AT_ONCE: Final = 32  # sentences that are recognised in a batch
BUDGETS: Final = {Language.EN: 5.0, Language.AR: 8.0}  # per cent, of the recogniser on a whole line
DRAWS: Final = 500
STRAIGHT: Final = "no network"


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence and what was recognised of it."""

    spoken: Spoken
    found: Transcript

    @property
    def wanted(self) -> tuple[str, ...]:
        return words(self.spoken.text)

    @property
    def errors(self) -> int:
        return distance(self.wanted, words(self.found.text))


def sentences(voices_each: int, most: int | None = None) -> list[Spoken]:
    """Each frozen sentence in so many of the voices, in turn; the first ``most`` of a language."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))["utterances"]
    found = []
    for language in Language:
        own = [row["text"] for row in rows if row["language"] == language.value][:most]
        for number, text in enumerate(own):
            for turn in range(voices_each):
                place = number * voices_each + turn
                accents = ACCENTS[language]
                accent = accents[place // len(VARIANTS) % len(accents)]
                voice = f"{accent}+{VARIANTS[place % len(VARIANTS)]}"
                found.append(Spoken(text, language, voice, speak(text, language, voice)))
    return found


@cache
def speak(text: str, language: Language, voice: str) -> bytes:
    settings = (
        EspeakSettings(english=voice) if language is Language.EN else EspeakSettings(arabic=voice)
    )

    async def clauses() -> bytes:
        engine = EspeakVoice(settings)
        return b"".join([one.pcm async for one in engine.speak(text, language, RATE_HZ)])

    return asyncio.run(clauses())


async def recognise(spoken: Sequence[Spoken], pieces: Sequence[bytes]) -> list[Heard]:
    """In either language, as a node asks for it."""
    transcriber = WhisperTranscriber()
    try:
        found = []
        for first in range(0, len(pieces), AT_ONCE):
            asked = [
                transcriber.transcribe(Utterance(pcm, RATE_HZ, tuple(Language)))
                for pcm in pieces[first : first + AT_ONCE]
            ]
            found += await asyncio.gather(*asked)
    finally:
        await transcriber.close()
    return [Heard(one, heard) for one, heard in zip(spoken, found, strict=True)]


def distance(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Words inserted, left out or replaced (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for line, word in enumerate(wanted, start=1):
        diagonal, row[0] = row[0], line
        for column, other in enumerate(heard, start=1):
            diagonal, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, diagonal + (word != other)),
            )
    return row[-1]


def error_rate(heard: Iterable[Heard]) -> float:
    """Word errors in per cent of the words said."""
    told = list(heard)
    said = sum(len(one.wanted) for one in told)
    return 100 * sum(one.errors for one in told) / said if said else float("nan")


def interval(heard: Sequence[Heard]) -> Interval:
    """The rate, and where 95 % of the rates of resampled sets of sentences lie."""
    chance = random.Random(SEED)
    counts = [(one.errors, len(one.wanted)) for one in heard]
    rates = []
    for _ in range(DRAWS):
        drawn = chance.choices(counts, k=len(counts))
        rates.append(100 * sum(wrong for wrong, _ in drawn) / sum(said for _, said in drawn))
    rates.sort()
    return error_rate(heard), rates[round(0.025 * DRAWS)], rates[round(0.975 * DRAWS) - 1]


# ---------------------------------------------------------------- the figures


def words_lost(
    folder: Path,
    voices_each: int = VOICES_EACH,
    calls: int = CALLS,
    most: int | None = None,
) -> Findings:
    """Every sentence over every line, or the first ``most`` of a language."""
    folder.mkdir(parents=True, exist_ok=True)
    spoken = sentences(voices_each, most)
    reels = [reel(spoken[first::calls]) for first in range(min(calls, len(spoken)))]
    lines = [Line(loss) for loss in LOSSES] + [Line(loss, False) for loss in LOSSES if loss]
    arrived = {STRAIGHT: Arrived(tuple(straight(one) for one in reels), 0, 0)}
    for line, found in called_in(folder, reels, lines).items():
        arrived[line.name] = found
    in_order = [one for each in reels for one in each.spoken]
    heard = {
        name: asyncio.run(recognise(in_order, _cut(reels, found)))
        for name, found in arrived.items()
    }
    rates = _rates(heard)
    losses(rates, folder / "words-lost.png")
    _write_mistakes(heard, folder / "mistakes.txt")
    return Findings(
        _rows(heard, rates),
        baseline="not concealed",
        caption=CAPTION,
        more=_tables(heard, rates, arrived),
    )


CAPTION: Final = f"""\
Word error rate of the embedded recogniser, both languages allowed. Voices: espeak-ng \
{", ".join("+" + one for one in VARIANTS)}. G.711 over a relay that loses packets at random and \
delays all by {DELAY_MS:g} ms, heard by the node's endpoint: PJSIP's jitter buffer and packet loss \
concealment, and the same packets lost with concealment off; at 0 %, the baseline is G.711 without \
a network. Sentences are cut out by the times at which they were sent, so that no VAD plays a \
part. The budget is the bar of docs/speech-model.md.\
"""


def _cut(reels: Sequence[Reel], arrived: Arrived) -> list[bytes]:
    """Every sentence of every reel as it arrived."""
    return [
        piece for one, sound in zip(reels, arrived.sounds, strict=True) for piece in cut(one, sound)
    ]


def _of(heard: Sequence[Heard], language: Language) -> list[Heard]:
    return [one for one in heard if one.spoken.language is language]


def _rates(heard: Mapping[str, Sequence[Heard]]) -> dict[str, dict[str, Interval]]:
    return {
        language.value: {name: interval(_of(found, language)) for name, found in heard.items()}
        for language in Language
    }


def _rows(
    heard: Mapping[str, Sequence[Heard]], rates: Mapping[str, Mapping[str, Interval]]
) -> list[Row]:
    rows = []
    for loss in LOSSES:
        for language in Language:
            own = rates[language.value]
            base = own.get(Line(loss, False).name) if loss else own[STRAIGHT]
            rows.append(
                Row(
                    f"{Line(loss).name}, {language.value}: word error rate",
                    *("%", own[Line(loss).name][0], BUDGETS[language] if not loss else None),
                    base[0] if base else None,
                )
            )
        found = heard[Line(loss).name]
        right = sum(one.found.language is one.spoken.language for one in found)
        rows.append(Row(f"{Line(loss).name}: language right", "%", 100 * right / len(found)))
    return rows


def _tables(
    heard: Mapping[str, Sequence[Heard]],
    rates: Mapping[str, Mapping[str, Interval]],
    arrived: Mapping[str, Arrived],
) -> str:
    """The intervals, the rates by voice, and what the relays did."""
    head = ["word error rate, %", *heard]
    lines = [
        [language, *(f"{value:.1f} ({low:.1f} to {high:.1f})" for value, low, high in own.values())]
        for language, own in rates.items()
    ]
    for language in Language:
        for variant in VARIANTS:
            cells = [
                error_rate(
                    one for one in _of(found, language) if one.spoken.voice.endswith(f"+{variant}")
                )
                for found in heard.values()
            ]
            lines.append([f"{language.value} +{variant}", *(f"{cell:.1f}" for cell in cells)])
    lines.append(["packets lost, of all", *(f"{one.lost}, {one.sent}" for one in arrived.values())])
    counts = ", ".join(
        f"{len(_of(heard[STRAIGHT], language))} {language.value}" for language in Language
    )
    return (
        f"{counts} utterances a column; in brackets, 95 % of resampled sets. Every mistake stands "
        f"in `mistakes.txt`.\n\n{grid(head, lines)}"
    )


def _write_mistakes(heard: Mapping[str, Sequence[Heard]], path: Path) -> None:
    lines = [
        f"{name}\t{one.spoken.voice}\t{one.spoken.text}\t{one.found.text}"
        for name, found in heard.items()
        for one in found
        if one.errors
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
