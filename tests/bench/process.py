"""What a process costs, read from /proc."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """A moment in a process's life."""

    at_s: float
    cpu_s: float
    rss_kib: int
    threads: int
    descriptors: int


def cost(pid: int) -> Cost:
    """Read it. Raises ``FileNotFoundError`` where the process has ended."""
    proc = Path(f"/proc/{pid}")
    fields = (proc / "stat").read_text().rpartition(")")[2].split()
    status = dict(
        line.split(":", 1) for line in (proc / "status").read_text().splitlines() if ":" in line
    )
    return Cost(
        at_s=time.monotonic(),
        cpu_s=(int(fields[11]) + int(fields[12])) * TICK_S,
        rss_kib=int(status["VmRSS"].split()[0]),
        threads=int(status["Threads"]),
        descriptors=len(list((proc / "fd").iterdir())),
    )
