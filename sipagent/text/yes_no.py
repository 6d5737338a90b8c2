"""Yes or no: what an answer to a closed question says, in English, Arabic and both mixed.

Knows the words, not the question: "no" always denies what was asked, and a caller who says neither
is not guessed at. "إن شاء الله" and "maybe" are neither.
"""

from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.word_list import word_list
from sipagent.text.words import words

Phrase = tuple[str, ...]


def _phrases(text: str) -> frozenset[Phrase]:
    """The phrases of a text, between commas."""
    return frozenset(words(phrase) for phrase in text.split(","))


def _each(text: str) -> frozenset[Phrase]:
    """A phrase of one word for each word of a text."""
    return frozenset((word,) for word in word_list(fold(text)))


# Said around an answer, and no part of it.
_COURTESY: Final = frozenset(
    word_list(
        fold(
            """
            please sir madam ma'am thanks thank you well oh ah um uh er so then habibi dear brother
            sister actually just لو سمحت سمحتي من فضلك شكرا مشكور مشكورة يا اخي اخوي اختي حبيبي
            عزيزي الغالي بليز يعني امم اممم اه انزين
            """
        )
    )
)
# Between an answer and the one that corrects it.
_TURNING: Final = _COURTESY | frozenset(
    word_list(fold("wait sorry i mean but hold on لحظة قصدي اقصد عفوا لكن بس"))
)

# These decide wherever an answer begins with them, whatever follows.
_YES: Final = _each(
    """
    yes yess yeah yep yup yah ya yea sure certainly definitely absolutely correct exactly indeed
    affirmative mhm mmhm naam aywa نعم ايوه ايوا ايوة ايه هيه اجل بلى اكيد طبعا صح صحيح مضبوط مزبوط
    بالضبط بالتأكيد يس موافق موافقة حاضر معلوم
    """
) | _phrases(
    """
    of course, go ahead, please do, yes please, that's right, that's correct, that's true, that
    is right, that is correct, that is true, it's correct, it's right, you're right, you are
    right, i agree, i think so, i believe so, i guess so, i suppose so, i'd like that, i would
    like that, i'd love to, sounds good, no problem, no worries, no doubt, no objection, not a
    problem, not at all a problem, i don't mind, don't mind, why not, by all means, for sure, uh
    huh, mm hmm, mm hm, let's do it, اي نعم, ما عندي مانع, ما في مانع, مافي مانع, لا مانع, لا
    مانع عندي, ما يخالف, ليش لا, لم لا, لا شك, ولا يهمك, ما في مشكلة, مافي مشكلة, لا مشكلة, لا
    بأس, ماشي الحال, من كل بد, على راسي, اعتقد نعم, اظن نعم, مثل ما قلت, اي والله, اي اكيد, اي
    ابغى, اي ابي, اي ابا, اي اريد, اي هذا, اي هذي, اي صح, اي طبعا, اي انا, اي بس, اي عندي, اي
    ممكن, اي مب مشكلة
    """
)
_NO: Final = _each(
    """
    no nope nah naw never negative incorrect wrong nuh la لا لأ كلا لاء غلط خطأ نو مستحيل ولا
    """
) | _phrases(
    """
    not really, not exactly, not quite, not yet, not at all, not anymore, not necessary, not
    needed, not correct, not right, not true, not interested, not that one, not this one, not
    this time, of course not, certainly not, definitely not, absolutely not, sure not, no way,
    no need, no thanks, no more, uh uh, i don't think so, i do not think so, don't think so, i
    doubt it, i think not, i guess not, i'm afraid not, i hope not, i'd rather not, i would
    rather not, i disagree, that's not right, that's not correct, that's not it, that's not
    true, that's not me, that's wrong, that is wrong, that is not right, that is not correct,
    that isn't right, that isn't correct, that's incorrect, please don't, don't do it, forget
    it, leave it, never mind, nothing else, اكيد لا, طبعا لا, بالتأكيد لا, مب صح, مو صح, مش صح,
    مب صحيح, مو صحيح, مش صحيح, غير صحيح, ليس صحيحا, مب الحين, مو الحين, مش الحين, ليس الان, مب
    اليوم, مب لازم, مو لازم, مش لازم, مب ضروري, مو ضروري, مب هذا, مو هذا, مب هذي, مب انا, مو
    انا, مب موافق, مو موافق, غير موافق, ما ابغى, ما ابي, ما ابا, ما اريد, ما نبي, ما نبا, ما
    ودي, ما احتاج, لا اريد, ما اعتقد, ما اظن, ما ظنتي, ما اتوقع, لا اعتقد, لا اظن, مو بالضبط, مب
    بالضبط, مش بالضبط, مو فعلا, ليس تماما, ليس بعد, للحين لا, بعد لا, ماله داعي, ما له داعي, ما
    في داعي, مافي داعي, لا داعي, i don't want, i do not want, i don't need, i don't have, i
    don't agree
    """
)
# These decide only where they are the whole answer, courtesies aside.
_YES_ALONE: Final = _each(
    """
    okay ok okey right true alright fine good great perfect done اوكي اوك تمام زين ماشي طيب عدل
    ممتاز حلو تفضل تفضلي يلا اي
    """
) | _phrases(
    """
    that's it, i do, i am, i did, i have, i would, i will, i can, it is, it does, he is, she is,
    they are, we do, we are, do it
    """
)
_NO_ALONE: Final = _each("not مب مو مش هب موب ابدا") | _phrases(
    """
    not now, not today, not me, i don't, i do not, i'm not, i am not, i didn't, i did not, i
    haven't, i have not, i wouldn't, i won't, i can't, i cannot, it isn't, it's not, it is not,
    it doesn't, it wasn't, don't, do not, nothing, neither, لست, ما عندي, ماعندي, مو عندي, ما
    صار, ما وصل
    """
)
# They look like an answer, and are none.
_NEITHER: Final = _phrases(
    """
    yes and no, yes or no, not sure, no idea, no clue, i don't know, i do not know, don't know,
    i'm not sure, i am not sure, i can't say, i can't remember, i don't remember, i don't
    understand, i can't hear, i didn't hear, i didn't understand, i didn't get, i didn't catch,
    no one, no longer, not working, sure what, wrong number, ما ادري, ما اعرف, لا ادري, لا اعرف,
    لا اعلم, لا افهم, ما افهم, مب فاهم, مو فاهم, مب متاكد, مو متاكد, مش متاكد, مب شغال, مو شغال,
    نعم ولا لا, نعم او لا, اي ولا لا, صح ولا لا, صح ولا غلط, لا يوجد, لا توجد, لا يعمل, لا تعمل,
    لا يشتغل, لا تشتغل, لا اسمع, لا استطيع, لا اتذكر, correct my, correct the, correct this
    """
) | frozenset(
    ("no", noun)
    for noun in word_list(
        """
        internet water electricity power signal service network answer reply response reason
        connection coverage light gas money credit parking balance discount
        """
    )
)
_QUESTION: Final = frozenset(
    word_list(
        fold(
            """
            what when where who why how which is are do does did can could will would should may or
            هل شو ايش وش ماذا متى وين اين كيف كم ليش لماذا منو مين ولا او
            """
        )
    )
)
_LONGEST: Final = max(map(len, _YES | _NO | _NEITHER))
_SHORT: Final = 6


