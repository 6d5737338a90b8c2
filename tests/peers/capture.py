"""What tshark says of RTP and RTCP on loopback, as a second opinion on a node's figures."""

import re
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stream:
    """One RTP stream, by tshark."""

    packets: int
    lost: int
    jitter_ms: float  # the mean of RFC 3550's


@contextmanager
def captured(file: Path, ports: tuple[int, int]) -> Iterator[None]:
    """Capture what passes UDP ``ports`` while the block runs."""
    wanted = f"udp portrange {ports[0]}-{ports[1]}"
    command = ["dumpcap", "-q", "-i", "lo", "-P", "-B", "64", "-w", str(file), "-f", wanted]
    with file.with_suffix(".log").open("wb") as log:
        capture = subprocess.Popen(command, stdout=log, stderr=log)
    time.sleep(1.0)
    try:
        yield
    finally:
        capture.terminate()
        capture.wait(10)


def streams(file: Path, sources: Iterable[int]) -> dict[int, Stream]:
    """Each source port's stream (``-z rtp,streams``)."""
    wanted = set(sources)
    found: dict[int, Stream] = {}
    for line in _tshark(file, wanted, "-q", "-z", "rtp,streams").splitlines():
        fields = line.split()
        if len(fields) < 14 or not fields[3].isdigit() or int(fields[3]) not in wanted:
            continue
        lost = re.search(r"(-?\d+) \(-?[\d.]+%\)", line)
        assert lost is not None, line
        after = line[lost.end() :].split()  # three deltas, three jitters
        found[int(fields[3])] = Stream(int(fields[8]), int(lost[1]), float(after[4]))
    return found


def round_trips_ms(file: Path, sources: Iterable[int]) -> dict[int, list[int]]:
    """What the reports from each source's RTCP port say, seen where they were captured."""
    wanted = set(sources)
    delay, port = "rtcp.roundtrip-delay", "udp.srcport"
    printed = _tshark(
        file,
        wanted,
        *("-o", "rtcp.show_roundtrip_calculation:TRUE", "-Y", delay),
        *("-T", "fields", "-e", port, "-e", delay),
    )
    found: dict[int, list[int]] = {source: [] for source in wanted}
    for line in printed.splitlines():
        source, told = line.split("\t")
        if int(source) - 1 in wanted:
            found[int(source) - 1].append(int(told))
    return found


def _tshark(file: Path, sources: Iterable[int], *options: str) -> str:
    known: Sequence[str] = [
        part
        for source in sources
        for part in ("-d", f"udp.port=={source},rtp", "-d", f"udp.port=={source + 1},rtcp")
    ]
    command = ["tshark", "-r", str(file), *known, *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
