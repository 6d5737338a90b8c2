"""A model that fails again and again is left alone for a while. Owns no clock."""

from typing import Final

MOST_FAILURES: Final = 3
REST_S: Final = 10.0


class Rest:
    """After so many failures in a row nobody asks the model, until it has rested."""

    def __init__(self, failures: int = MOST_FAILURES, rest_s: float = REST_S) -> None:
        self._most = failures
        self._rest_s = rest_s
        self._failures = 0
        self._until = 0.0

    def worked(self) -> None:
        self._failures = 0

    def failed(self, now: float) -> None:
        """One more failure; the last of a row makes it rest, and so does each one after a rest."""
        self._failures += 1
        if self._failures >= self._most:
            self._until = now + self._rest_s

    def resting(self, now: float) -> bool:
        return self._failures >= self._most and now < self._until
