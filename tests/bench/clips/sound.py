"""Sound as arrays: levels, bands, noise, and what a telephone leaves of it.

A sound is a one-dimensional array of floats at 8 kHz, full scale 1. Levels are RMS against full
scale (dBFS). Knows nothing of speech, clips or files.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 8000
FRAME: Final = RATE_HZ // 100
TELEPHONE_HZ: Final = (220.0, 3500.0)
FULL: Final = 32767.0

MU_BIAS: Final = 132  # ITU-T G.711, at 16 bits
MU_CLIP: Final = 32635

Sound = NDArray[np.float64]


def count(ms: float) -> int:
    """Samples in a time."""
    return round(ms * RATE_HZ / 1000)


def ms_of(samples: int) -> int:
    return round(samples * 1000 / RATE_HZ)


def silence(ms: float) -> Sound:
    return np.zeros(count(ms))


def dbfs(sound: Sound) -> float:
    """RMS level; -120 for nothing at all."""
    power = float(np.mean(sound**2)) if len(sound) else 0.0
    return 10 * float(np.log10(max(power, 1e-12)))


def active(sound: Sound, under_db: float = 36) -> tuple[int, int]:
    """Where the frames within ``under_db`` of the loudest begin and end, in samples."""
    frames = len(sound) // FRAME
    if not frames:
        return 0, len(sound)
    power = np.mean(sound[: frames * FRAME].reshape(frames, FRAME) ** 2, axis=1)
    loud = np.flatnonzero(power >= power.max() * 10 ** (-under_db / 10))
    return int(loud[0]) * FRAME, (int(loud[-1]) + 1) * FRAME


def trimmed(sound: Sound) -> Sound:
    """The sound without the silence around it."""
    start, end = active(sound)
    return sound[start:end]


def at_level(sound: Sound, level_dbfs: float) -> Sound:
    if not np.any(sound):
        return sound
    return np.asarray(sound * 10 ** ((level_dbfs - dbfs(sound)) / 20))


def shaped(sound: Sound, gain: NDArray[np.float64]) -> Sound:
    """Through a filter given by its gain at the frequencies of ``rfft`` (see :func:`bins`)."""
    return np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))


def bins(samples: int) -> NDArray[np.float64]:
    """The frequencies of ``rfft`` in Hz."""
    return np.asarray(np.fft.rfftfreq(samples, 1 / RATE_HZ), np.float64)


def band(sound: Sound, low_hz: float, high_hz: float) -> Sound:
    """What lies between, with edges of 24 dB an octave or so."""
    if not len(sound):
        return sound
    hz = np.maximum(bins(len(sound)), 1e-3)
    gain = 1 / np.sqrt((1 + (low_hz / hz) ** 8) * (1 + (hz / high_hz) ** 16))
    return shaped(sound, gain)


def resonances(hz: NDArray[np.float64], peaks: list[tuple[float, float, float]]) -> Sound:
    """Gain of parallel resonators, each given by centre and width in Hz and its strength."""
    gain = np.full(len(hz), 0.02)
    for centre, width, strength in peaks:
        gain += strength / np.sqrt(1 + ((hz - centre) / (width / 2)) ** 2)
    return gain


def coloured(rng: np.random.Generator, samples: int, slope: float) -> Sound:
    """Noise whose power falls with frequency to this power: 0 white, 1 pink, 2 brown."""
    hz = np.maximum(bins(samples), 20.0)
    return shaped(rng.standard_normal(samples), hz ** (-slope / 2))


def faded(sound: Sound, ms: float = 5) -> Sound:
    """Without a click at its ends."""
    edge = min(count(ms), len(sound) // 2)
    if not edge:
        return sound
    out = sound.copy()
    ramp = np.linspace(0, 1, edge)
    out[:edge] *= ramp
    out[-edge:] *= ramp[::-1]
    return out


def added(onto: Sound, sound: Sound, at: int) -> None:
    """Add a sound from a sample on; what stands over the end is lost."""
    if at < len(onto):
        piece = sound[: len(onto) - at]
        onto[at : at + len(piece)] += piece


def room(rng: np.random.Generator, samples: int, level_dbfs: float) -> Sound:
    """A room where nobody speaks: hiss, rumble and, in half of them, mains hum."""
    noise = coloured(rng, samples, float(rng.uniform(0.4, 1.4)))
    noise = at_level(band(noise, *TELEPHONE_HZ), level_dbfs)
    if rng.random() < 0.5:
        time_s = np.arange(samples) / RATE_HZ
        hum = sum(np.sin(2 * np.pi * 50 * k * time_s + k) / k for k in (2, 4, 6, 8))
        noise = noise + at_level(np.asarray(hum), level_dbfs - 8)
    return noise


def telephone(sound: Sound) -> NDArray[np.int16]:
    """What comes out of a telephone line: its band, then mu-law there and back (G.711)."""
    narrow = np.clip(band(sound, *TELEPHONE_HZ), -1, 1)
    return mu_law(np.round(narrow * FULL).astype(np.int16))


def mu_law(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """int16 through mu-law and back."""
    wide = pcm.astype(np.int32)
    magnitude = np.minimum(np.abs(wide), MU_CLIP) + MU_BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    back = (((mantissa << 3) + MU_BIAS) << exponent) - MU_BIAS
    signed: NDArray[np.int16] = np.where(wide < 0, -back, back).astype(np.int16)
    return signed
