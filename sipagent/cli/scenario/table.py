"""Results as lines for a person: a row per scenario as it ends, then what failed. Reads nothing."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from sipagent.cli.scenario.reading import Loaded
from sipagent.cli.scenario.result import Result

_COLUMNS: Final = f"{'turns':>5}  {'p50':>7}  {'max':>7}  {'result':<6}"
LONGEST: Final = 160  # of a fault in a row


class Table:
    """The rows of a run whose scenarios are known before it."""

    def __init__(self, loaded: Sequence[Loaded]) -> None:
        self._width = max(8, *(len(one.scenario.name) for one in loaded))

    def heading(self) -> str:
        return f"{'scenario':<{self._width}}  {_COLUMNS}"

    def row(self, result: Result) -> str:
        """A scenario's row: turns, median and longest response, result, first fault."""
        times = result.responses_ms
        p50, most = (f"{round(median(times))} ms", f"{max(times)} ms") if times else ("-", "-")
        why = "" if result.good else "  " + _short(result.why(result.faults[0]))
        if result.stood_still_ms:
            why += (
                f"  (second call: in the first the line stood still {result.stood_still_ms:.0f} ms)"
            )
        verdict = "ok" if result.good else "FAILED"
        name = f"{result.scenario.name:<{self._width}}"
        return f"{name}  {result.turns:>5}  {p50:>7}  {most:>7}  {verdict:<6}{why}".rstrip()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def summary(results: Sequence[Result], took_s: float) -> str:
    """One line about the run."""
    failed = sum(not one.good for one in results)
    times = sorted(time for one in results for time in one.responses_ms)
    told = f"{len(results)} scenarios, {failed} failed, in {took_s:.0f} s"
    if times:
        p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
        told += f"; response p50 {round(median(times))} ms, p95 {p95} ms, max {times[-1]} ms"
    return told


def failures(results: Sequence[Result]) -> Iterator[str]:
    """Each scenario that failed: every fault, and the conversation."""
    for result in results:
        if result.good:
            continue
        yield ""
        yield f"{result.scenario.name} ({result.path})"
        for fault in result.faults:
            yield f"  {result.why(fault)}"
        for line in result.conversation():
            yield f"  {line}"
