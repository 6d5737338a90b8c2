"""What the caller says, as sound at the bridge's rate: spoken texts and WAV files."""

import asyncio
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from sipagent.cli.phone.script import BadStep, PlayFile, Say, Step
from sipagent.engines.resample import resample
from sipagent.ports import Voice

LONGEST_S: Final = 60  # what the leg's ring holds
RATES_HZ: Final = range(4_000, 192_001)
WIDTHS: Final = range(1, 5)  # octets


async def render(steps: Sequence[Step], voice: Voice, rate_hz: int) -> dict[Step, bytes]:
    """The sound of each step that has any: int16 mono at ``rate_hz``.

    Raises ``BadStep`` for a file that cannot be played, and what the voice raises.
    """
    sounds: dict[Step, bytes] = {}
    for step in steps:
        match step.content:
            case Say(text=text, language=language):
                clauses = [part.pcm async for part in voice.speak(text, language, rate_hz)]
                sounds[step] = b"".join(clauses)
                if not sounds[step]:
                    raise BadStep(f"{text!r} has nothing that can be spoken")
                _bounded(len(sounds[step]) / 2 / rate_hz, text)
            case PlayFile(path=path):
                sounds[step] = await asyncio.to_thread(read_wav, path, rate_hz)
            case _:
                continue
    return sounds


def _bounded(seconds: float, name: str) -> None:
    if seconds > LONGEST_S:
        raise BadStep(f"{name}: a STEP sounds {LONGEST_S} s at most")


def read_wav(path: Path, rate_hz: int) -> bytes:
    """A PCM WAV file of any rate and 8, 16, 24 or 32 bits, its channels mixed to one.

    int16 mono at ``rate_hz``. Raises ``BadStep``.
    """
    try:
        with wave.open(str(path)) as file:
            width, channels, from_hz = file.getsampwidth(), file.getnchannels(), file.getframerate()
            _playable(file, path)
            raw = file.readframes(file.getnframes())
            promised = file.getnframes() * width * channels
    except OSError as error:
        raise BadStep(f"{path}: {error.strerror}; name a WAV file") from None
    except EOFError:
        raise BadStep(f"{path}: not a PCM WAV file (its header is cut short)") from None
    except wave.Error as error:
        raise BadStep(f"{path}: not a PCM WAV file ({error})") from None
    if len(raw) < promised:
        raise BadStep(f"{path}: cut short: {len(raw)} of {promised} octets of sound")
    mono = _samples(raw, width).reshape(-1, channels).mean(axis=1)
    pcm = np.clip(resample(mono.astype(np.float32), from_hz, rate_hz), -1.0, 1.0)
    return bytes(np.rint(pcm * 32767.0).astype("<i2"))


def _playable(file: wave.Wave_read, path: Path) -> None:
    """What the header says must be within what can be played, before any sound is read."""
    rate_hz, width = file.getframerate(), file.getsampwidth()
    if rate_hz not in RATES_HZ:
        lowest, highest = RATES_HZ[0], RATES_HZ[-1]
        raise BadStep(f"{path}: {rate_hz} Hz; a WAV file of {lowest} to {highest} Hz can be played")
    if width not in WIDTHS:
        raise BadStep(f"{path}: {8 * width} bits; a WAV file of 8, 16, 24 or 32 can be played")
    if file.getnframes() == 0:
        raise BadStep(f"{path}: holds no sound")
    _bounded(file.getnframes() / rate_hz, str(path))


def _samples(raw: bytes, width: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """PCM of ``width`` octets as -1 to 1; WAV's 8 bits are unsigned."""
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128.0) / 128.0
    if width == 2:
        return np.frombuffer(raw, "<i2").astype(np.float32) / 32768.0
    octets = np.frombuffer(raw, np.uint8).reshape(-1, width)
    high = np.zeros((len(octets), 4), np.uint8)
    high[:, 4 - width :] = octets
    return (high.view("<i4").ravel() / 2147483648.0).astype(np.float32)
