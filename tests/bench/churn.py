"""2,000 short calls: does memory, a thread or a descriptor stay behind?"""

from pathlib import Path

import numpy as np

from tests.bench.load import crowd
from tests.bench.process import Cost, cost
from tests.bench.report import Row
from tests.peers.processes import node
from tests.peers.records import ended

CALLS, FIRST, STEP, RATE, SECONDS = 2000, 500, 100, 6, 0.3


def churn(folder: Path) -> list[Row]:
    """Batches of 100, so that no call lives while the process is looked at.

    Six calls a second: PJSIP keeps a transaction 32 s (64 * T1) after its 200, so memory rises
    for about a minute under any load; the first 500 calls must outlast that, or the rise looks
    like a slope.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seen: list[Cost] = []
    with node(folder) as served:
        for batch in range(CALLS // STEP):
            callers = crowd(
                folder / f"batch{batch}", served.address, calls=STEP, rate=RATE, seconds=SECONDS
            )
            callers.wait(60)
            ended(served.data, count=STEP * (batch + 1))
            seen.append(cost(served.process.pid))
    print("bench: KiB after each batch:", *(moment.rss_kib for moment in seen), flush=True)
    settled = seen[FIRST // STEP - 1 :]
    slope = np.polyfit(range(len(settled)), [moment.rss_kib for moment in settled], 1)[0]
    first, last = settled[0], settled[-1]
    return [
        Row("memory slope, calls 500 to 2,000", "KiB per 100 calls", float(slope), 20),
        Row("threads gained, calls 500 to 2,000", "", last.threads - first.threads, 0),
        Row("descriptors gained, calls 500 to 2,000", "", last.descriptors - first.descriptors, 0),
    ]
