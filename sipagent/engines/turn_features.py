"""A caller's turn as numbers: hashed words and letters, and what our own rules know of it.

Deterministic on every machine: the hash is CRC-32. Knows no weights; a model is good only for the
features that it was trained on, so ``VERSION`` changes with them.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.mood_words import BAD, DELIGHTED, FURIOUS, GOOD, NEGATORS, STRONGER
from sipagent.text.arabic import fold
from sipagent.text.backchannels import is_backchannel, says_stop
from sipagent.text.dangling import ASKING_AR, ASKING_EN, AUXILIARIES, HESITATIONS, SUBJECTS
from sipagent.text.spoken_digits import digits_in, is_number_word, only_digits
from sipagent.text.word_list import word_list
from sipagent.text.words import words
from sipagent.text.yes_no import yes_or_no

VERSION: Final = 1
BUCKETS: Final = 1 << 15
MOST_WORDS: Final = 60  # a turn is some 20 s of speech

_LETTERS: Final = (3, 4, 5)
_WORDS_SHARE: Final = 1.0
_LETTERS_SHARE: Final = 1.0
_KINDS_SHARE: Final = 1.0
_CUES_SHARE: Final = 0.6
_MOOD_SHARE: Final = 2.5
_NEGATION_REACH: Final = 3
_PREFIX: Final = re.compile("^(?:وال|بال|فال|لل|ال|و|ب|ف|ل)(?=..)")
_DIGITS: Final = "0"


@dataclass(frozen=True, slots=True)
class Features:
    """Buckets and their values, of one length."""

    buckets: NDArray[np.int32]
    values: NDArray[np.float32]


def _folded(text: str) -> frozenset[str]:
    return frozenset(word_list(fold(text)))


CUE_WORDS: Final = {
    "want": _folded(
        "want need like wanna أبغى أبي أبا أريد بغيت ودي حاب أحتاج محتاج أرغب أود نبغي نبي أرجو"
    ),
    "please": _folded("please kindly سمحت سمحتي فضلك بليز رجاء تكرمت يخليك"),
    "can-you": _folded("can could would ممكن تقدر تقدرون يمكن"),
    "greet": _folded(
        "hello hi hey morning afternoon evening السلام عليكم مرحبا هلا صباح مساء ألو أهلا"
    ),
    "part": _folded("bye goodbye السلامة باي وداعا اللقاء"),
    "thank": _folded("thanks thank شكرا مشكور مشكورة تسلم قصرت العافية"),
    "person": _folded(
        """
        agent human person representative manager supervisor operator someone somebody staff
        employee advisor colleague people boss موظف موظفة شخص إنسان مسؤول مدير مديركم مشرف حد أحد
        مندوب بشر بشري آدم العملاء
        """
    ),
    "machine": _folded("robot bot machine computer روبوت آلة مكينة الآلي"),
    "through": _folded(
        """
        speak talk connect transfer put through pass escalate أكلم أتكلم أتحدث التحدث أرمس حولني
        حولوني وصلني حول كلم
        """
    ),
    "danger": _folded(
        """
        fire smoke flames burning gas leak ambulance bleeding unconscious breathing breathe
        injured hurt electrocuted sparks sparking explosion exploded emergency police knife
        trapped choking drowning help danger collapsed حريق نار النار دخان غاز تسريب إسعاف ينزف
        مغمى يتنفس مصاب مصابين متعور انصعق تكهرب شرار انفجار انفجر طوارئ طارئة شرطة سكين محبوس
        يختنق يغرق الحقوني الحقونا خطر يحترق تحترق المطافي
        """
    ),
    "broken": _folded(
        """
        working broken down stopped slow disconnected charged wrong failed crashed outage error
        يشتغل يعمل مقطوع مقطوعة بطيء خربان غلط وصل وصلني يفصل طافية خصمتوا
        """
    ),
    "mine": _folded("my رقمي اسمي حسابي عنواني رقم"),
    "do": _folded(
        """
        cancel change send book activate block renew update stop give check add remove open close
        refund repeat fix transfer pay غير ألغي طرش أرسل احجز فعل وقف جدد حدث شيل أضيف افتح سكر عيد
        أعد كرر شيك صلح طرشلي بدل سجل
        """
    ),
}

_MORE_KINDS: Final = {
    "service": _folded(
        """
        internet electricity water mobile phone broadband fibre wifi landline sim subscription
        power service net line signal connection نت إنترنت كهرباء كهربا مياه ماي موبايل تلفون واي
        فاي خط شريحة فايبر اشتراك خدمة إرسال
        """
    ),
    "thing": _folded(
        """
        bill invoice plan contract account meter router address order appointment card payment
        refund deposit receipt package app password number ticket complaint branch office shop
        فاتورة فاتورتي باقة باقتي عقد حساب عداد راوتر عنوان طلب طلبي موعد موعدي بطاقة دفعة مبلغ
        تأمين إيصال تطبيق فرع فرعكم مكتب محل
        """
    ),
    "time": _folded(
        """
        today tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday week month
        year morning evening afternoon minutes hour hours days weeks since ago اليوم باجر بكرة أمس
        البارحة يوم الاثنين الجمعة السبت أسبوع شهر سنة صبح عصر مسا ساعة ساعتين دقايق أيام
        """
    ),
    "city": _folded(
        """
        dubai sharjah ajman ain fujairah khaimah marina deira khalifa villa flat apartment building
        street floor دبي أبوظبي شارقة عجمان عين فجيرة خيمة ديرة فيلا شقة بناية شارع طابق
        """
    ),
    "aux": AUXILIARIES - NEGATORS,
    "who": SUBJECTS,
    "asks": ASKING_EN | ASKING_AR,
    "not": NEGATORS,
    "um": HESITATIONS,
    "rage": FURIOUS,
    "bad": BAD,
    "good": GOOD | DELIGHTED,
    "the": _folded("the a an this that your our their it's is it هذا هذي هال"),
    "yes": _folded(
        "yes yeah yep sure okay ok right correct exactly نعم إي ايوه هيه صح صحيح أكيد طبعا تمام"
    ),
    "no": _folded("no nope nah لا كلا لأ"),
    "you": _folded("you yourself انت انتو أنتم عندكم منكم عليكم"),
    "me": _folded("me us him her them لي لنا علي عندي معي"),
    "to": _folded("to for in on at with about of from by إلى من في على عن مع بخصوص"),
}
_KINDS: Final = {
    word: kind
    for table in (CUE_WORDS, _MORE_KINDS)
    for kind, names in table.items()
    for word in names
}


def features(text: str) -> Features:
    """The features of a turn, each bucket once."""
    spoken = words(text)[:MOST_WORDS]
    plain = [_DIGITS if word.isdigit() else word for word in spoken]
    parts = (
        (_WORDS_SHARE, [*_word_names(plain)], False),
        (_LETTERS_SHARE, [*_letter_names(plain)], False),
        (_KINDS_SHARE, [*_kind_names(spoken)], False),
        (_CUES_SHARE, [*_cue_names(text, spoken)], True),
        (_MOOD_SHARE, [*_mood_names(spoken)], True),
    )
    found: dict[int, float] = {}
    for share, names, each in parts:
        if not names:
            continue
        value = share if each else share / len(names) ** 0.5
        for name in names:
            bucket = zlib.crc32(name.encode()) % BUCKETS
            found[bucket] = found.get(bucket, 0.0) + value
    return Features(
        np.fromiter(found.keys(), np.int32, len(found)),
        np.fromiter(found.values(), np.float32, len(found)),
    )


def _word_names(spoken: list[str]) -> Iterator[str]:
    """Words, pairs of words with the ends of the turn, and words under a negation."""
    before = "^"
    negated = 0
    for word in spoken:
        yield "w:" + word
        bare = _PREFIX.sub("", word)
        if bare != word:
            yield "w:" + bare
        yield f"p:{before} {word}"
        if negated:
            yield "not:" + word
        negated = _NEGATION_REACH if word in NEGATORS else max(0, negated - 1)
        before = word
    yield f"p:{before} $"


def _letter_names(spoken: list[str]) -> Iterator[str]:
    for word in spoken:
        framed = f"_{word}_"
        for size in _LETTERS:
            for start in range(max(1, len(framed) - size + 1)):
                yield "c:" + framed[start : start + size]


def _kind_names(spoken: tuple[str, ...]) -> Iterator[str]:
    """Runs of up to four kinds of words, with the ends: the shape of the sentence."""
    kinds = ["^"]
    for word in spoken:
        kind = _kind(word)
        if kind != "x" or kinds[-1] != "x":
            kinds.append(kind)
    kinds.append("$")
    for size in (2, 3, 4):
        for start in range(len(kinds) - size + 1):
            yield "k:" + " ".join(kinds[start : start + size])


def _kind(word: str) -> str:
    kind = _KINDS.get(word) or _KINDS.get(_PREFIX.sub("", word))
    return kind or ("n" if is_number_word(word) else "x")


def _cue_names(text: str, spoken: tuple[str, ...]) -> Iterator[str]:
    """What the rules of ``sipagent.text`` and short lists say of the turn."""
    if not spoken:
        yield "#empty"
        return
    yield f"#length:{min(len(spoken), 4) if len(spoken) < 7 else 7}"
    answer = yes_or_no(text)
    if answer is not None:
        yield f"#answer:{answer}"
        yield f"#answer:{answer}:{min(len(spoken), 4)}"
    numbers = sum(map(is_number_word, spoken))
    if only_digits(text):
        yield "#only-digits"
        yield f"#digits:{min(len(digits_in(text)), 4)}"
    if numbers:
        yield "#numbers"
    yield from _flags(text, spoken)
    said = frozenset(spoken) | {_PREFIX.sub("", word) for word in spoken}
    for name, cue in CUE_WORDS.items():
        if not said.isdisjoint(cue):
            yield "#" + name
            if spoken[0] in cue:
                yield "#first:" + name
    if len(spoken) <= 3:
        yield from ("#short:" + name for name, cue in CUE_WORDS.items() if not said.isdisjoint(cue))


def _flags(text: str, spoken: tuple[str, ...]) -> Iterator[str]:
    if is_backchannel(text):
        yield "#nods"
    if says_stop(text):
        yield "#stops"
    if spoken[-1] in HESITATIONS:
        yield "#hesitates"
    if spoken[0] in ASKING_EN | ASKING_AR:
        yield "#asks-first"
    elif not (ASKING_EN | ASKING_AR).isdisjoint(spoken):
        yield "#asks"
    if spoken[0] in AUXILIARIES and len(spoken) > 1:
        yield "#inverted"
        yield "#inverted:" + ("you" if spoken[1] == "you" else "other")
    if spoken[0] in SUBJECTS or spoken[0].startswith("i'"):
        yield "#subject-first"


def _mood_names(spoken: Sequence[str]) -> Iterator[str]:
    counts = mood(spoken)
    for name, count in counts.items():
        yield "#" + name
        yield f"#{name}:{min(count, 3)}"
        if not STRONGER.isdisjoint(spoken):
            yield "#stronger:" + name
    if not counts:
        yield "#no-mood"


def mood(spoken: Iterable[str]) -> dict[str, int]:
    """How many words are "furious", "bad", "good" and "delighted"; those without are left out.

    A negation turns them round: "not happy", "مب زين" are bad, "no problem" is nothing.
    """
    negated = 0
    counts: dict[str, int] = {}
    for word in spoken:
        kind = _MOODS.get(word) or _MOODS.get(_PREFIX.sub("", word))
        if negated and kind in {"good", "delighted"}:
            kind = "bad"
        elif negated and kind == "bad":
            kind = None
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
        negated = _NEGATION_REACH if word in NEGATORS else max(0, negated - 1)
    return counts


_MOODS: Final = {
    word: mood
    for mood, names in (
        ("bad", BAD),
        ("good", GOOD),
        ("delighted", DELIGHTED),
        ("furious", FURIOUS),
    )
    for word in names
}
