"""Sounds of a telephone line that are no speech: int16 at 8 kHz, by name."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.contract.telephone import TELEPHONE_HZ, through_g711

Sound = NDArray[np.float64]
KEYS: Final = ((697, 1209), (770, 1336), (852, 1477), (941, 1336), (697, 1477))
SCALE: Final = (262, 294, 330, 349, 392, 440, 494, 523)


def seconds(length_s: float) -> Sound:
    return np.arange(int(TELEPHONE_HZ * length_s)) / TELEPHONE_HZ


def tone(hz: float, length_s: float, level: float = 5000) -> Sound:
    return np.asarray(level * np.sin(2 * np.pi * hz * seconds(length_s)))


def tones(hz: Sequence[float], length_s: float, level: float = 3000) -> Sound:
    return np.asarray(np.sum([tone(one, length_s, level) for one in hz], axis=0))


def cadence(hz: Sequence[float], on_s: float, off_s: float, times: int) -> Sound:
    pause = np.zeros(int(TELEPHONE_HZ * off_s))
    return np.tile(np.concatenate([tones(hz, on_s), pause]), times)


def noise(length_s: float, level: float, seed: int, pink: bool = False) -> Sound:
    samples = np.random.default_rng(seed).standard_normal(int(TELEPHONE_HZ * length_s))
    if pink:
        spectrum = np.fft.rfft(samples)
        spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
        samples = np.fft.irfft(spectrum, len(samples))
    return np.asarray(samples / samples.std() * level)


def note(hz: float, length_s: float) -> Sound:
    """A plucked string: four partials that die away."""
    partials = np.sum([tone(hz * n, length_s, 4000 / n) for n in range(1, 5)], axis=0)
    return np.asarray(partials * np.exp(-3 * seconds(length_s) / length_s))


def modem(hz: tuple[float, float], baud: int, length_s: float) -> Sound:
    """Frequency shift keying of random bits, as ITU-T V.21 and V.23 do."""
    bits = np.random.default_rng(3).integers(0, 2, int(length_s * baud))
    frequency = np.repeat(np.where(bits, hz[1], hz[0]), TELEPHONE_HZ // baud)
    return np.asarray(5000 * np.sin(2 * np.pi * np.cumsum(frequency) / TELEPHONE_HZ))


def clicks(every_ms: float) -> Sound:
    at = np.arange(3 * TELEPHONE_HZ) % int(TELEPHONE_HZ * every_ms / 1000)
    return np.asarray(np.where(at == 80, 30_000.0, 0.0))


def crackle() -> Sound:
    random = np.random.default_rng(8)
    hits = random.random(3 * TELEPHONE_HZ) < 0.003
    return np.asarray(hits * random.choice([-20_000.0, 20_000.0], len(hits)))


def breath() -> Sound:
    swell = np.clip(np.sin(np.pi * seconds(2)), 0, 1)
    return np.asarray(np.convolve(noise(2, 2400, 6), np.ones(4) / 4, "same") * swell)


def keys() -> Sound:
    pause = np.zeros(TELEPHONE_HZ // 10)
    return np.concatenate([part for key in KEYS * 2 for part in (tones(key, 0.1, 4000), pause)])


def sounds() -> dict[str, bytes]:
    """Through mu-law, as a carrier delivers them."""
    made: dict[str, Sound] = {
        "digital silence": np.zeros(2 * TELEPHONE_HZ),
        "line noise": noise(2, 8, 1),
        "quiet noise": noise(2, 200, 2),
        "loud noise": noise(2, 1500, 3),
        "short noise": noise(0.4, 1500, 4),
        "pink noise": noise(3, 1500, 5, pink=True),
        "breath": breath(),
        "crackle": crackle(),
        "a click": clicks(2000),
        "clicks": clicks(500),
        "hum": np.sign(tone(50, 2)) * 3000,
        "hum with harmonics": np.sum([tone(50 * n, 3, 3000 / n) for n in range(1, 12)], axis=0),
        "dial tone": tones((350, 440), 3),
        "European dial tone": tone(425, 2, 6000),
        "ringback of the Gulf": cadence((400, 450), 0.4, 0.2, 4),
        "ringback": cadence((440, 480), 2, 1, 2),
        "busy": cadence((480, 620), 0.5, 0.5, 4),
        "keys": keys(),
        "fax calling": cadence((1100,), 0.5, 0.5, 3),
        "answer tone": tone(2100, 3),
        "modem, 300 baud": modem((1180, 980), 200, 3),
        "modem, 1200 baud": modem((1300, 2100), 1000, 3),
        "a chord": tones((262, 330, 392, 523), 3, 1500),
        "a scale": np.concatenate([note(hz, 0.25) for hz in SCALE]),
        "a slow melody": np.concatenate([note(hz, 0.7) for hz in (392, 330, 349, 294)]),
        "a fast melody": np.concatenate([note(hz, 0.12) for hz in (220, 277, 330, 440) * 6]),
        "too short": np.ones(200) * 5000,
        "nothing": np.zeros(0),
    }
    return {
        name: through_g711(np.clip(sound, -32_000, 32_000).astype("<i2").tobytes())
        for name, sound in made.items()
    }
