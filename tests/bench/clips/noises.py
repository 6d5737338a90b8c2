"""Noises of a caller's place and line, without words. Babble is made where the speakers are."""

from collections.abc import Callable
from typing import Final

import numpy as np

from tests.bench.clips.sound import (
    RATE_HZ,
    Sound,
    added,
    at_level,
    band,
    coloured,
    count,
    faded,
    silence,
    trimmed,
)

Maker = Callable[[np.random.Generator], Sound]


def slam(rng: np.random.Generator) -> Sound:
    """A door: a thud of a few wooden modes, a crack, and sometimes the lock after it."""
    out = silence(rng.uniform(350, 700))
    _hit(rng, out, 0, 1.0)
    if rng.random() < 0.5:
        _hit(rng, out, count(rng.uniform(60, 220)), rng.uniform(0.15, 0.5))
    return faded(out)


def _hit(rng: np.random.Generator, out: Sound, at: int, strength: float) -> None:
    time_s = np.arange(len(out) - at) / RATE_HZ
    modes = [
        np.sin(2 * np.pi * hz * time_s) * np.exp(-time_s / rng.uniform(0.03, 0.12))
        for hz in rng.uniform(90, 700, 5)
    ]
    crack = rng.standard_normal(len(time_s)) * np.exp(-time_s / rng.uniform(0.01, 0.05))
    added(out, strength * (sum(modes) / 2 + crack * rng.uniform(0.5, 1.5)), at)


def keyboard(rng: np.random.Generator) -> Sound:
    """Somebody types: a press and a weaker release for each key."""
    out = silence(rng.uniform(1200, 3200))
    at = count(20)
    while at < len(out) - count(60):
        for strength, after_ms in ((1.0, 0.0), (0.45, rng.uniform(35, 80))):
            time_s = np.arange(count(rng.uniform(6, 16))) / RATE_HZ
            click = rng.standard_normal(len(time_s)) * np.exp(-time_s / 0.0025)
            added(out, click * strength * rng.uniform(0.5, 1.2), at + count(after_ms))
        at += count(rng.uniform(70, 330))
    return band(out, 900, 3400)


def horn(rng: np.random.Generator) -> Sound:
    """A car's horn, one to three times: two tones with their harmonics, heard across a street."""
    parts: list[Sound] = []
    low_hz = rng.uniform(330, 450)
    for _ in range(rng.integers(1, 4)):
        time_s = np.arange(count(rng.uniform(160, 900))) / RATE_HZ
        tone = sum(
            np.sin(2 * np.pi * hz * k * time_s + k) / k**0.7
            for hz in (low_hz, low_hz * rng.uniform(1.18, 1.27))
            for k in range(1, int(3400 / hz))
        )
        parts += [faded(np.asarray(tone), 20), silence(rng.uniform(90, 300))]
    dry = np.concatenate([*parts, silence(120)])
    return _street(rng, band(dry, 300, rng.uniform(1800, 3300)))


def _street(rng: np.random.Generator, dry: Sound) -> Sound:
    out = dry.copy()
    for _ in range(4):
        added(out, dry * rng.uniform(0.08, 0.3), count(rng.uniform(15, 120)))
    return out


def wind(rng: np.random.Generator) -> Sound:
    """Wind on the microphone: low noise that comes in gusts."""
    samples = count(rng.uniform(1800, 4200))
    steps = rng.uniform(0.05, 1.0, 3 + samples // count(450))
    places = np.linspace(0, len(steps) - 1, samples)
    gusts = np.interp(places, np.arange(len(steps)), steps) ** 2
    noise = band(coloured(rng, samples, rng.uniform(1.2, 2.0)), 40, rng.uniform(400, 1200))
    return faded(noise * gusts, 150)


def crackle(rng: np.random.Generator) -> Sound:
    """A bad line: clicks at random, each ringing shortly, over some hiss."""
    out = silence(rng.uniform(1200, 3500))
    out += rng.standard_normal(len(out)) * 0.01
    for at in np.flatnonzero(rng.random(len(out)) < rng.uniform(6, 40) / RATE_HZ):
        time_s = np.arange(count(12)) / RATE_HZ
        ring = np.cos(2 * np.pi * rng.uniform(700, 3000) * time_s) * np.exp(-time_s / 0.0015)
        added(out, ring * rng.choice([-1, 1]) * rng.uniform(0.2, 1.0), int(at))
    return faded(out)


def music(rng: np.random.Generator) -> Sound:
    """A radio: plucked notes over chords of a scale, with a beat in half of them."""
    beat_ms = 60_000 / rng.uniform(75, 150)
    scale = [0, 2, 3, 5, 7, 8, 11] if rng.random() < 0.5 else [0, 2, 4, 5, 7, 9, 11]
    root_hz = rng.uniform(150, 290)
    beats = int(rng.uniform(2500, 4500) / beat_ms)
    out = silence(beats * beat_ms + 400)
    drum = rng.random() < 0.5
    for n in range(beats * 2):
        at = count(n * beat_ms / 2)
        if n % 4 == 0:
            for step in (0, 2, 4):
                added(out, _pluck(rng, root_hz, scale[step], 1.2) * 0.4, at)
        if rng.random() < 0.7:
            octave = 12 * int(rng.integers(0, 2))
            added(out, _pluck(rng, root_hz, int(rng.choice(scale)) + octave, 0.4), at)
        if drum and n % 2 == 0:
            time_s = np.arange(count(120)) / RATE_HZ
            hit = rng.standard_normal(len(time_s)) * np.exp(-time_s / 0.02)
            added(out, hit * 0.5, at)
    return faded(out, 60)


def _pluck(rng: np.random.Generator, root_hz: float, semitones: int, length_s: float) -> Sound:
    hz = root_hz * 2 ** (semitones / 12)
    time_s = np.arange(count(length_s * 1500)) / RATE_HZ
    tone = sum(
        np.sin(2 * np.pi * hz * k * time_s + rng.uniform(0, 6)) / k * np.exp(-time_s * k / length_s)
        for k in range(1, max(2, min(8, int(3300 / hz))))
    )
    return faded(np.asarray(tone), 4)


def babble(rng: np.random.Generator, voices: list[Sound]) -> Sound:
    """People talking in the same room, none of them to the telephone."""
    length = max(len(one) for one in voices)
    out = np.zeros(length + count(600))
    for one in voices:
        added(out, at_level(one, rng.uniform(-27, -21)), int(rng.integers(0, count(600))))
    return faded(_street(rng, band(out, 250, rng.uniform(1600, 3000))), 120)


MAKERS: Final[dict[str, Maker]] = {
    "slam": slam,
    "keyboard": keyboard,
    "horn": horn,
    "wind": wind,
    "crackle": crackle,
    "music": music,
}


def noise(rng: np.random.Generator, kind: str, level_dbfs: float) -> Sound:
    """Any kind but babble. Raises ``KeyError`` for a kind that nobody makes."""
    return at_level(trimmed(band(MAKERS[kind](rng), 200, 3600)), level_dbfs)
