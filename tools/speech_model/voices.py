"""Which espeak-ng voices train the model and which only test it. Knows nothing of audio."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

HELD_OUT_VARIANTS: Final = frozenset({"f5", "m6", "m8", "klatt"})
HELD_OUT_ACCENTS: Final = frozenset({"en-gb-x-gbcwmd", "en-us-nyc"})

TRAINING_ACCENTS: Final = {
    "en": ("en-us", "en", "en-gb-x-rp", "en-gb-scotland", "en-029", "en-gb-x-gbclan"),
    "ar": ("ar",),
}
PLAIN_VARIANTS: Final = (
    "m1", "m2", "m3", "m4", "m5", "m7", "f1", "f2", "f3", "f4",
)  # fmt: skip
CHARACTER_VARIANTS: Final = (
    "Alex", "Alicia", "Andrea", "Andy", "Annie", "AnxiousAndy", "Denis", "Diogo", "Gene",
    "Gene2", "Henrique", "Hugo", "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike",
    "Nguyen", "Reed", "RicishayMax", "RicishayMax2", "RicishayMax3", "Storm", "Tweaky",
    "adam", "anika", "announcer", "antonio", "aunty", "belinda", "benjamin", "boris", "caleb",
    "croak", "david", "ed", "edward", "edward2", "grandma", "grandpa", "gustave", "ian",
    "iven", "iven2", "iven3", "iven4", "john", "kaukovalta", "linda", "marcelo", "max",
    "michel", "miguel", "mike2", "norbert", "pablo", "paul", "pedro", "quincy", "rob",
    "robert", "sandro", "shelby", "steph", "steph2", "steph3", "travis", "victor", "zac",
)  # fmt: skip
KLATT_VARIANTS: Final = ("klatt2", "klatt3", "klatt4", "klatt5", "klatt6")
_FAMILIES: Final = (("",), PLAIN_VARIANTS, KLATT_VARIANTS, CHARACTER_VARIANTS)
_FAMILY_SHARES: Final = (0.2, 0.45, 0.2, 0.15)


@dataclass(frozen=True, slots=True)
class Voice:
    """An espeak-ng voice as it is asked for: accent, variant, rate and pitch."""

    accent: str
    variant: str
    rate_wpm: int
    pitch: int
    pitch_range: int = 50

    @property
    def name(self) -> str:
        return f"{self.accent}+{self.variant}" if self.variant else self.accent


def training_voice(language: str, rng: random.Random) -> Voice:
    """A voice that the model may learn from: never a held-out accent or variant."""
    family = rng.choices(_FAMILIES, _FAMILY_SHARES)[0]
    return Voice(
        accent=rng.choice(TRAINING_ACCENTS[language]),
        variant=rng.choice(family),
        rate_wpm=rng.randint(120, 200),
        pitch=rng.randint(20, 80),
        pitch_range=rng.randint(25, 75),
    )


def held_out_voice(language: str, rng: random.Random, turn: int) -> Voice:
    """A voice that was not in training: the held-out variants in turn and, for every second
    English one, a held-out accent too."""
    if language == "en" and rng.random() < 0.5:
        accent = rng.choice(sorted(HELD_OUT_ACCENTS))
    else:
        accent = rng.choice(TRAINING_ACCENTS[language])
    variants = sorted(HELD_OUT_VARIANTS)
    return Voice(
        accent=accent,
        variant=variants[turn % len(variants)],
        rate_wpm=rng.randint(130, 190),
        pitch=rng.randint(30, 70),
    )


def plain_voice(language: str, rng: random.Random) -> Voice:
    """What a scripted test caller sounds like: a training accent, no variant, usual pace."""
    accents = {"en": ("en-us", "en"), "ar": ("ar",)}
    return Voice(rng.choice(accents[language]), "", rate_wpm=rng.randint(145, 165), pitch=50)
