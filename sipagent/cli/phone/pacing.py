"""When the caller's next step is due, by what the other side lets hear. Owns no clock."""

from collections import deque
from collections.abc import Sequence
from typing import Final, assert_never

from sipagent.cli.phone.audible import Utterance, Utterances
from sipagent.cli.phone.script import (
    AfterBeginning,
    AfterTransfer,
    At,
    Silence,
    Step,
    WhenSilent,
)

LINGER_NS: Final = 2_000_000_000  # after the last step: what follows may be a transfer or a BYE
GOES_ON_NS: Final = 500_000_000  # an agent that is interrupted falls silent sooner


class Pacing:
    """Hands out the steps, each when its moment has come.

    All times are those of the packets, in ns. ``patience_ns`` bounds how long the caller bears
    silence where he waits for the other side to speak.
    """

    def __init__(self, steps: Sequence[Step], patience_ns: int, answered_ns: int) -> None:
        self._steps = deque(steps)
        self._patience_ns = patience_ns
        self._answered_ns = answered_ns
        self._since_ns = -1  # what began after it, began in answer to the last step
        self._free_ns: int | None = answered_ns  # none while the caller speaks
        self._heard_ns: int | None = None  # first sound of the other side since then
        self._wants_answer = True
        self._put_through_ns: int | None = None
        self._came_back = False

    @property
    def left(self) -> int:
        """Steps not taken yet."""
        return len(self._steps)

    def free(self, now_ns: int) -> None:
        """The step that was taken last is over."""
        if self._free_ns is None:
            self._free_ns = now_ns
            self._heard_ns = None

    def restart(self, now_ns: int) -> None:
        """The caller is being put through: what was said before is past."""
        self._since_ns = self._free_ns = now_ns
        self._heard_ns = None
        self._wants_answer = True
        self._came_back = False

    def come_back(self, now_ns: int) -> None:
        """The caller was not put through. The agent may say so without a pause."""
        self.restart(now_ns)
        self._came_back = True

    def put_through(self, now_ns: int) -> None:
        """The caller is with the desk."""
        self.restart(now_ns)
        self._put_through_ns = now_ns

    def answer(self, other: Utterances) -> Utterance | None:
        """The first utterance that began since the last step did or that outlasts it, or that lasts
        since a coming back.
        """
        return next((one for one in other.all if not self._is_past(one)), None)

    def due(self, now_ns: int, other: Utterances) -> Step | None:
        """The next step, if this is its moment."""
        if self._free_ns is None or not self._steps:
            return None
        if self._heard_ns is None and other.now and other.now.end_ns > self._free_ns:
            self._heard_ns = other.now.end_ns
        if not self._has_come(self._steps[0], now_ns, other):
            return None
        self._since_ns, self._free_ns, self._came_back = now_ns, None, False
        step = self._steps.popleft()
        self._wants_answer = not isinstance(step.content, Silence)
        return step

    def over(self, now_ns: int, other: Utterances) -> bool:
        """Whether all has been said and the other side has fallen silent after it.

        What was meant for a desk stays unsaid where the caller was never put through.
        """
        if self._free_ns is None or not all(map(self._for_desk, self._steps)):
            return False
        if self._steps:
            return self._impatient(now_ns, other)
        return self._silent(now_ns, other, LINGER_NS)

    def _for_desk(self, step: Step) -> bool:
        return isinstance(step.when, AfterTransfer) and self._put_through_ns is None

    def _has_come(self, step: Step, now_ns: int, other: Utterances) -> bool:
        when = step.when
        match when:
            case WhenSilent(seconds=seconds):
                return self._silent(now_ns, other, round(seconds * 1e9))
            case At(seconds=seconds):
                return now_ns >= self._answered_ns + seconds * 1e9
            case AfterTransfer(seconds=seconds):
                through_ns = self._put_through_ns
                return through_ns is not None and now_ns >= through_ns + seconds * 1e9
            case AfterBeginning(seconds=seconds):
                begun = self.answer(other)
                if begun is None:
                    return self._impatient(now_ns, other)
                new = begun.start_ns > self._since_ns
                begun_ns = begun.start_ns if new else self._heard_ns or begun.start_ns
                return now_ns >= begun_ns + seconds * 1e9
            case _:
                assert_never(when)

    def _is_past(self, one: Utterance) -> bool:
        if self._came_back:
            return one.end_ns <= self._since_ns
        if one.start_ns > self._since_ns:
            return self._free_ns is not None and one.end_ns <= self._free_ns  # cut by the caller
        return not self._outlasts(one)

    def _outlasts(self, one: Utterance) -> bool:
        """Whether it went on when the last step was over, as after a cough."""
        return self._free_ns is not None and one.end_ns >= self._free_ns + GOES_ON_NS

    def _silent(self, now_ns: int, other: Utterances, linger_ns: int) -> bool:
        """Whether the other side answered the last step and is silent, or never will answer."""
        if other.now is not None:
            return False
        if self._wants_answer and self.answer(other) is None:
            return self._impatient(now_ns, other)
        return now_ns >= (other.all[-1].end_ns if other.all else self._answered_ns) + linger_ns

    def _impatient(self, now_ns: int, other: Utterances) -> bool:
        if other.now is not None or self._free_ns is None:
            return False
        silent_ns = max([self._free_ns, *(one.end_ns for one in other.all)])
        return now_ns >= silent_ns + self._patience_ns
