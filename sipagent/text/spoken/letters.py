"""Words in capitals: spelled letter by letter ("KYC"), or said as a word ("DEWA").

Knows a few by heart, and judges the others by whether English could pronounce them.
"""

import re
from typing import Final

from sipagent.text.word_list import word_list

_SPELLED: Final = frozenset(word_list("VAT VIP UAE USA USB UPS EWEC ADIB IELTS EIN"))
_SAID: Final = frozenset(
    word_list(
        "SIM PIN OK SIMS PINS NASA OPEC FIFA IKEA LAN RAM ROM COVID IBAN DEWA SEWA FEWA ADNOC ENOC"
        " EMARAT RERA EIDA SALIK NOL GITEX TASHEEL AMER NOOR JAFZA MOHRE IATA ICAO EPPCO"
        " MON TUE WED THU FRI SAT SUN"
    )
)
# short words that are shouted rather than abbreviated
_PLAIN: Final = frozenset(
    word_list(
        "A I AM AN AND ANY ARE AS ASK AT BE BUT BY CAN DAY DID DO END FOR FREE GET GO HAS HE HER"
        " HIS HOW IF IN IS ITS ME MAY MY NEW NO NOT NOW OF OFF OLD ON ONE ONLY OR OUR OUT OWN"
        " PAY PER SEE SHE SO THE TO TOO TRY TWO UP USE WAS WAY WE WHO WHY YES YET YOU ALL ADD"
    )
)
_VOWEL: Final = "[AEIOUY]"
_CONSONANT: Final = "[BCDFGHJKLMNPQRSTVWXZ]"
_PRONOUNCEABLE: Final = re.compile(
    rf"""
    (?: {_CONSONANT} | [BCFGPKT][LR] | S[CKLMNPTWH] | DR | [CT]H | TW | STR | SPR )?
    {_VOWEL}{{1,2}}
    (?: {_CONSONANT}{{1,2}} {_VOWEL}{{1,2}} )*
    (?: {_CONSONANT} | [NLRS]T | [NLR]D | [NRL]K | NG | CK | [LRS]P | MP | [FPCX]T | [STC]H
      | SS | LL | FF | NS | TS | PS | KS | RM | RN | RS )?
    """,
    re.VERBOSE,
)
_LONG_ENOUGH: Final = 4
_PLURAL: Final = "s"


def letters(word: str) -> str:
    """A word in capitals as it is said: "K.Y.C", "DEWA". Another word stays as it is.

    Points between letters make a voice say their names; "A B" would begin with an article.
    """
    stem = word.removesuffix(_PLURAL)
    if not stem.isupper() or stem in _PLAIN or is_said(stem):
        return word
    return ".".join(stem) + ("'s" if stem != word else "")


def shouted(word: str, around: str) -> bool:
    """Whether a word is an ordinary one in capitals, among other words in capitals."""
    if re.search(r"[a-z]", around) or not re.search(r"[AEIOU]", word):
        return False
    return any(other in _PLAIN for other in re.findall(r"[A-Z]{2,}", around))


def is_said(word: str) -> bool:
    """Whether a word in capitals is said as a word, like DEWA, and not spelled, like KYC."""
    if word in _SAID:
        return True
    if word in _SPELLED or len(word) < _LONG_ENOUGH:
        return False
    return _PRONOUNCEABLE.fullmatch(word) is not None
