"""Which language to reply in: the caller's, without flipping at each foreign word.

Two languages, told apart by script and by the recogniser. A clear sentence in the other language
changes it at once, and so does the caller's first one of any length; later an unclear one needs a
second in a row. Words that both languages share ("okay", names, numbers) say nothing. Knows no
clock and no engine.
"""

from collections.abc import Collection
from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.language import Language
from sipagent.text.script import language_of
from sipagent.text.spoken_digits import is_number_word
from sipagent.text.word_list import word_list
from sipagent.text.words import words

CLEAR_WORDS: Final = 3  # a sentence of fewer that count is unclear
CLEAR_SHARE: Final = 0.8  # of its words that count
LEANING_SHARE: Final = 0.6
CLEAR_CONFIDENCE: Final = 0.5
TURNS: Final = 2  # unclear ones in a row that change the language


def _folded(text: str) -> frozenset[str]:
    return frozenset(word_list(fold(text)))


# Words that callers of either language use in both, and that say nothing of the sentence.
_SHARED: Final = _folded(
    """
    ok okay okey yes yeah no hello hi hey alo bye thanks thank you please sorry sir madam wow mm
    mhm uh um hmm habibi yalla khalas shukran inshallah wallah salam marhaba internet wifi email
    app online sms code pin otp link account router visa card iban id emirates whatsapp apple
    google samsung iphone nokia dubai sharjah ajman abu dhabi اوكي اوك نعم لا إي ايوه هلا مرحبا
    الو السلام عليكم باي شكرا مشكور لو سمحت من فضلك اسف عفوا طيب تمام زين ماشي يلا خلاص حبيبي
    والله ان شاء الله امم اه يعني
    """
)
_NAMES: Final = {
    **dict.fromkeys(
        _folded("arabic arabi العربية عربي بالعربي بالعربية العربي عربية بالعربى"), Language.AR
    ),
    **dict.fromkeys(
        _folded(
            """
            english inglizi englizi الانجليزية انجليزي بالانجليزي بالانجليزية الانجليزي انجليزية
            انجلش إنجلش
            """
        ),
        Language.EN,
    ),
}
_ASKING: Final = _folded(
    """
    speak talk switch change continue use say answer reply go prefer want can could language
    please in تكلم تتكلم تكلمي نتكلم اتكلم كلمني كلميني تكلمني تحدث اتحدث نتحدث ارمس رمسني نرمس
    احكي تحكي حول حولني غير بدل كمل نكمل رد جاوب اللغة لغة ممكن ابي ابغى اريد افضل خلنا بليز
    """
)
_DENYING: Final = _folded("don't not cannot can't no doesn't without ما لا مب مو مش لم")
_CAN: Final = _folded("speak understand know talk افهم اتكلم اعرف اجيد ارمس احكي فاهم")
# What is wanted in a language, rather than said in it.
_THINGS: Final = _folded(
    """
    bill bills invoice contract letter letters message messages email website app form statement
    copy channel channels teacher school book course keyboard name names document documents
    certificate translation engineer technician someone somebody anyone staff employee agent who
    فاتورة الفاتورة فاتورتي فواتير العقد عقد رسالة رسائل نسخة قناة قنوات كتاب دورة مدرسة موقع
    التطبيق اسمي اسم موظف حد احد فني مهندس ترجمة شهادة
    """
)
_MOST_WORDS_ASKING: Final = 10


class ReplyLanguage:
    """The language of the replies of one call; a copy goes on from where the original stands."""

    def __init__(
        self,
        first: Language,
        names: Collection[str] = (),
        languages: Collection[Language] = tuple(Language),
    ) -> None:
        """``names`` are the tenant's own, products and places, which say nothing; ``languages``
        those that it serves, and no reply is in another.
        """
        self.language = first
        self._languages = frozenset(languages)
        self._names = frozenset(word for name in names for word in words(name))
        self._leaning = 0  # unclear turns in a row that lean to the other language
        self._told = False  # whether the caller has told his language yet, in any turn
        self.asked = False  # whether the last turn asked for the language by its name

    def switch(self, language: Language) -> None:
        """The caller, or whoever serves him, asked for this language."""
        if language in self._languages:
            self.language = language
        self._leaning = 0
        self._told = True

    def hear(self, text: str, language: Language, confidence: float) -> Language:
        """The language to reply in after a turn; ``language`` is the recogniser's opinion."""
        spoken = words(text)
        asked = asked_language(spoken)
        self.asked = asked is not None
        if asked is not None:
            self.switch(asked)
            return self.language
        other = self.language.other
        said = [found for word in spoken if (found := self._told_by(word)) is not None]
        share = said.count(other) / len(said) if said else 0.0
        enough = len(said) >= CLEAR_WORDS or not self._told
        sure = language is other and confidence >= CLEAR_CONFIDENCE
        if enough and sure and share >= CLEAR_SHARE:
            self.switch(other)
        elif share >= LEANING_SHARE:
            self._leaning += 1
            if self._leaning >= TURNS:
                self.switch(other)
        elif said:
            self._leaning = 0
        self._told = self._told or bool(said)
        return self.language

    def _told_by(self, word: str) -> Language | None:
        """The language that a word tells of, where it tells of one."""
        if word in _SHARED or word in self._names or is_number_word(word):
            return None
        return language_of(word)


def asked_language(spoken: Collection[str]) -> Language | None:
    """The language that folded words ask to go on in; None where they ask for none.

    "english please" and "بالعربي" do, also "i don't speak arabic", which asks for the other one.
    "the bill in english" and "is there someone who speaks arabic" do not.
    """
    named = {_NAMES[word] for word in spoken if word in _NAMES}
    if not named or len(spoken) > _MOST_WORDS_ASKING or _THINGS & set(spoken):
        return None
    denied = bool(_DENYING & set(spoken)) and bool(_CAN & set(spoken))
    if len(named) == 2:
        return None  # "arabic or english": whoever asked must ask again
    language = named.pop()
    if denied:
        return language.other
    others = [word for word in spoken if word not in _NAMES and word not in _SHARED]
    if not others or _ASKING & set(others):
        return language
    return None
