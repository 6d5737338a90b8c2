"""Coughs: bursts of breath noise with the mouth's formants, now and then with voice in them."""

import numpy as np

from tests.bench.clips.sound import RATE_HZ, Sound, at_level, bins, count, faded, resonances, shaped


def burst(rng: np.random.Generator, ms: float) -> Sound:
    """One explosion: a sharp onset, a decay, and often a second, weaker push."""
    samples = count(ms)
    time_s = np.arange(samples) / RATE_HZ
    breath = rng.standard_normal(samples)
    if rng.random() < 0.5:
        breath = breath + _voice(rng, time_s) * rng.uniform(0.3, 1.2)
    open_mouth = shaped(breath, resonances(bins(samples), _formants(rng, 1.0)))
    closing = shaped(breath, resonances(bins(samples), _formants(rng, 0.75)))
    turn = np.clip((time_s - ms / 2000) / (ms / 2000), 0, 1)
    return faded((open_mouth * (1 - turn) + closing * turn) * _envelope(rng, time_s, ms), 4)


def cough(rng: np.random.Generator, sizes_ms: list[float], level_dbfs: float) -> list[Sound]:
    """A fit of coughing; each burst is somewhat weaker than the one before."""
    fit = [burst(rng, ms) for ms in sizes_ms]
    falls_db = np.cumsum([0.0, *rng.uniform(-1, 5, len(fit) - 1)])
    return [at_level(one, level_dbfs - fall) for one, fall in zip(fit, falls_db, strict=True)]


def _formants(rng: np.random.Generator, size: float) -> list[tuple[float, float, float]]:
    return [
        (rng.uniform(550, 950) * size, rng.uniform(120, 260), 1.0),
        (rng.uniform(1150, 1800) * size, rng.uniform(150, 320), rng.uniform(0.5, 1.1)),
        (rng.uniform(2300, 3100), rng.uniform(220, 450), rng.uniform(0.25, 0.8)),
    ]


def _voice(rng: np.random.Generator, time_s: Sound) -> Sound:
    """A creaking glottis whose pitch falls, in the later part of the burst."""
    pitch_hz = rng.uniform(110, 320) * np.exp(-time_s * rng.uniform(0.5, 2.5))
    pitch_hz = pitch_hz * (1 + 0.04 * np.cumsum(rng.standard_normal(len(time_s))) / RATE_HZ**0.5)
    phase = np.cumsum(pitch_hz) / RATE_HZ
    pulses = np.diff(np.floor(phase), prepend=0.0) * 12
    late = np.clip((time_s - time_s[-1] * rng.uniform(0.1, 0.4)) * 30, 0, 1)
    return np.asarray(pulses * late)


def _envelope(rng: np.random.Generator, time_s: Sound, ms: float) -> Sound:
    attack_s = rng.uniform(0.004, 0.02)
    decay_s = ms / 1000 * rng.uniform(0.18, 0.4)
    rise = np.minimum(time_s / attack_s, 1)
    fall = np.exp(-np.maximum(time_s - attack_s, 0) / decay_s)
    push_at_s = ms / 1000 * rng.uniform(0.5, 0.7)
    push = np.exp(-(((time_s - push_at_s) / (ms / 1000 * 0.12)) ** 2))
    strength = rng.uniform(0.1, 0.5) if rng.random() < 0.6 else 0.03
    return np.asarray(rise * (fall + strength * push))