def yes_or_no(text: str) -> bool | None:
    """What an answer says; None where it says neither, or both.

    Its first words decide; where it corrects itself ("yes, no wait"), its last. A sentence that
    holds a "no" further on ("i have no water") is no answer.
    """
    spoken = words(text)
    bare = tuple(word for word in spoken if word not in _COURTESY)
    for whole in (spoken, bare):
        if whole in _YES_ALONE | _NO_ALONE:
            return whole in _YES_ALONE
    start = 0
    while start < len(spoken) and _answer(spoken, start) == (None, 0):
        if spoken[start] not in _COURTESY:
            return _last(bare)
        start += 1
    said, length = _answer(spoken, start)
    return said if said is None else _corrected(spoken, start + length, said)


def _answer(spoken: Phrase, at: int) -> tuple[bool | None, int]:
    """The longest answer that begins at a word, and its length; (None, 0) where none does.

    (None, n): the n words look like an answer and are none.
    """
    for length in range(_LONGEST, 0, -1):
        phrase = spoken[at : at + length]
        if len(phrase) < length:
            continue
        if phrase in _NEITHER:
            return None, length
        if phrase in _NO or phrase in _YES:
            return phrase in _YES, length
    return None, 0


def _corrected(spoken: Phrase, at: int, said: bool) -> bool | None:
    """The last answer, where all that follows the first one are answers too."""
    last: bool = said
    while at < len(spoken):
        answer, length = _answer(spoken, at)
        if answer is not None:
            last = answer
        elif length or spoken[at] not in _TURNING:
            return said if not length or last == said else None
        at += max(length, 1)
    return last


def _last(bare: Phrase) -> bool | None:
    """The answer that a short sentence ends in: "i want that yes", "honestly not really"."""
    if len(bare) > _SHORT or _QUESTION & set(bare):
        return None
    for start in range(max(0, len(bare) - _LONGEST), len(bare)):
        said, length = _answer(bare, start)
        if length and (said is None or start + length == len(bare)):
            return said
    return None
