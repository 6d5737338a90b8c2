"""What a process costs, and what is left of the machine, read from /proc."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """A moment in a process's life."""

    at_s: float
    cpu_s: float
    waited_s: float  # that its threads were ready to run and had no core
    rss_kib: int
    threads: int
    descriptors: int

    def cpu_since(self, before: "Cost") -> float:
        """Per cent of one core."""
        return 100 * (self.cpu_s - before.cpu_s) / (self.at_s - before.at_s)

    def waited_since(self, before: "Cost") -> float:
        """Per cent of the time, over all threads."""
        return 100 * (self.waited_s - before.waited_s) / (self.at_s - before.at_s)


@dataclass(frozen=True, slots=True)
class Cores:
    """What all cores have done since the machine started."""

    idle_s: float
    stolen_s: float  # had by other machines of the same host
    all_s: float

    def idle_since(self, before: "Cores") -> float:
        """Per cent of all cores."""
        return 100 * (self.idle_s - before.idle_s) / (self.all_s - before.all_s)

    def stolen_since(self, before: "Cores") -> float:
        """Per cent of all cores."""
        return 100 * (self.stolen_s - before.stolen_s) / (self.all_s - before.all_s)


def cost(pid: int) -> Cost:
    """Read it. Raises ``FileNotFoundError`` where the process has ended."""
    proc = Path(f"/proc/{pid}")
    fields = (proc / "stat").read_text().rpartition(")")[2].split()
    status = dict(
        line.split(":", 1) for line in (proc / "status").read_text().splitlines() if ":" in line
    )
    waited_ns = 0
    for thread in (proc / "task").iterdir():
        with suppress(OSError):  # it may end meanwhile
            waited_ns += int((thread / "schedstat").read_text().split()[1])
    return Cost(
        at_s=time.monotonic(),
        cpu_s=(int(fields[11]) + int(fields[12])) * TICK_S,
        waited_s=waited_ns / 1e9,
        rss_kib=int(status["VmRSS"].split()[0]),
        threads=int(status["Threads"]),
        descriptors=len(list((proc / "fd").iterdir())),
    )


def cores() -> Cores:
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]  # to steal
    seconds = [int(field) * TICK_S for field in fields]
    return Cores(idle_s=seconds[3] + seconds[4], stolen_s=seconds[7], all_s=sum(seconds))


def dropped(port: int) -> int:
    """Datagrams that found the receive buffers of UDP ``port`` full, since it was bound."""
    lines = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(int(fields[-1]) for fields in lines if fields[1].endswith(f":{port:04X}"))
