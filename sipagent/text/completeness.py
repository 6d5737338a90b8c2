"""How likely a caller who falls silent has finished, by the grammar of the last words.

Rules over folded words of English, Arabic and both mixed, for recognisers' text with or without
marks. Knows neither sound nor what was asked: how many digits a number must have, or that "five"
answers a question, is for whoever asked.
"""

from typing import Final

from sipagent.text.backchannels import is_backchannel, says_stop
from sipagent.text.dangling import (
    ASKING_AR,
    ASKING_EN,
    AUXILIARIES,
    CLOSED,
    COURTESIES,
    DETERMINERS,
    GREETINGS,
    HESITATIONS,
    IF_AR,
    IF_EN,
    LEAD,
    MAIN,
    NEVER_LAST,
    OPEN,
    PLACES,
    SUBJECTS,
    TENS,
    WANT_NOUN,
)
from sipagent.text.language import Language
from sipagent.text.last_words import ARABIC, ENGLISH, Rule, Words
from sipagent.text.script import dominant
from sipagent.text.spoken_digits import digits_in, is_number_word, only_digits
from sipagent.text.words import words
from sipagent.text.yes_no import yes_or_no

UNKNOWN: Final = 0.5  # of a text without words nothing can be said
_GOES_ON_MARKS: Final = ("..", "…", ",", "،", ";", "؛", ":", "-")
_ASKS_MARKS: Final = ("?", "؟")
_PAIRS: Final = frozenset(
    {("لو", "سمحت"), ("لو", "سمحتي"), ("لو", "تكرمت"), ("من", "فضلك"), ("الله", "يخليك")}
)
_WHOLE_NUMBER: Final = 9  # digits; shorter ones are rarely all of a number


def completeness(text: str, language: Language) -> float:
    """0 (surely goes on) to 1 (surely complete); 0.5 for a text without words.

    ``language`` is that of the call; each word is judged in the language it is written in.
    """
    spoken = words(text)
    if not spoken:
        return UNKNOWN
    score = _score(spoken, language)
    if text.rstrip().endswith(_GOES_ON_MARKS):
        return min(score, 0.2)
    if text.rstrip().endswith(_ASKS_MARKS):
        return max(score, 0.9 if score >= 0.3 else 0.5)
    return score


def _score(spoken: Words, language: Language) -> float:
    """The judgement of the first rule that has one."""
    whole = _whole(spoken)
    if whole is not None:
        return whole
    bare = _without_courtesy(spoken)
    if bare != spoken:
        inner = _score(bare, language) if bare else 0.5
        return inner if inner < 0.3 else max(inner, 0.85)
    rules = ARABIC if dominant(spoken[-1], language) is Language.AR else ENGLISH
    for rule in (*rules, *_BOTH):
        score = rule(spoken)
        if score is not None:
            return score
    return _by_length(spoken)


# ------------------------------------------------------------ the turn as a whole


def _whole(spoken: Words) -> float | None:
    """Turns that are complete, or open, for what they are as a whole."""
    text = " ".join(spoken)
    if spoken[-1] in HESITATIONS:
        return 0.35 if len(spoken) == 1 and is_backchannel(text) else 0.05
    if all(word in GREETINGS for word in spoken):
        return 0.6  # most callers greet, and then say what they want
    if all(word in CLOSED for word in spoken) or is_backchannel(text):
        return 0.95
    if spoken[-2:] == ("thank", "you") or spoken[-2:] == ("مع", "السلامه"):
        return 0.95
    if len(spoken) <= 3 and says_stop(text):
        return 0.9
    longer = 1 < len(spoken) <= 4 and spoken[-1] not in OPEN and yes_or_no(spoken[0]) is None
    if longer and yes_or_no(text) is not None:
        return 0.9  # "not really", "i don't think so"
    return _dictated(spoken)


def _dictated(spoken: Words) -> float | None:
    """A dictation stops anywhere: only a long number, or a lone one, may be all of it."""
    text = " ".join(spoken)
    if spoken[-1] in NEVER_LAST or not is_number_word(spoken[-1]) or not only_digits(text):
        return None
    if len(spoken) == 1 and not spoken[0].isdigit():
        return 0.3 if spoken[0] in TENS else 0.5
    return 0.65 if len(digits_in(text)) >= _WHOLE_NUMBER else 0.3


