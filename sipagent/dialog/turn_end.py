"""How long a silence ends the caller's turn, from what has been heard of it. Owns no clock (D5).

A turn that stands complete ends soon; one that breaks off in mid-sentence, or in the middle of
a number, gets the time that people take to go on.
"""

from dataclasses import dataclass

from sipagent.ports import Expect, Kind
from sipagent.text.completeness import completeness
from sipagent.text.language import Language
from sipagent.text.spoken_digits import digits_in, only_digits
from sipagent.text.yes_no import yes_or_no


@dataclass(frozen=True, slots=True)
class Silences:
    """Silences in ms: after a turn that is surely complete, one of which nothing is known, one
    that surely goes on, and between the groups of a number."""

    least_ms: int = 256
    usual_ms: int = 448
    most_ms: int = 1500
    digits_ms: int = 2500
    unsettled_ms: int = 64  # more, where the words changed at the last look


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a turn at a pause.

    ``settled``: two looks agreed on the words. ``finished``: a turn detector's probability.
    """

    text: str
    language: Language
    settled: bool = True
    finished: float | None = None


def silence_ms(heard: Heard, expect: Expect, rules: Silences) -> int:
    """The silence, counted from the end of speech, that ends this turn."""
    if not heard.text:
        return rules.usual_ms
    asked = _as_asked(heard.text, expect, rules)
    if asked is not None:
        return asked
    complete = completeness(heard.text, heard.language)
    if heard.finished is not None:
        complete = (complete + heard.finished) / 2
    unsettled_ms = 0 if heard.settled else rules.unsettled_ms
    return _between(complete, rules) + unsettled_ms


def _as_asked(text: str, expect: Expect, rules: Silences) -> int | None:
    """The silence where what was asked tells it; None where the words must."""
    match expect.kind:
        case Kind.YES_NO if yes_or_no(text) is not None:
            return rules.least_ms
        case Kind.DIGITS if count := len(digits_in(text)):
            if count < expect.fewest:
                return rules.digits_ms
            return rules.least_ms if count >= expect.most else rules.usual_ms
        case _ if only_digits(text):  # a number that nobody counts
            return max(rules.usual_ms, rules.most_ms * 2 // 3)
    return None


def _between(complete: float, rules: Silences) -> int:
    """From the most at 0 through the usual at one half to the least at 1."""
    if complete >= 0.5:
        return round(rules.usual_ms - (rules.usual_ms - rules.least_ms) * (2 * complete - 1))
    return round(rules.most_ms - (rules.most_ms - rules.usual_ms) * 2 * complete)
