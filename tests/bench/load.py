"""SIPp as the crowd: callers that send G.711, counted and timed by SIPp itself."""

import csv
import math
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from tests.peers.processes import free_port

SCENARIO = Path(__file__).parent / "caller.xml"
ROOM_DBFS = -60.0
FIRST_MEDIA = 44_000  # over the ports of any answerer
UNEXPECTED = re.compile(r"received 'SIP/2\.0 ([3-6]\d\d) ")


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of a crowd's calls."""

    succeeded: int
    failed: int
    refused: dict[int, int]  # of the failed, by the status that refused them
    retransmissions: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """Callers in the background; ``wait`` until the last has hung up.

    As a context manager, whoever still calls at its end is cut off.
    """

    process: "subprocess.Popen[bytes]"
    folder: Path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """No new calls; the live ones go on to their end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)

    def ended(self, timeout_s: float) -> Totals:
        """Wait until the last has hung up; after ``timeout_s``, cut off who has not."""
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.totals()

    def totals(self) -> Totals:
        """By SIPp's own counters, as last written; raises ``AssertionError`` without any."""
        with (self.folder / "statistics.csv").open() as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        assert rows, f"SIPp counted nothing: see {self.folder}"
        refused: dict[int, int] = {}
        for log in self.folder.glob("*_errors.log"):
            for status in UNEXPECTED.findall(log.read_text(errors="replace")):
                refused[int(status)] = refused.get(int(status), 0) + 1
        return Totals(
            succeeded=int(rows[-1]["SuccessfulCall(C)"]),
            failed=int(rows[-1]["FailedCall(C)"]),
            refused=refused,
            retransmissions=int(rows[-1]["Retransmissions(C)"]),
        )

    def wait(self, timeout_s: float) -> None:
        """Raises ``AssertionError`` where a call failed."""
        status = self.process.wait(timeout_s)
        assert status == 0, f"SIPp ended with {status}: see {self.folder}"

    def set_up_ms(self) -> list[float]:
        """INVITE to 200 OK of each answered call, by SIPp's clock, whose steps are 4 ms."""
        return self._answers("response_time_ms")

    def answered_per_s(self) -> float:
        """The calls a second that were answered, from the first to the last."""
        at_ms = self._answers("Date_ms")
        span_ms = max(at_ms, default=0.0) - min(at_ms, default=0.0)
        return 1000 * (len(at_ms) - 1) / span_ms if span_ms else 0.0

    def _answers(self, column: str) -> list[float]:
        found: list[float] = []
        for path in self.folder.glob("*_rtt.csv"):
            with path.open() as file:
                found += [float(row[column]) for row in csv.DictReader(file, delimiter=";")]
        return found


def crowd(
    folder: Path,
    server: tuple[str, int],
    *,
    calls: int,
    rate: float,
    seconds: float | tuple[float, float],
    live: int | None = None,
    media_port: int | None = None,
    gives_up: bool = False,
    noise_dbfs: float = ROOM_DBFS,
    transport: str = "u1",
    source: str = "127.0.0.1",
) -> Crowd:
    """Start ``calls`` callers, ``rate`` a second, each on the line for ``seconds``.

    ``seconds`` may be the shortest and the longest, evenly spread. With ``live``, no more than
    that are on the line at once: a new one comes when one has gone. Their RTP ports go up from
    ``media_port``. Who ``gives_up`` has failed when refused; others send their INVITE again.

    ``transport`` is SIPp's: "u1" is UDP, "t1" one TCP connection, "tn" one for each call.

    What they send is white noise, in which the VAD finds nobody.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("caller_*"), *folder.glob("statistics.csv")):
        old.unlink()
    shortest, longest = (seconds, seconds) if isinstance(seconds, int | float) else seconds
    scenario = _scenario(folder, shortest, longest, noise_dbfs)
    host = "::1" if server[0].startswith("[") else source
    media = media_port or FIRST_MEDIA + free_port() % 4000 // 2 * 2
    command = [
        *("sipp", f"{server[0]}:{server[1]}", "-sf", scenario.name, "-s", "+97142000000"),
        *("-i", host, "-p", str(free_port()), "-mi", host),
        *("-m", str(calls), "-l", str(live or calls), "-r", f"{rate:g}"),
        *("-d", str(int(longest * 1000)), "-trace_stat", "-stf", "statistics.csv", "-fd", "1"),
        *("-mp", str(media), "-t", transport, "-max_socket", "1000"),
        *("-trace_rtt", "-rtt_freq", "1", "-trace_err", "-nostdin"),
        *(("-default_behaviors", "all") if gives_up else ("-nd",)),
    ]
    with (folder / "sipp.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    return Crowd(process, folder)


def _scenario(folder: Path, shortest: float, longest: float, noise_dbfs: float) -> Path:
    """What SIPp reads: the steps of a call, and what the caller sends."""
    level = 32768 * 10 ** (noise_dbfs / 20)
    noise = np.random.default_rng(7).standard_normal(16000) * level
    (folder / "caller.ulaw").write_bytes(mu_law(noise.astype(np.int16)))
    ms = f'distribution="uniform" min="{1000 * shortest:.0f}" max="{1000 * longest:.0f}"'
    pause = f"<pause {ms}/>" if longest > shortest else "<pause/>"
    scenario = folder / "caller.xml"
    scenario.write_text(SCENARIO.read_text().replace("<pause/>", pause))
    return scenario


def mu_law(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> bytes:
    """G.711 mu-law of int16 samples (ITU-T G.711)."""
    sign = np.where(samples < 0, 0x80, 0)
    level = np.minimum(np.abs(samples.astype(np.int32)), 32635) + 132
    exponent = np.floor(np.log2(level)).astype(np.int32) - 7
    mantissa = (level >> (exponent + 3)) & 0x0F
    coded: bytes = (~(sign | exponent << 4 | mantissa) & 0xFF).astype(np.uint8).tobytes()
    return coded


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` per cent of the values do not exceed; NaN where there are none."""
    ordered = sorted(values)
    return math.nan if not ordered else ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)]


def version() -> str:
    printed = subprocess.run(["sipp", "-v"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"SIPp v(\S+)", printed)
    return found[1].rstrip(".") if found else "unknown"
