"""What a telephone network does to speech: level, band, noise, echo, G.711, lost packets.

Takes and returns float32 mono at 8 kHz in -1..1. Knows nothing of models or words.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tools.speech_model.synth import TELEPHONE_HZ

Samples = NDArray[np.float32]
PACKET: Final = TELEPHONE_HZ // 50
BLOCK: Final = 400
_MU: Final = 255.0
_A: Final = 87.6


def mu_law(samples: Samples) -> Samples:
    """There and back through 8-bit mu-law companding (ITU-T G.711's continuous curve)."""
    curve = np.sign(samples) * np.log1p(_MU * np.abs(samples)) / np.log1p(_MU)
    steps = np.round((curve + 1) * 127.5) / 127.5 - 1
    return np.asarray(np.sign(steps) * np.expm1(np.abs(steps) * np.log1p(_MU)) / _MU, np.float32)


def a_law(samples: Samples) -> Samples:
    """There and back through 8-bit A-law companding (ITU-T G.711's continuous curve)."""
    size, scale = np.abs(samples), 1 + np.log(_A)
    curve = np.where(size < 1 / _A, _A * size, 1 + np.log(np.maximum(_A * size, 1.0))) / scale
    steps = (np.floor(np.minimum(curve, 0.9999) * 128) + 0.5) / 128
    back = np.where(steps < 1 / scale, steps * scale / _A, np.exp(steps * scale - 1) / _A)
    return np.asarray(np.sign(samples) * back, np.float32)


def rendered(samples: NDArray[np.int16], rng: np.random.Generator) -> Samples:
    """One telephone rendering of clean speech: another one at every call."""
    speech = _reshaped(samples.astype(np.float32) / np.float32(32768), rng)
    loudest = max(1e-4, float(np.abs(speech).max()))
    speech = speech * np.float32(10 ** rng.uniform(-1.3, -0.03) / loudest)
    before, after = (int(TELEPHONE_HZ * rng.uniform(0.03, 0.3)) for _ in range(2))
    speech = np.pad(speech, (before, after))
    if rng.random() < 0.15:
        speech = _with_echo(speech, rng)
    if rng.random() < 0.75:
        speech = _with_noise(speech, rng)
    overdrive = np.float32(rng.uniform(1, 3) if rng.random() < 0.05 else 1)
    speech = np.clip(speech * overdrive, -1, 1)
    for _ in range(2 if rng.random() < 0.1 else 1):
        share = rng.random()
        if share < 0.85:
            speech = mu_law(speech) if share < 0.5 else a_law(speech)
    return _with_losses(speech, rng) if rng.random() < 0.2 else speech


def noise_alone(rng: np.random.Generator) -> Samples:
    """A line on which nobody speaks."""
    silence = np.zeros(int(TELEPHONE_HZ * rng.uniform(0.3, 4.0)), np.float32)
    hiss = _hiss(len(silence), rng) * 10 ** rng.uniform(-4, -1.5)
    return mu_law(np.clip(silence + hiss, -1, 1))


def _reshaped(speech: Samples, rng: np.random.Generator) -> Samples:
    """Another band and, for many, another size of speaker: speed and pitch together."""
    length = -(-len(speech) // BLOCK) * BLOCK
    spectrum = np.fft.rfft(speech, length)
    hz = np.linspace(0, TELEPHONE_HZ / 2, len(spectrum))
    if rng.random() < 0.5:
        low, high = rng.uniform(50, 400), rng.uniform(2900, 3900)
        spectrum /= np.sqrt(1 + (low / np.maximum(hz, 1)) ** 4) * np.sqrt(1 + (hz / high) ** 12)
        spectrum *= (np.maximum(hz, 100) / 1000) ** rng.uniform(-0.5, 0.5)
    factor = rng.uniform(0.9, 1.1) if rng.random() < 0.4 else 1.0
    blocks = max(1, round(length / factor / BLOCK))
    changed = blocks * BLOCK
    kept = changed // 2 + 1
    spectrum = np.pad(spectrum, (0, max(0, kept - len(spectrum))))[:kept]
    return np.asarray(np.fft.irfft(spectrum, changed), np.float32)


def _with_echo(speech: Samples, rng: np.random.Generator) -> Samples:
    delay = int(TELEPHONE_HZ * rng.uniform(0.01, 0.12))
    late = np.pad(speech, (delay, 0))[: len(speech)] * 10 ** rng.uniform(-1.5, -0.5)
    return np.asarray(speech + late, np.float32)


def _hiss(length: int, rng: np.random.Generator) -> Samples:
    """Noise of unit power: white, or falling with frequency."""
    white = rng.standard_normal(length).astype(np.float32)
    if rng.random() < 0.5:
        return white
    padded = -(-length // BLOCK) * BLOCK
    spectrum = np.fft.rfft(white, padded)
    spectrum /= np.maximum(np.arange(len(spectrum)), 20) ** rng.uniform(0.3, 1.0)
    coloured = np.fft.irfft(spectrum, padded)[:length]
    return np.asarray(coloured / max(1e-9, float(coloured.std())), np.float32)


def _with_noise(speech: Samples, rng: np.random.Generator) -> Samples:
    loudness = float(np.sqrt(np.mean(speech**2))) + 1e-6
    gain = loudness * 10 ** (-rng.uniform(12, 40) / 20)
    return np.asarray(speech + _hiss(len(speech), rng) * gain, np.float32)


def _with_losses(speech: Samples, rng: np.random.Generator) -> Samples:
    """Lost 20 ms packets: silence, or the packet before once more and softer."""
    heard, repeat = speech.copy(), rng.random() < 0.6
    for packet in np.flatnonzero(rng.random(len(speech) // PACKET) < rng.uniform(0.005, 0.05)):
        at = packet * PACKET
        heard[at : at + PACKET] = 0
        if repeat and packet:
            heard[at : at + PACKET] = heard[at - PACKET : at] * 0.7
    return heard
