"""What kind of fact a question asks for, and whether a sentence holds one. Knows no index."""

import re
from enum import StrEnum
from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.language import Language


class Fact(StrEnum):
    """The kinds of facts that a question word announces."""

    MONEY = "money"
    DURATION = "duration"
    CLOCK = "clock"
    PLACE = "place"
    STEPS = "steps"


_ASKS: Final = {
    Language.EN: {
        Fact.MONEY: r"\bhow much|\bprice|\bcost|\bfees?\b|\bcharges?\b|\bexpensive|\bdirhams?\b",
        Fact.CLOCK: r"\bwhat time|\bopen(ing)?\b|\bhours\b|\bclos(e|ing) (on|at)\b|\bwhen\b",
        Fact.DURATION: r"\bhow (long|soon|fast|quickly|many days)|\bwhen\b|\bhow late|\bduration",
        Fact.PLACE: r"\bwhere|\baddress of|\blocation|\bwhich street",
        Fact.STEPS: r"\bhow (do|can|should|to)\b|\bi (want|need|wish|would like)|\bi'd like"
        r"|\bwhat (should|must|do) i",
    },
    Language.AR: {
        Fact.MONEY: r"\bبكم|\bسعر|رسوم|تكلف|غرام"
        r"|\bكم (سعر|يكلف|تكلف|رسوم|غرام|ثمن|ادفع|قيم|مبلغ|ال)",
        Fact.CLOCK: r"\bمتي|\bالساعه كم|\bكم الساعه|\bساعات|\bدوام|تفتح|تسكر|تغلق|مفتوح|فاتحين",
        Fact.DURATION: r"\bكم (يوم|ياخ|يستغرق|تستغرق|مده|يحتاج|وقت)|\bمتي|\bمده|خلال كم",
        Fact.PLACE: r"\bوين|\bاين|\bموقع|\bعنوان|\bمكان",
        Fact.STEPS: r"\bكيف|\bشلون|\b[ان]?(ريد|بغي|بي)\b|\bبغيت|\bودي|\bشو ا",
    },
}
_HOLDS: Final = {
    Language.EN: {
        Fact.MONEY: r"\d+ dirhams|\bfree\b|no (extra |late )?(fee|charge)",
        Fact.DURATION: r"\d+ (minute|hour|day|week|month|working|year)|at once|same day",
        Fact.CLOCK: r"\d+ (in the|noon)|24 hours|\bclosed\b|\bday \d+|first day|before \d+",
        Fact.PLACE: r"\bstreet\b|\bmall\b|\btower\b|\bfloor\b|\broad\b|\bopposite\b|\bbranch",
        Fact.STEPS: r"^(press|bring|ask|call|put|send|turn|book|take|tell|please|to)\b|\byou can\b",
    },
    Language.AR: {
        Fact.MONEY: r"\d+ (درهم|دراهم)|مجان|لا (توجد|ناخذ).*(رسوم|غرام)",
        Fact.DURATION: r"\d+ (دقيق|دقاي|ساع|يوم|ايام|اسبوع|شهر|اشهر)|يومين|يومي|ساعتين"
        r"|اسبوع|يوم عمل|ساعه واحده|علي الفور|نفس اليوم|دقيقتين",
        Fact.CLOCK: r"\d+ (صباح|مسا|ظهر|عصر)|24 ساعه|مغلق|نغلق|يوم \d+|اليوم الاول",
        Fact.PLACE: r"شارع|مركز|برج|طابق|مقابل|بجانب|فرع",
        Fact.STEPS: r"^(اضغط|احضر|اطلب|ضع|ارسل|شغل|احجز|خذ|اخبر|من فضلك)|يمكنك|يمكنكم",
    },
}
# Patterns meet folded text: alef without hamza, yeh for alef maksura, heh for teh marbuta.
_HOW_TO: Final = re.compile(r"^how (to|can|do)\b|^كيف\b")
_ASK_PATTERNS: Final = {
    language: {fact: re.compile(pattern) for fact, pattern in rows.items()}
    for language, rows in _ASKS.items()
}
_HOLD_PATTERNS: Final = {
    language: {fact: re.compile(pattern) for fact, pattern in rows.items()}
    for language, rows in _HOLDS.items()
}


def asked(question: str, language: Language) -> frozenset[Fact]:
    """The kinds of facts that would answer the question; steps only where nothing else would."""
    folded = fold(question)
    found = {fact for fact, ask in _ASK_PATTERNS[language].items() if ask.search(folded)}
    return frozenset(found - {Fact.STEPS} or found)


def held(sentence: str, language: Language) -> frozenset[Fact]:
    """The kinds of facts that the sentence states."""
    folded = fold(sentence)
    return frozenset(fact for fact, has in _HOLD_PATTERNS[language].items() if has.search(folded))


def is_how_to(heading: str) -> bool:
    """Whether a section calls itself the way to do something."""
    return _HOW_TO.search(fold(heading)) is not None
