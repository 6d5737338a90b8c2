"""Digits that a caller keys in answer to a question, as one turn. Owns no clock (D5)."""

from typing import Final

from sipagent.ports import Expect, Kind

BETWEEN_S: Final = 4.0  # without a key for so long, the number is taken as it stands
FINISHED: Final = "#"
AGAIN: Final = "*"


class KeyedDigits:
    """Collects keys while digits are expected. ``#`` ends the number, ``*`` begins it anew."""

    def __init__(self) -> None:
        self._keys = ""

    @property
    def begun(self) -> bool:
        return bool(self._keys)

    def press(self, key: str, expect: Expect) -> str | None:
        """A key; the whole number once there is one. Keys that are no digits count for none."""
        if key == FINISHED:
            return self.take()
        if key == AGAIN:
            self._keys = ""
        elif key.isdigit():
            self._keys += key
        whole = expect.kind is Kind.DIGITS and len(self._keys) >= max(1, expect.most)
        return self.take() if whole else None

    def take(self) -> str | None:
        """What was keyed so far, which then is taken; None for nothing."""
        keys, self._keys = self._keys, ""
        return keys or None
