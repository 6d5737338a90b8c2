"""How a clip of each class is made. Reads no file and writes none."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import numpy as np

from sipagent.text.language import Language
from tests.bench.clips.booth import Booth, Speaker, intoned, speakers
from tests.bench.clips.clip import Clip, Leg, Piece
from tests.bench.clips.coughs import cough
from tests.bench.clips.noises import babble, noise
from tests.bench.clips.sound import RATE_HZ, Sound, added, at_level, band, count, dbfs, telephone
from tests.bench.clips.spec import TURN_KINDS, Range, Spec, Turn, between

LANGUAGES: Final = (Language.EN, Language.AR)
VOICES_OF_BABBLE: Final = (5, 8)


@dataclass(frozen=True, slots=True)
class Draw:
    """One clip's own dice, people and line."""

    spec: Spec
    booth: Booth
    people: dict[Language, tuple[Speaker, ...]]
    kind: str
    number: int
    rng: np.random.Generator

    @property
    def rules(self) -> dict[str, Any]:
        return self.spec.classes[self.kind]

    def within(self, pair: Range | list[float]) -> float:
        return float(self.rng.uniform(*between(list(pair))))

    def pause_ms(self, pair: list[float]) -> float:
        """Short pauses are more common than long ones."""
        low, high = between(pair)
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def speaker(self, language: Language) -> Speaker:
        known = self.people[language]
        return known[int(self.rng.integers(len(known)))]

    def leg(self, tail_ms: float | None = None) -> Leg:
        return Leg(
            lead_ms=round(self.within(self.spec.lead_ms)),
            tail_ms=self.spec.tail_ms if tail_ms is None else tail_ms,
            room_dbfs=round(self.within(self.spec.room_dbfs), 1),
            seed=_seed(self.spec, self.kind, self.number, 1),
        )

    def clip(self, leg: Leg, pieces: list[Piece], **about: str | int | float | bool) -> Clip:
        sound, stretches = leg.laid(pieces)
        known = {"class": self.kind, "room_dbfs": leg.room_dbfs, **about}
        return Clip(leg.heard(sound), stretches, known)


Recipe = Callable[[Draw], Awaitable[Clip]]


def _seed(spec: Spec, kind: str, number: int, part: int) -> list[int]:
    return [spec.seed, crc32(kind.encode()), number, part]


def draws(spec: Spec, booth: Booth, kind: str, most: int | None = None) -> list[Draw]:
    """The dice of every clip of a class, or of its first ``most``."""
    rows = [turn for turn in spec.turns if turn.kind == kind]
    total = len(rows) if kind in TURN_KINDS else int(spec.classes[kind]["clips"])
    people = {language: speakers(spec.cast, language, spec.seed) for language in LANGUAGES}
    return [
        Draw(spec, booth, people, kind, n, np.random.default_rng(_seed(spec, kind, n, 0)))
        for n in range(total if most is None else min(total, most))
    ]


async def coughing(draw: Draw) -> Clip:
    rules, rng = draw.rules, draw.rng
    low, high = rules["bursts"]
    sizes = [draw.within(rules["burst_ms"]) for _ in range(int(rng.integers(low, high + 1)))]
    level = round(draw.within(rules["level_dbfs"]), 1)
    pieces = [
        Piece(sound, "", draw.within(rules["gap_ms"]) if n else 0)
        for n, sound in enumerate(cough(rng, sizes, level))
    ]
    return draw.clip(draw.leg(), pieces, expect=rules["expect"], text="", level_dbfs=level)


async def backchannel(draw: Draw) -> Clip:
    rules = draw.rules
    word = rules["words"][draw.number % len(rules["words"])]
    language = Language(word["language"])
    speaker = draw.speaker(Language(word.get("in", language)))
    sound = await draw.booth.say(speaker, word.get("say", word["text"]))
    return _said(draw, sound, word["text"], language, speaker)


