"""What the caller's voice does to the agent's. Owns no clock and no playout (D5)."""

from enum import Enum, auto

from sipagent.events import DigitPressed, Event, SpeechStarted, SpeechSustained, TurnEnded


class BargeAction(Enum):
    """What the conversation must do now."""

    NOTHING = auto()
    PAUSE = auto()
    CUT = auto()
    RESUME = auto()


class BargeIn:
    """Pause at the first sound, cut when it is meant, resume when it was a cough."""

    def __init__(self) -> None:
        self._paused = False

    def judge(self, event: Event, *, speaking: bool) -> BargeAction:
        """``speaking`` is whether the agent has words left to play."""
        if not speaking:
            self._paused = False
            return BargeAction.NOTHING
        match event:
            case SpeechStarted() if not self._paused:
                self._paused = True
                return BargeAction.PAUSE
            case SpeechSustained() | DigitPressed():
                self._paused = False
                return BargeAction.CUT
            case TurnEnded() if self._paused:
                self._paused = False
                return BargeAction.RESUME
        return BargeAction.NOTHING
