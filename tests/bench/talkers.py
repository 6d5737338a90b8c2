"""Callers who speak on a timetable, many at once: SIPp with a call's whole sound made before.

They hear nothing: when they speak does not depend on what is answered. Measures nothing.
"""

import asyncio
import audioop
import socket
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.cli.phone.audible import AUDIBLE_DBFS
from sipagent.config import EspeakSettings
from sipagent.engines.levels import FRAME_MS, active_dbfs, frame_rms, trimmed
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.media.vad import SileroVad
from sipagent.text.language import Language
from tests.bench.load import FIRST_MEDIA, ROOM_DBFS, SCENARIO, Crowd, mu_law
from tests.bench.vad_windows import probabilities, turns
from tests.peers.processes import free_port

RATE_HZ: Final = 8000
LEAD_S: Final = 3.0
EVERY_S: Final = 7.013  # no multiple of a packet or of the VAD's window: each turn meets another
TAIL_S: Final = 4.0
MEDIA_PORTS: Final = 400
PACKET: Final = 160
PACKET_MS: Final = 20
WAYS: Final = 8  # after so many packets, windows of 256 samples lie on packets as before
NUMBER: Final = "+97142000000"

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Said:
    """Something that callers say, and how loud."""

    text: str
    dbfs: float = -20.0
    language: Language = Language.EN


@dataclass(frozen=True, slots=True)
class Timetable:
    """A call's turns: each of ``says`` in its turn, over whatever the agent says by then."""

    says: tuple[Said, ...]
    turns: int

    @property
    def seconds(self) -> float:
        return LEAD_S + self.turns * EVERY_S + TAIL_S

    def at_s(self, turn: int) -> float:
        """When a turn begins, from the beginning of the call."""
        return LEAD_S + turn * EVERY_S

    def kind(self, turn: int) -> int:
        """Which of ``says`` it is."""
        return turn % len(self.says)

    def last_packet(self, turn: int) -> int:
        """How many packets have been sent when the speech of a turn has."""
        last = round(self.at_s(turn) * RATE_HZ) + len(spoken(self.says[self.kind(turn)]))
        return -(-last // PACKET)

    def sound(self) -> bytes:
        """The whole call as mu-law: a quiet room, and the turns in it."""
        noise = np.random.default_rng(7).standard_normal(round(self.seconds * RATE_HZ))
        line = (noise * 10 ** (ROOM_DBFS / 20)).astype(np.float32)
        for turn in range(self.turns):
            speech = spoken(self.says[self.kind(turn)])
            start = round(self.at_s(turn) * RATE_HZ)
            line[start : start + len(speech)] += speech
        return mu_law(np.rint(np.clip(line, -1, 1) * 32767).astype(np.int16))


@cache
def spoken(said: Said) -> Samples:
    """A sentence at its level, 8 kHz, -1 to 1. What dies away under the level that counts as
    audible is cut off: else its end would be one thing on the wire and another to a VAD."""

    async def speak() -> bytes:
        voice = EspeakVoice(EspeakSettings())
        return b"".join([one.pcm async for one in voice.speak(said.text, said.language, RATE_HZ)])

    samples, _ = trimmed(
        np.frombuffer(asyncio.run(speak()), "<i2").astype(np.float32) / np.float32(32768), RATE_HZ
    )
    loud = samples * np.float32(10 ** ((said.dbfs - active_dbfs(samples, RATE_HZ)) / 20))
    frames = frame_rms(loud, RATE_HZ)
    last = int(np.flatnonzero(frames > 10 ** (AUDIBLE_DBFS / 20))[-1]) + 1
    return loud[: last * RATE_HZ * FRAME_MS // 1000]


def lags_ms(timetable: Timetable) -> list[float]:
    """How much later than the last audible packet of each turn the VAD sees it end, on average.

    By the node's own VAD on the very sound that is sent, in each way in which its windows can lie
    on packets: a node that begins to listen one packet later has other windows.
    """
    vad, sound = SileroVad(RATE_HZ), audioop.ulaw2lin(timetable.sound(), 2)
    found: list[list[float]] = [[] for _ in range(timetable.turns)]
    for late in range(WAYS):
        heard = probabilities(vad, sound[2 * PACKET * late :])
        for _, event in turns(heard):
            ended_ms = event.ended_ms + PACKET_MS * late
            turn = round((ended_ms / 1000 - LEAD_S) // EVERY_S)
            if 0 <= turn < timetable.turns:
                found[turn].append(ended_ms - PACKET_MS * timetable.last_packet(turn))
    return [sum(each) / len(each) for each in found]


def media_ports() -> tuple[int, int]:
    """Where the callers of one run have their RTP, over any answerer's."""
    first = FIRST_MEDIA + free_port() % 4000 // 2 * 2
    return first, first + MEDIA_PORTS - 1


def talk(
    folder: Path,
    server: tuple[str, int],
    timetable: Timetable,
    calls: int,
    ports: tuple[int, int],
    *,
    calls_per_s: float,
    times: int = 1,
    number: str = NUMBER,
) -> Crowd:
    """Begin ``calls`` of this timetable, so many a second; each hangs up at its end, and another
    takes its place until all have been made so many ``times``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("caller_*"), *folder.glob("statistics.csv")):
        old.unlink()
    (folder / "caller.ulaw").write_bytes(timetable.sound())
    (folder / "caller.xml").write_text(SCENARIO.read_text())
    source = _towards(server)
    command = [
        *("sipp", f"{server[0]}:{server[1]}", "-sf", "caller.xml", "-s", number),
        *("-i", source, "-p", str(free_port()), "-mi", source, "-mp", str(ports[0])),
        *("-m", str(calls * times), "-l", str(calls), "-r", f"{calls_per_s:g}"),
        *("-d", str(round(timetable.seconds * 1000)), "-t", "u1", "-nd", "-nostdin"),
        *("-trace_stat", "-stf", "statistics.csv", "-fd", "1"),
        *("-trace_rtt", "-rtt_freq", "1", "-trace_err"),
    ]
    with (folder / "sipp.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    return Crowd(process, folder)


def _towards(server: tuple[str, int]) -> str:
    """The address of ours that packets to the server leave from."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(server)
        address: str = one.getsockname()[0]
    return address