async def interruption(draw: Draw) -> Clip:
    language = LANGUAGES[draw.number % 2]
    words = draw.rules["words"][language]
    text = words[draw.number // 2 % len(words)]
    speaker = draw.speaker(language)
    sound = await draw.booth.say(speaker, intoned(text, language))
    return _said(draw, sound, text, language, speaker)


def _said(draw: Draw, sound: Sound, text: str, language: Language, speaker: Speaker) -> Clip:
    level = round(draw.within(draw.rules["level_dbfs"]), 1)
    return draw.clip(
        draw.leg(),
        [Piece(at_level(sound, level), text)],
        expect=draw.rules["expect"],
        language=language.value,
        text=text,
        voice=speaker.voice,
        level_dbfs=level,
    )


async def noises(draw: Draw) -> Clip:
    rules = draw.rules
    kind = rules["kinds"][draw.number % len(rules["kinds"])]
    level = round(draw.within(rules["level_dbfs"][kind]), 1)
    if kind == "babble":
        sound = at_level(babble(draw.rng, await _crowd(draw)), level)
    else:
        sound = noise(draw.rng, kind, level)
    expect = rules["expect"]
    return draw.clip(
        draw.leg(), [Piece(sound, "")], expect=expect, kind=kind, text="", level_dbfs=level
    )


async def _crowd(draw: Draw) -> list[Sound]:
    low, high = VOICES_OF_BABBLE
    said = []
    for _ in range(int(draw.rng.integers(low, high + 1))):
        turn = _any_turn(draw)
        said.append(await draw.booth.say(draw.speaker(turn.language), turn.text))
    return said


def _any_turn(draw: Draw) -> Turn:
    """A sentence long enough to be heard among others."""
    while True:
        turn = draw.spec.turns[int(draw.rng.integers(len(draw.spec.turns)))]
        if len(turn.text) > 20:
            return turn


async def echo(draw: Draw) -> Clip:
    rules = draw.rules
    language = LANGUAGES[draw.number % 2]
    prompts, agents = rules["prompts"][language], rules["agents"][language]
    text = prompts[draw.number // 2 % len(prompts)]
    voice = agents[int(draw.rng.integers(len(agents)))]
    said = await draw.booth.say(Speaker(voice, language, 155, 50), text)
    agent = at_level(said, draw.within(rules["agent_dbfs"]))
    weaker_db = round(draw.within(rules["attenuation_db"]), 1)
    delay_ms = round(draw.within(rules["delay_ms"]))
    back = _returned(draw, agent, draw.within(rules["highest_hz"]), weaker_db)
    leg = draw.leg()
    clip = draw.clip(
        leg,
        [Piece(back, text, delay_ms)],
        expect=rules["expect"],
        language=language.value,
        text="",
        agent_text=text,
        voice=voice,
        attenuation_db=weaker_db,
        delay_ms=delay_ms,
    )
    played = np.zeros(len(clip.pcm))
    added(played, agent, count(leg.lead_ms))
    return Clip(clip.pcm, clip.stretches, clip.about, telephone(played))


def _returned(draw: Draw, agent: Sound, highest_hz: float, weaker_db: float) -> Sound:
    """The agent as a loudspeaker and a small room give it back: narrow, smeared, weak."""
    tail_s = np.arange(count(draw.within((30, 110)))) / RATE_HZ
    answer = draw.rng.standard_normal(len(tail_s)) * np.exp(-tail_s / (tail_s[-1] / 4)) * 0.06
    answer[0] = 1.0
    back = np.convolve(band(agent, 300, highest_hz), answer)
    return at_level(back, dbfs(agent) - weaker_db)


async def turn(draw: Draw) -> Clip:
    """What a row of ``turns.yaml`` says, with its pauses, then nothing for a while."""
    row = [one for one in draw.spec.turns if one.kind == draw.kind][draw.number]
    rules = draw.spec.turn_rules
    speaker = draw.speaker(row.language)
    level = round(draw.within(rules["level_dbfs"]), 1)
    pieces = await _turn_pieces(draw, row, speaker, level)
    about: dict[str, str | int | float | bool] = {"row": draw.number, "expect": row.expect}
    if row.digits is not None:
        about["digits"] = row.digits
    return draw.clip(
        draw.leg(rules["tail_ms"]),
        pieces,
        language=row.language.value,
        text=row.text,
        **about,
        finished=row.finished,
        said=len(row.groups),
        voice=speaker.voice,
        level_dbfs=level,
    )


async def _turn_pieces(draw: Draw, row: Turn, speaker: Speaker, level: float) -> list[Piece]:
    pauses = draw.spec.turn_rules["pauses_ms"]
    said = [*row.groups, *row.rest]
    pieces = []
    for n, text in enumerate(said):
        if not n:
            after_ms = 0.0
        elif n == len(row.groups):
            after_ms = draw.pause_ms(pauses["searching" if row.kind == "digits" else row.kind])
        else:
            after_ms = draw.pause_ms(pauses["digits"])
        who = speaker
        if row.kind == "hesitation" and n < len(row.groups):
            who = speaker.slower(0.8 if " " in text else 0.6)
        sound = await draw.booth.say(who, intoned(text, row.language, n < len(said) - 1))
        pieces.append(Piece(at_level(sound, level), text, round(after_ms)))
    return pieces


RECIPES: Final[dict[str, Recipe]] = {
    "cough": coughing,
    "backchannel": backchannel,
    "noise": noises,
    "echo": echo,
    "interruption": interruption,
    **dict.fromkeys(TURN_KINDS, turn),
}