def _without_courtesy(spoken: Words) -> Words:
    """The words before the courtesy that a turn ends in."""
    end = len(spoken)
    while end and spoken[end - 1] in COURTESIES - {"you", "so", "much", "very", "من", "لو"}:
        end -= 1
        end -= spoken[end - 1 : end + 1] in _PAIRS
    return spoken[:end]


# ------------------------------------------------------------ both


def _noun_wanted(spoken: Words) -> float | None:
    if spoken[-1] not in WANT_NOUN:
        return None
    asked = any(word in ASKING_EN | ASKING_AR for word in spoken[:-1])
    return 0.35 if asked and not spoken[-1].isascii() else 0.12


def _number(spoken: Words) -> float | None:
    """A number at the end: of what? Unless it is a time, or a number by name."""
    if len(spoken) == 1 or not is_number_word(spoken[-1]):
        return None
    if spoken[-1] == "one" and not is_number_word(spoken[-2]) and spoken[-2] not in PLACES:
        return 0.75  # "this one"
    if PLACES & set(spoken[-3:-1]):
        return 0.55 if spoken[-1] in TENS else 0.75
    return 0.35


def _conditional(spoken: Words) -> float | None:
    """A conditional clause that no main clause has followed."""
    start = 0
    while start < len(spoken) - 1 and (spoken[start] in LEAD or _courtesy(spoken, start)):
        start += 1
    first, rest = spoken[start], spoken[start + 1 :]
    if first not in IF_EN | IF_AR:
        return None
    if first == "when" and rest and rest[0] in AUXILIARIES:
        return None
    return None if any(_main_begins(rest, at) for at in range(1, len(rest))) else 0.12


def _courtesy(spoken: Words, at: int) -> bool:
    """Whether "لو" begins a courtesy, or the word ends one: then it is no condition."""
    return spoken[at : at + 2] in _PAIRS or spoken[max(0, at - 1) : at + 1] in _PAIRS


def _main_begins(rest: Words, at: int) -> bool:
    word, follows = rest[at], rest[at + 1] if at + 1 < len(rest) else ""
    if word in MAIN:
        return True
    if word in AUXILIARIES:
        return follows in SUBJECTS | DETERMINERS | {"there"} and rest[at - 1] not in SUBJECTS
    return at > 1 and word in SUBJECTS - {"it"} and bool(follows)


def _question(spoken: Words) -> float | None:
    """A question that has all its parts."""
    start = 0
    while start < len(spoken) - 1 and spoken[start] in LEAD:
        start += 1
    asked = spoken[start:]
    if asked[0] in ASKING_EN:
        return 0.88 if len(asked) > 3 else 0.7
    if asked[0] in AUXILIARIES and len(asked) > 1:
        if asked[1] in DETERMINERS and len(asked) <= (3 if asked[0] in {"is", "are"} else 4):
            return 0.2 if len(asked) <= 3 else 0.4
        return 0.85 if len(asked) > 3 else 0.65
    if ASKING_AR & set(asked):
        return 0.88 if len(asked) > 2 else 0.75
    return None


def _announced(spoken: Words) -> float | None:
    """ "i have a question" stands as a sentence, and yet nothing has been asked."""
    announced = {"question", "problem", "issue", "complaint", "request", "inquiry"}
    in_arabic = {"سوال", "مشكله", "استفسار", "شكوي", "طلب"}
    if len(spoken) <= 5 and spoken[-1] in announced | in_arabic:
        return 0.4
    return None


def _fragment(spoken: Words) -> float | None:
    """ "my internet bill": a noun of which nothing has been said."""
    verbs = AUXILIARIES & set(spoken) or any(word.endswith(("ing", "ed")) for word in spoken)
    if spoken[0] in DETERMINERS and len(spoken) <= 4 and spoken[-1].isascii() and not verbs:
        return 0.42
    return None


def _by_length(spoken: Words) -> float:
    """The more was said without anything left open, the likelier it is all."""
    return (0.55, 0.58, 0.65, 0.7)[min(len(spoken), 4) - 1] if len(spoken) < 6 else 0.78


_BOTH: Final[tuple[Rule, ...]] = (
    _noun_wanted,
    _number,
    _conditional,
    _announced,
    _question,
    _fragment,
)
