"""Words that only show that a listener is there, and words that must silence the agent at once.

Judges the form alone: whether "yes" was an answer is known to whoever asked something.
"""

import re
from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.word_list import word_list
from sipagent.text.words import words

_MOST_WORDS: Final = 6
_HUM: Final = re.compile("h*+m{2,}+h*+m*+|a+h+a*|o+h+|u+h+|ا?ه*م{2,}|ا+ه+ا*")  # "mmm", "اممم"


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    """The phrases of a text, between commas."""
    return tuple(words(phrase) for phrase in text.split(","))


# A backchannel is made of these alone, in any order and number.
_NODS: Final = frozenset(
    word_list(
        fold(
            """
            m mhm mmhm hm hmm huh uhhuh ok okay okey oke kay yeah yea yah yep yup ya yes right
            alright good great nice fine cool sure true exactly perfect correct indeed interesting
            really wow gotcha understood اهم أوه اوكي اوك أوكيه طيب طيبة تمام زين زينة ماشي إي ايه
            ايوه ايوا ايوة هيه نعم صح صحيح أكيد انزين عدل حلو ممتاز مضبوط مزبوط فهمت مفهوم
            """
        )
    )
)
# Small words that may stand among nods.
_AMONG: Final = frozenset(word_list(fold("that's thats والله جدا")))
_PHRASES: Final = _phrases(
    """
    i see, got it, i got it, i understand, go on, that's right, that's good, of course, makes
    sense, all right, very good, عليك نور, ان شاء الله, ما شاء الله
    """
)

_STOPS: Final = _phrases(
    """
    stop, wait, hold on, hang on, hold it, hold up, enough, listen, pause, shut up, be quiet,
    quiet, silence, excuse me, one moment, one second, one sec, one minute, just a moment, just
    a second, just a minute, just a sec, a moment, a second, give me a second, give me a moment,
    let me speak, let me talk, let me finish, stop talking, that's enough, no more, khalas,
    لحظة, لحظات, دقيقة, ثانية, ثواني, ثانية وحدة, اسمع, اسمعي, اسمعني, اسمعيني, خلاص, بس, كافي,
    كفاية, يكفي, وقف, وقفي, توقف, توقفي, قف, ستوب, ستب, اصبر, اصبري, صبر, انتظر, انتظري, انطر,
    استنى, اسكت, اسكتي, هدوء, عن اذنك, خلني اتكلم, خلني اكمل, خليني اتكلم, خليني اكمل, دعني
    اتكلم
    """
)
# Words that may stand before a stop: it still is the first thing said.
_LEAD_IN: Final = _NODS | frozenset(
    word_list(
        fold(
            """
            no please just but so sorry hey hello sir um er now can you could will would
            لا لو سمحت سمحتي من فضلك يا اخي اختي بليز يلا هلا
            """
        )
    )
)
# What turns a stop into a part of something else, by the word that follows it.
_NO_STOP: Final = {
    "stop": frozenset(word_list("by over sign light my the all at in on working paying")),
    "wait": frozenset(word_list("time times list staff")),
    "pause": frozenset(word_list("my the")),
    "enough": frozenset(word_list("time money data credit for to")),
    "silence": frozenset(word_list("my the")),
    "ثانيه": frozenset(word_list(fold("عندي مشكلة مرة"))),
    "وقف": frozenset(word_list(fold("الخدمة خدمة الخط النت الباقة خطي اشتراكي الاشتراك عن"))),
    "توقف": frozenset(word_list(fold("الخدمة خدمة الخط النت الباقة خطي عن"))),
    "يكفي": frozenset(word_list(fold("حق لمدة شهر"))),
}


def is_backchannel(text: str) -> bool:
    """Whether a sound of words says no more than "I am listening": "mm", "okay", "إي نعم".

    "no", "wait" and what ``says_stop`` hears are none; an empty text is none either.
    """
    spoken = words(text)
    if not 0 < len(spoken) <= _MOST_WORDS:
        return False
    nods = 0
    at = 0
    while at < len(spoken):
        length = _phrase(spoken, at)
        if length:
            nods += 1
            at += length
        elif spoken[at] in _NODS or _HUM.fullmatch(spoken[at]):
            nods += 1
            at += 1
        elif spoken[at] in _AMONG and len(spoken) > 1:
            at += 1
        else:
            return False
    return nods > 0


def says_stop(text: str) -> bool:
    """Whether the first thing said, courtesies aside, tells the agent to stop or to wait.

    "stop my line" asks for something else, and "بس" stops only where little follows it, since it
    also means "but".
    """
    spoken = words(text)
    start = 0
    while True:
        if any(_stops_at(spoken, start, stop) for stop in _STOPS):
            return True
        if start >= len(spoken) or spoken[start] not in _LEAD_IN:
            return False
        start += 1


def _stops_at(spoken: tuple[str, ...], at: int, stop: tuple[str, ...]) -> bool:
    end = at + len(stop)
    if spoken[at:end] != stop:
        return False
    follows = spoken[end] if end < len(spoken) else ""
    if stop == ("بس",):
        return all(word in _LEAD_IN or (word,) in _STOPS for word in spoken[end:])
    return follows not in _NO_STOP.get(stop[0], frozenset())


def _phrase(spoken: tuple[str, ...], at: int) -> int:
    """How many words of a phrase that nods begin here; 0 where none does."""
    return max(
        (len(one) for one in _PHRASES if spoken[at : at + len(one)] == one),
        default=0,
    )
