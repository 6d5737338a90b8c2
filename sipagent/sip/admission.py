"""Whether the node takes new calls, beyond what the gate counts itself (D10). Owns no clock."""


class Overload:
    """Engines that keep requests waiting serve nobody better with one caller more.

    New calls are sent elsewhere above ``limit_s`` and taken again below half of it, so that a node
    at its limit does not open and close with every request.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self.over = False

    def look(self, waited_s: float) -> bool:
        """``waited_s``: how long the engines' longest line has kept its first. Whether it is over
        now."""
        if waited_s > self._limit_s:
            self.over = True
        elif waited_s < self._limit_s / 2:
            self.over = False
        return self.over
