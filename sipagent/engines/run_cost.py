"""What a run of a model costs by how many requests share it, learned from the runs themselves.

A straight line: a fixed part and a part for each request. On a processor nearly all of it is the
second, on a large accelerator the first. Knows no model and owns no clock.
"""

from typing import Final

KEEP: Final = 0.95  # of what earlier runs say, at each new one
MORE: Final = 1.1
LEAST_SPREAD: Final = 0.01  # of the numbers of requests, below which they tell no slope
MOST_SURPRISE: Final = 4.0  # a machine that stood still says little about the model


class RunCost:
    """Seconds of a run by its requests. Unlearned, a run costs nothing."""

    def __init__(self) -> None:
        self._weight = self._rows = self._seconds = self._squares = self._products = 0.0
        self.each_s = 0.0
        self.most_seen = 0
        self._compared = False

    def learn(self, rows: int, seconds: float) -> None:
        """A run with so many requests took so long."""
        expected = self.seconds(rows)
        if rows <= self.most_seen and expected > 0:
            seconds = min(seconds, MOST_SURPRISE * expected)
        self.most_seen = max(self.most_seen, rows)
        self._weight = KEEP * self._weight + 1
        self._rows = KEEP * self._rows + rows
        self._seconds = KEEP * self._seconds + seconds
        self._squares = KEEP * self._squares + rows * rows
        self._products = KEEP * self._products + rows * seconds
        rows_mean, seconds_mean = self._rows / self._weight, self._seconds / self._weight
        spread = self._squares / self._weight - rows_mean * rows_mean
        if spread >= LEAST_SPREAD:
            slope = (self._products / self._weight - rows_mean * seconds_mean) / spread
            self.each_s = min(max(slope, 0.0), seconds_mean / rows_mean)
            self._compared = True

    def seconds(self, rows: int) -> float:
        """What a run with so many requests will take."""
        if self._weight == 0:
            return 0.0
        rows_mean, seconds_mean = self._rows / self._weight, self._seconds / self._weight
        return max(0.0, seconds_mean + (rows - rows_mean) * self.each_s)

    def affordable(self, limit_s: float, most: int) -> int:
        """How many requests a run may have to keep within ``limit_s``, or to take a tenth more
        than a single one where that is longer: 1 at least, ``most`` at most, and at most twice
        as many as were ever seen, since a line goes on only so far.
        """
        limit_s = max(limit_s, MORE * self.seconds(1))
        if self.each_s > 0:
            most = int(min(most, (limit_s - self.seconds(0)) / self.each_s))
        return max(1, min(most, 2 * self.most_seen))

    def beside(self, requests: int, most: int) -> int:
        """How many more may join a run of so many that then takes a tenth longer; ``most`` at
        most, and none as long as no runs of different sizes were seen.
        """
        if not self._compared:
            return 0
        if self.each_s > 0:
            most = int(min(most, (MORE - 1) * self.seconds(requests) / self.each_s))
        return max(0, min(most, 2 * self.most_seen - requests))
