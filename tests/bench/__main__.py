"""``make bench``: speed measured from outside, as a table and a picture in ``bench-output/``.

    python -m tests.bench [load] [talk] [facts] [churn] [skew]

Nothing here passes or fails: budgets stand beside what was measured, and a plain pjsua2
answerer beside the node in the same run.
"""

import platform
import sys
from pathlib import Path

from tests.bench.churn import churn
from tests.bench.facts import facts
from tests.bench.loaded import loaded
from tests.bench.report import Row, picture, table
from tests.bench.skew import skew
from tests.bench.talking import talking

OUTPUT = Path("bench-output")
PARTS = {"load": loaded, "talk": talking, "facts": facts, "churn": churn}
BY_NAME = {"skew": skew}  # an hour of its own


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


def main() -> None:
    OUTPUT.mkdir(exist_ok=True)
    rows: list[Row] = []
    for name in sys.argv[1:] or PARTS:
        print(f"bench: {name}", file=sys.stderr, flush=True)
        rows += (PARTS | BY_NAME)[name](OUTPUT / name)
    text = f"Machine: {machine()}\nCommand: `make bench`\n\n{table(rows)}\n"
    (OUTPUT / "table.md").write_text(text)
    picture(rows, OUTPUT / "bench.png")
    print(text)


main()
