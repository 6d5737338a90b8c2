"""What the caller's voice does to the agent's: pause, decide, then stop or go on (D5).

The first sound pauses the agent, so that nobody talks over anybody. Words decide: a cough, a
"mm" or the agent's own echo lets it go on where it stood, anything that is meant stops it. Owns
no clock and no playout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from sipagent.text.backchannels import is_backchannel, says_stop
from sipagent.text.distance import within
from sipagent.text.script import language_of
from sipagent.text.stop_words import STOP_WORDS
from sipagent.text.words import words
from sipagent.text.yes_no import yes_or_no

SLIP_LETTERS: Final = 4


class BargeInMode(StrEnum):
    """What of the caller may stop the agent."""

    OFF = "off"
    DIGITS = "digits"
    SPEECH = "speech"


class BargeAction(Enum):
    """What the conversation must do now."""

    NOTHING = auto()
    PAUSE = auto()
    CUT = auto()
    RESUME = auto()


@dataclass(frozen=True, slots=True)
class BargeRules:
    """``wordless_ms``: sound without words that is no interruption, however long it lasts.
    ``blind_ms``: speech that interrupts where the recogniser says nothing at all.
    ``late_ms``: with less than this left to say, any word is an answer.
    """

    wordless_ms: int = 1600
    blind_ms: int = 1000
    late_ms: int = 800
    echoed: float = 0.7  # of the words, that the agent itself was saying, in this order
    sure: float = 0.75  # of a single word that is to stop the agent


@dataclass(frozen=True, slots=True)
class Saying:
    """What the agent was saying when the caller spoke, how much of it was left, and the words
    that it had played last.
    """

    text: str
    left_ms: int
    recent: str = ""


class BargeIn:
    """One call's barge-in. ``speaking`` is whether the agent has words left to play."""

    def __init__(self, rules: BargeRules | None = None) -> None:
        self._rules = rules or BargeRules()
        self._watching = False  # the caller's sound has not been judged for good
        self._paused = False  # the agent waits for our decision
        self._heard = False  # the recogniser has answered for this sound

    @property
    def deciding(self) -> bool:
        """Whether the agent stands still until it is known what the caller means."""
        return self._paused

    def speech(self, mode: BargeInMode, *, speaking: bool) -> BargeAction:
        """The caller began, or went on, to make a sound that may be speech."""
        self._heard = False
        if not speaking or mode is not BargeInMode.SPEECH or self._paused:
            return BargeAction.NOTHING
        self._paused = self._watching = True
        return BargeAction.PAUSE

    def partial(self, text: str, agreed: str, saying: Saying) -> BargeAction:
        """Words so far: the latest look at them, and what two looks agree on."""
        self._heard = True
        if not self._watching:
            return BargeAction.NOTHING
        if says_stop(text) or (len(agreed.split()) > 1 and self._meant(agreed, saying)):
            return self._decide(BargeAction.CUT)
        return BargeAction.NOTHING

    def settled(self, text: str, saying: Saying, sure: float = 1.0) -> BargeAction:
        """The caller has paused, and these are his words, heard with this confidence."""
        self._heard = True
        if not self._watching:
            return BargeAction.NOTHING
        alone = len(text.split()) == 1 and not says_stop(text)
        if self._meant(text, saying) and not (alone and sure < self._rules.sure):
            return self._decide(BargeAction.CUT)
        was_paused = self._paused
        self._decide(BargeAction.RESUME)
        return BargeAction.RESUME if was_paused else BargeAction.NOTHING

    def lasting(self, sound_ms: int, text: str) -> BargeAction:
        """The sound has gone on so long, and ``text`` is what it holds so far."""
        if not self._paused or text:
            return BargeAction.NOTHING
        if self._heard and sound_ms >= self._rules.wordless_ms:
            self._paused = False  # words that come yet are still judged
            return BargeAction.RESUME
        if not self._heard and sound_ms >= self._rules.blind_ms:
            return self._decide(BargeAction.CUT)
        return BargeAction.NOTHING

    def over(self) -> None:
        """The agent has nothing left to say, or has been stopped."""
        self._paused = self._watching = False

    def _decide(self, action: BargeAction) -> BargeAction:
        self._paused = self._watching = False
        return action

    def _meant(self, text: str, saying: Saying) -> bool:
        """Whether words are for the agent, rather than beside what it says."""
        if not text:
            return False
        if says_stop(text) or saying.left_ms < self._rules.late_ms:
            return not self._echo(text, saying)
        if is_backchannel(text) or _small(text):
            return False
        return not self._echo(text, saying)

    def _echo(self, text: str, saying: Saying) -> bool:
        """Whether the words are the agent's own, come back over the line: in its order, or one
        that it has just said.
        """
        heard = words(text)
        if len(heard) == 1:
            return heard[0] in words(saying.recent)
        return _in_order(heard, words(saying.text)) >= self._rules.echoed * len(heard)


def _in_order(heard: Sequence[str], said: Sequence[str]) -> int:
    """How many words both have in the same order; one of four letters or more may be off by one."""
    row = [0] * (len(said) + 1)
    for word in heard:
        before = 0
        for at, other in enumerate(said, start=1):
            here = row[at]
            row[at] = before + 1 if _alike(word, other) else max(row[at], row[at - 1])
            before = here
    return row[-1]


def _alike(word: str, other: str) -> bool:
    return word == other or (min(len(word), len(other)) >= SLIP_LETTERS and within(word, other, 1))


def _small(text: str) -> bool:
    """Whether it is a single word that says nothing alone: what a recogniser makes of an "ah"."""
    said = words(text)
    if len(said) != 1 or yes_or_no(text) is not None:
        return False
    language = language_of(said[0])
    return language is not None and said[0] in STOP_WORDS[language]
