"""Light stemming of folded words, enough that a question meets the sentence that answers it.

Only the commonest endings and the joined particles go; no dictionary, no roots. Both sides of
a comparison must be stemmed the same way.
"""

from typing import Final

from sipagent.text.language import Language

_AR_PREFIXES: Final = ("وبال", "وال", "فال", "بال", "كال", "ولل", "لل", "ال", "هال")
_AR_SUFFIXES: Final = (
    "تكم", "كما", "تها", "تهم", "تنا", "اتي", "ات", "ان", "ين", "ون", "ها", "هم", "كم", "نا",
    "ني", "تي", "تك", "يه", "وا", "ه", "ي", "ك", "ت", "ا",
)  # fmt: skip
_AR_SHORTEST: Final = 3
_JOINED: Final = frozenset("وبل")
_IMPERFECT: Final = frozenset("ايتن")
_IMPERFECT_OF_SHORT: Final = frozenset("يتن")
_REFLEXIVE: Final = frozenset({"ان", "ين", "تن"})
_BEFORE_A_VERB: Final = frozenset("باينت")
_GULF_LETTERS: Final = (("ي", "ج"), ("ج", "ق"), ("ج", "ك"))
_VOWELS: Final = frozenset("aeiouy")


def stem(word: str, language: Language) -> str:
    """The stem of a word that ``arabic.fold`` has folded."""
    return _arabic(word) if language is Language.AR else _english(word)


def gulf_forms(stem: str) -> tuple[str, ...]:
    """What the stem of a Gulf word may be elsewhere: without the future's ب or a person's letter,
    with ج where the Gulf says ي, with ق or ك where it says ج. Guesses: try them on known stems."""
    found: list[str] = []
    if len(stem) > _AR_SHORTEST and stem[0] in _BEFORE_A_VERB:
        found += [stem[1:], _bare(stem[1:])]
    found += [
        stem.replace(said, written, 1)
        for said, written in _GULF_LETTERS
        if len(stem) >= _AR_SHORTEST and said in stem
    ]
    return tuple(dict.fromkeys(found))


def _arabic(word: str) -> str:
    for prefix in _AR_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _AR_SHORTEST:
            word = word[len(prefix) :]
            break
    word = _without_endings(word)
    shortest = _AR_SHORTEST if word[:1] == "ل" else _AR_SHORTEST + 1
    return _bare(word[1:] if word[:1] in _JOINED and len(word) > shortest else word)


def _without_endings(word: str) -> str:
    for _ in range(2):
        for suffix in _AR_SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= _AR_SHORTEST:
                word = word[: -len(suffix)]
                break
    return word


def _bare(word: str) -> str:
    """The three letters of the commonest patterns: the present, verbal nouns, plain plurals."""
    match len(word), word[:1]:
        case 5, _ if word[:2] in _REFLEXIVE:
            return word[2:]
        case (5, "ا") if word[3] == "ا":
            return word[1:3] + word[4]
        case (5, "ت") if word[3] == "ي":
            return word[1:3] + word[4]
        case (5, "م") if word[3] == "و":
            return word[1:3] + word[4]
        case 4, first if first in _IMPERFECT:
            return word[1:]
        case 4, _ if word[2] == "و":
            return word[:2] + word[3]
        case 3, first if first in _IMPERFECT_OF_SHORT:
            return word[1:]
        case _:
            return word


def _english(word: str) -> str:
    word = word.removesuffix("'s").replace("'", "")
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3 and _VOWELS & set(base):
            word = base
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    for ending in ("ment", "ation", "ion"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3:
            word = base
            break
    if word.endswith("ate") and len(word) > 6:
        word = word[:-3]
    elif word.endswith("at") and len(word) > 5:
        word = word[:-2]
    if word.endswith("ll") and len(word) > 5:
        word = word[:-1]
    if word.endswith("y") and len(word) > 3 and word[-2] not in _VOWELS:
        word = word[:-1] + "i"
    return word.removesuffix("e") if len(word) > 3 else word
