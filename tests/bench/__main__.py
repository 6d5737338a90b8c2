"""``make bench``: speed measured from outside, as tables and pictures in ``bench-output/``.

Nothing here passes or fails: budgets stand beside what was measured, and a plain pjsua2
answerer beside the node in the same run.
"""

import argparse
import platform
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.bargein import barge_in
from tests.bench.churn import churn
from tests.bench.facts import facts
from tests.bench.flood import flood
from tests.bench.loaded import capacity
from tests.bench.rates import rates
from tests.bench.report import Findings, Part, Row, document, picture
from tests.bench.response import response
from tests.bench.skew import skew
from tests.bench.soak import MINUTES, soak
from tests.bench.talking import talking
from tests.bench.turn_ends import turn_ends
from tests.bench.words_lost import words_lost

OUTPUT: Final = Path("bench-output")
Measure = Callable[[Path], Sequence[Row] | Findings]
PARTS: Final[dict[str, tuple[Measure, str]]] = {
    "capacity": (capacity, "100, 250 and 500 live calls: CPU, packets, memory (6 min)"),
    "rate": (rates, "10 to 100 short calls a second: how soon they are answered (5 min)"),
    "flood": (flood, "5,000 strangers' INVITEs a second beside 50 live calls (5 min)"),
    "talk": (talking, "how soon the agent answers and falls silent (5 min)"),
    "response": (response, "how soon at 1, 20 and 50 calls; our own share of it (10 min)"),
    "turn-ends": (turn_ends, "labelled turns: cut off, and how late they end (8 min)"),
    "barge-in": (barge_in, "labelled sounds over the agent: who stops it, how soon (6 min)"),
    "words-lost": (words_lost, "word error rate with 0, 1 and 3 % of packets lost (5 min)"),
    "facts": (facts, "how often the caller hears the fact (5 min)"),
    "churn": (churn, "2,000 short calls: memory, threads, descriptors (6 min)"),
    "soak": (soak, "50 live calls, replaced as they end (30 min)"),
    "skew": (skew, "clocks that differ (an hour)"),
}
TALK: Final = ("talk", "response", "turn-ends", "barge-in", "words-lost", "facts")
USUAL: Final = ("capacity", "rate", "flood", *TALK, "churn")


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    cores = len(
        [line for line in Path("/proc/cpuinfo").read_text().splitlines() if "processor" in line]
    )
    return f"{model}, {cores} cores, Linux {platform.release()}, Python {platform.python_version()}"


def arguments() -> argparse.Namespace:
    told = "\n".join(f"  {name:10} {what}" for name, (_, what) in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=f"Measure speed from outside. Parts:\n\n{told}",
        epilog=f"Without a part: {', '.join(USUAL)}. By make: make bench BENCH='talk churn'",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="one of these, or several")
    parser.add_argument("--soak", action="store_true", help="the soak too")
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help=f"of the soak (default {MINUTES:g})"
    )
    given = parser.parse_args()
    unknown = [name for name in given.parts if name not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]}; there are {', '.join(PARTS)}")
    return given


def main() -> None:
    given = arguments()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # SIPp never raises its own
    OUTPUT.mkdir(exist_ok=True)
    names = list(given.parts or USUAL)
    if given.soak and "soak" not in names:
        names.append("soak")
    done: list[Part] = []
    for name in names:
        print(f"bench: {name}", file=sys.stderr, flush=True)
        measure = partial(soak, minutes=given.minutes) if name == "soak" else PARTS[name][0]
        found = measure(OUTPUT / name)
        found = found if isinstance(found, Findings) else Findings(found)
        done.append(Part(name, f'make bench BENCH="{name}"', found))
        text = document(machine(), done)
        (OUTPUT / "table.md").write_text(text)
    picture([row for part in done for row in part.rows], OUTPUT / "bench.png")
    print(text)


if __name__ == "__main__":
    main()
