"""What the test phone's caller will say and key, and when: the STEP language.

Reads words of the command line into values. Speaks nothing and reads no sound file.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sipagent.text.language import Language
from sipagent.text.script import language_of

_PREFIX: Final = re.compile(r"([@+>])(\d+(?:\.\d+)?|\.\d+)\s+(.+)", re.DOTALL)
_KEYS: Final = re.compile(r"#([0-9A-Da-d*#]+)")


class BadStep(ValueError):
    """A STEP that is not in the language; the message says what would be."""


@dataclass(frozen=True, slots=True)
class WhenSilent:
    """Once the other side has spoken and fallen silent, and so much later."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class At:
    """At a moment counted from the answer."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AfterBeginning:
    """So long after the other side begins to speak, or goes on after the last step: a barge-in."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AfterTransfer:
    """So long after the desk has answered a transfer."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Say:
    """A text to be spoken in a language's voice."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class PlayFile:
    """A WAV file to be played."""

    path: Path


@dataclass(frozen=True, slots=True)
class Made:
    """A sound that whoever planned the call has made; ``text`` names it, ``number`` tells it from
    others of that name.
    """

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Keys:
    """Digits to be keyed."""

    digits: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing, for so long; the other side need not answer it."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller hangs up."""


_MOMENTS: Final[Mapping[str, Callable[[float], "When"]]] = {
    "@": At,
    "+": AfterBeginning,
    ">": AfterTransfer,
}

When = WhenSilent | At | AfterBeginning | AfterTransfer
Content = Say | PlayFile | Made | Keys | Silence | HangUp


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the caller does, once its moment has come."""

    when: When
    content: Content


def parse(text: str, language: Language) -> Step:
    """Read one STEP. ``language`` is for a text without letters. Raises ``BadStep``.

    >>> parse("@3.5 Hello", Language.EN)
    Step(when=At(seconds=3.5), content=Say(text='Hello', language=<Language.EN: 'en'>))
    """
    when: When = WhenSilent()
    content = text.strip()
    if content[:1] in {"@", ">"} or (content[:1] == "+" and content[1:2] in {*"0123456789."}):
        timed = _PREFIX.fullmatch(content)
        if timed is None:
            raise BadStep(f"{text!r}: after {content[0]} write SECONDS TEXT, as in '+1.2 Hello'")
        when, content = _MOMENTS[timed[1]](float(timed[2])), timed[3].strip()
    return Step(when, _content(text, content, language))


def _content(step: str, content: str, language: Language) -> Content:
    if not content:
        raise BadStep("a STEP is empty; write a text, file.wav or #DIGITS")
    if content.startswith("#"):
        keys = _KEYS.fullmatch(content)
        if keys is None:
            raise BadStep(f"{step!r}: after # write digits 0-9, *, # or A-D, as in '#12*'")
        return Keys(keys[1].upper())
    if content.lower().endswith(".wav"):
        return PlayFile(Path(content))
    return Say(content, _language(content, language))


def _language(text: str, default: Language) -> Language:
    """The language of the first word with letters."""
    found = (language_of(word) for word in text.split())
    return next((language for language in found if language is not None), default)


def default_steps(language: Language) -> tuple[Step, ...]:
    """The conversation of a caller who was given none: a question, a barge-in, goodbye."""
    return tuple(parse(text, language) for text in DEFAULTS[language])


DEFAULTS: Final = {
    Language.EN: (
        "What are your opening hours on Friday?",
        "+1.5 How do I pay my water bill?",
        "Goodbye.",
    ),
    Language.AR: (
        "ما هي ساعات العمل يوم الجمعة؟",
        "+1.5 كيف أدفع فاتورة المياه؟",
        "مع السلامة.",
    ),
}
