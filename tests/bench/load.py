"""SIPp as the crowd: callers that send G.711, counted and timed by SIPp itself."""

import csv
import math
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.peers.processes import free_port

SCENARIO = Path(__file__).parent / "caller.xml"
ROOM_DBFS = -60.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """Callers in the background; ``wait`` until the last has hung up."""

    process: "subprocess.Popen[bytes]"
    folder: Path

    def wait(self, timeout_s: float) -> None:
        """Raises ``AssertionError`` where a call failed."""
        status = self.process.wait(timeout_s)
        assert status == 0, f"SIPp ended with {status}: see {self.folder}"

    def set_up_ms(self) -> list[float]:
        """INVITE to 200 OK of each call, as SIPp measured it."""
        (path,) = self.folder.glob("*_rtt.csv")
        with path.open() as file:
            return [float(row["response_time_ms"]) for row in csv.DictReader(file, delimiter=";")]


def crowd(
    folder: Path,
    server: tuple[str, int],
    *,
    calls: int,
    rate: float,
    seconds: float,
    noise_dbfs: float = ROOM_DBFS,
    transport: str = "u1",
    source: str = "127.0.0.1",
) -> Crowd:
    """Start ``calls`` callers, ``rate`` a second, each on the line for ``seconds``.

    ``transport`` is SIPp's: "u1" is UDP, "t1" one TCP connection, "tn" one for each call.

    What they send is white noise, in which the VAD finds nobody.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("caller_*"):
        old.unlink()
    level = 32768 * 10 ** (noise_dbfs / 20)
    noise = np.random.default_rng(7).standard_normal(16000) * level
    (folder / "caller.ulaw").write_bytes(mu_law(noise.astype(np.int16)))
    scenario = folder / "caller.xml"
    scenario.write_text(SCENARIO.read_text())
    host = "::1" if server[0].startswith("[") else source
    media = 40000 + free_port() % 8000 // 2 * 2
    command = [
        *("sipp", f"{server[0]}:{server[1]}", "-sf", scenario.name, "-s", "+97142000000"),
        *("-i", host, "-p", str(free_port()), "-mi", host),
        *("-m", str(calls), "-l", str(calls), "-r", f"{rate:g}", "-d", str(int(seconds * 1000))),
        *("-mp", str(media), "-t", transport, "-max_socket", "1000"),
        *("-trace_rtt", "-rtt_freq", "1", "-trace_err", "-nostdin", "-nd"),
    ]
    with (folder / "sipp.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    return Crowd(process, folder)


def mu_law(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> bytes:
    """G.711 mu-law of int16 samples (ITU-T G.711)."""
    sign = np.where(samples < 0, 0x80, 0)
    level = np.minimum(np.abs(samples.astype(np.int32)), 32635) + 132
    exponent = np.floor(np.log2(level)).astype(np.int32) - 7
    mantissa = (level >> (exponent + 3)) & 0x0F
    coded: bytes = (~(sign | exponent << 4 | mantissa) & 0xFF).astype(np.uint8).tobytes()
    return coded


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` per cent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)]


def version() -> str:
    printed = subprocess.run(["sipp", "-v"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"SIPp v(\S+)", printed)
    return found[1].rstrip(".") if found else "unknown"
