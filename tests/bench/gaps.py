"""The gaps between a server's RTP packets, captured on the wire by tshark."""

import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Gaps:
    """Gaps in ms of all streams together; filled when the capture ends."""

    ms: list[float] = field(default_factory=list)
    jitter_ms: float = 0.0


@contextmanager
def captured(folder: Path, ports: tuple[int, int]) -> Iterator[Gaps]:
    """Capture what is sent from UDP ``ports`` while the block runs."""
    gaps, file = Gaps(), folder / "rtp.pcap"
    wanted = f"udp src portrange {ports[0]}-{ports[1]} and udp[8] & 0xc0 = 0x80"
    command = ["dumpcap", "-q", "-i", "lo", "-P", "-s", "60", "-B", "64", "-w", str(file)]
    with (folder / "dumpcap.log").open("wb") as log:
        capture = subprocess.Popen([*command, "-f", wanted], stdout=log, stderr=log)
    time.sleep(1.0)
    try:
        yield gaps
    finally:
        capture.terminate()
        capture.wait(10)
    _read(file, gaps)
    file.unlink()


def _read(file: Path, gaps: Gaps) -> None:
    """RTCP (payload types 72 to 76 after the marker) is not part of a stream."""
    fields = ["frame.time_epoch", "udp.srcport", "udp.payload"]
    command = ["tshark", "-r", str(file), "-T", "fields"]
    for name in fields:
        command += ["-e", name]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    last: dict[str, float] = {}
    jitter: dict[str, float] = defaultdict(float)
    for line in printed.splitlines():
        at, port, payload = line.split("\t")
        if payload[2:4].lower() in {"c8", "c9", "ca", "cb", "cc"}:
            continue
        now = float(at) * 1000
        if port in last:
            gap = now - last[port]
            gaps.ms.append(gap)
            jitter[port] += (abs(gap - 20) - jitter[port]) / 16  # RFC 3550 6.4.1
        last[port] = now
    gaps.jitter_ms = sum(jitter.values()) / max(1, len(jitter))
