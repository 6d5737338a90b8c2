"""Sentences called in over lines that lose packets, and what a node hears of them.

The calls are real: a caller, a relay that loses packets, the node's endpoint with its jitter
buffer and concealment. Recognises nothing.
"""

import audioop
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.text.language import Language
from tests.bench.load import ROOM_DBFS
from tests.peers.listener import Ear, listener
from tests.peers.network import Network, Weather
from tests.peers.raw import RawCaller
from tests.peers.stream import Stream, packets

RATE_HZ: Final = 8000
LEAD_S: Final = 1.0
PAUSE_S: Final = 1.2
MARGIN_S: Final = 0.25  # around a sentence, of what the recogniser is given
ENVELOPE_HZ: Final = 100
DELAY_MS: Final = 20.0
SEED: Final = 3

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence in a voice: int16 mono at 8 kHz."""

    text: str
    language: Language
    voice: str
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Reel:
    """Some sentences in the order of one call, and where each begins, in samples."""

    spoken: tuple[Spoken, ...]
    starts: tuple[int, ...]
    sound: Samples


@dataclass(frozen=True, slots=True)
class Line:
    """A share of packets lost, concealed or not."""

    loss: float
    concealed: bool = True

    @property
    def name(self) -> str:
        return f"{100 * self.loss:g} % lost" + ("" if self.concealed else ", not concealed")


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a node heard of each reel over a line, and how many packets the line lost, of all."""

    sounds: tuple[Samples, ...]
    lost: int
    sent: int


def reel(spoken: Sequence[Spoken]) -> Reel:
    """One call's sound: the sentences with pauses, on a line with the noise of a quiet room."""
    pause = round(PAUSE_S * RATE_HZ)
    starts, at = [], round(LEAD_S * RATE_HZ)
    for one in spoken:
        starts.append(at)
        at += len(one.pcm) // 2 + pause
    level = 32768 * 10 ** (ROOM_DBFS / 20)
    sound = np.random.default_rng(SEED).standard_normal(at) * level
    for one, start in zip(spoken, starts, strict=True):
        samples = np.frombuffer(one.pcm, "<i2")
        sound[start : start + len(samples)] += samples
    clipped = np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
    return Reel(tuple(spoken), tuple(starts), clipped)


def called_in(folder: Path, reels: Sequence[Reel], lines: Sequence[Line]) -> dict[Line, Arrived]:
    """What a node hears of each reel over each line, all at once."""
    with ExitStack() as stack:
        ears = {
            concealed: stack.enter_context(
                listener(folder / ("concealed" if concealed else "plain"), concealed=concealed)
            )
            for concealed in {line.concealed for line in lines}
        }
        networks = [_networks(stack, ears[line.concealed], line, len(reels)) for line in lines]
        streams = [
            stack.enter_context(_call(stack, network, _number(place, at), one))
            for place, own in enumerate(networks)
            for at, (network, one) in enumerate(zip(own, reels, strict=True))
        ]
        lasts_s = max(len(one.sound) for one in reels) / RATE_HZ
        for stream in streams:
            stream.wait(lasts_s + 30)
        time.sleep(1.0)
    return {
        line: Arrived(
            tuple(ears[line.concealed].sound(_number(place, at)) for at in range(len(reels))),
            sum(one.towards_node.counts.lost for one in networks[place]),
            sum(one.towards_node.counts.came for one in networks[place]),
        )
        for place, line in enumerate(lines)
    }


def _number(line: int, call: int) -> str:
    return f"{line + 1}{call:02}"


def _networks(stack: ExitStack, ear: Ear, line: Line, calls: int) -> list[Network]:
    """One for each call; the same packets of a reel are lost on every line of the same loss."""
    weather = Weather(loss=line.loss, delay_ms=DELAY_MS)
    return [
        stack.enter_context(Network(ear.address, weather, seed=1000 + at)) for at in range(calls)
    ]


def _call(stack: ExitStack, network: Network, number: str, one: Reel) -> Stream:
    caller = stack.enter_context(RawCaller(network.address, number))
    caller.answered()
    return Stream(caller.rtp, caller.remote_rtp, packets(one.sound.tobytes()))


def straight(one: Reel) -> Samples:
    """The reel through G.711 alone, which no network and no jitter buffer has touched."""
    coded = audioop.lin2ulaw(one.sound.tobytes(), 2)
    return np.frombuffer(audioop.ulaw2lin(coded, 2), "<i2")


def cut(one: Reel, heard: Samples) -> list[bytes]:
    """Each sentence of a reel as it arrived, with a margin around it."""
    late, margin = _late(one.sound, heard), round(MARGIN_S * RATE_HZ)
    pieces = []
    for spoken, start in zip(one.spoken, one.starts, strict=True):
        first = max(0, start + late - margin)
        last = start + late + len(spoken.pcm) // 2 + margin
        pieces.append(heard[first:last].astype("<i2").tobytes())
    return pieces


def _late(sent: Samples, heard: Samples) -> int:
    """By how many samples what was heard is later than what was sent, by their envelopes."""
    step = RATE_HZ // ENVELOPE_HZ
    both = [_envelope(one, step) for one in (sent, heard)]
    size = 1 << (sum(len(one) for one in both)).bit_length()
    spectra = [np.fft.rfft(one - one.mean(), size) for one in both]
    match = np.fft.irfft(spectra[1] * np.conj(spectra[0]), size)
    at = int(np.argmax(match))
    return (at if at < size // 2 else at - size) * step


def _envelope(sound: Samples, step: int) -> NDArray[np.float64]:
    frames = sound[: len(sound) // step * step].astype(np.float64).reshape(-1, step)
    return np.asarray(np.sqrt((frames**2).mean(axis=1)))
