"""What is read digit by digit in groups: telephone numbers, ids, accounts, codes, IBANs."""

import re
from itertools import accumulate, pairwise
from typing import Final

from sipagent.text import numbers_ar, numbers_en
from sipagent.text.language import Language
from sipagent.text.spoken.letters import letters
from sipagent.text.spoken.unit import Context, Kind, by_digit, grouped, pattern

_SHORT: Final = frozenset({"999", "998", "997", "996", "112", "901", "911", "101"})
_DIALLED: Final = re.compile(
    r"(?:\b(?:call|calls|dial|dialling|dialing|ring|text|hotline|on|to|at|number|line|or|and)"
    r"|(?:^|[\s(])(?:اتصل|اتصلوا|اطلب|بالرقم|الرقم|برقم|رقم|على|بـ|هاتف|أو|و|طوارئ|الطوارئ))"
    r"(?:\s(?:us|بـ|على|بالرقم|الرقم))?[\s:(]*$",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"(?:\b(?:account|order|reference|ref|ticket|invoice|bill|case|request|customer|contract|card"
    r"|meter|policy|code|otp|pin|passcode|password|extension|ext|tel|telephone|phone|mobile|fax"
    r"|call|dial|ring|box|id|iban|premise|plot|makani|tracking|booking|confirmation|transaction)"
    r"(?:\s(?:number|no|code|id|is|ending|with|in|us|on|at))*\.?"
    r"|\b(?:ending|ends)\s(?:in|with)|\bnumber(?:\sis)?"
    r"|(?:^|[\s(])(?:الحساب|حسابك|حساب|الطلب|طلبك|المرجع|المرجعي|مرجعي|الفاتورة|العداد|البطاقة|الهوية"
    r"|الرمز|رمز|رمزك|الكود|كود|تحويلة|التحويلة|داخلي|هاتف|الهاتف|جوال|فاكس|ص\.ب\.?|اتصل|البلاغ)"
    r"(?:\s(?:هو|هي|رقم|على|السري|ب))*|(?:تنتهي|ينتهي|المنتهي|المنتهية)\s(?:ب|بـ|في)"
    r"|(?:^|[\s(])(?:رقمك|الرقم|بالرقم|برقم|رقم)(?:\s(?:هو|الحساب|الطلب|الهاتف))?)"
    r"[\s:#(\"'*xX•.-]*$",
    re.IGNORECASE,
)
_LONG: Final = 7


def _telephone(match: re.Match[str], context: Context) -> str:
    """With the groups that were written, else those of the country; a leading plus is said."""
    text = match.group()
    groups = re.findall(r"[0-9]+", text)
    if len(groups) == 1:
        groups = _as_dialled(groups[0], plus="+" in text[:2])
    said = by_digit(groups, context.language)
    if "+" in text[:2]:
        said = ("زائد " if context.arabic else "plus ") + said
    name = re.search(r"[A-Z]+$", text)
    return f"{said} {letters(name.group())}" if name else said


def _as_dialled(digits: str, plus: bool) -> list[str]:
    """A number of the Emirates in the groups in which people say it; another one as it is."""
    for pattern_of, sizes in _GROUPS if not plus else _GROUPS_ABROAD:
        if pattern_of.fullmatch(digits):
            edges = list(accumulate(sizes, initial=0))
            return [digits[a:b] for a, b in pairwise([*edges, len(digits)])]
    return [digits]


_GROUPS_ABROAD: Final = (
    (re.compile(r"9715[0-9]{8}"), (3, 2, 3)),
    (re.compile(r"971[2-9][0-9]{7}"), (3, 1, 3)),
)
_GROUPS: Final = (
    (re.compile(r"009715[0-9]{8}"), (5, 2, 3)),
    (re.compile(r"00971[2-9][0-9]{7}"), (5, 1, 3)),
    *_GROUPS_ABROAD,
    (re.compile(r"05[0-9]{8}"), (3, 3)),
    (re.compile(r"0[2-9][0-9]{7}"), (2, 3)),
    (re.compile(r"[68]00[0-9]{2,6}"), (3,)),
)


def _short(match: re.Match[str], context: Context) -> str | None:
    """Three to six digits, where the words before say that they are a number to dial or quote."""
    text = match.group()
    dialled = text in _SHORT and context.follows(_DIALLED)
    if dialled or (context.follows(_NAMED) and not _COUNTED.match(context.after)):
        return by_digit(re.findall(r"[0-9]+", text), context.language)
    return None


_COUNTED: Final = re.compile(
    r"\s?(?:times|days?|hours?|minutes?|months?|years?|people|customers|أيام|يوما|ساعة|ساعات|مرات"
    r"|دقيقة|شهرا)\b"
)


def _keyed(match: re.Match[str], context: Context) -> str:
    """A code to key in, such as "*100#"."""
    star, hash_key = ("نجمة", "مربع") if context.arabic else ("star", "hash")
    read = numbers_ar.digits if context.arabic else numbers_en.digits
    names = {"*": star, "#": hash_key}
    return " ".join(names.get(sign) or read(sign) for sign in match.group())


def _iban(match: re.Match[str], context: Context) -> str:
    country = ".".join(match["country"])
    groups = re.findall(r"[0-9]+|[A-Z]+", match.group()[len(match["country"]) :])
    if len(groups) == 1:  # written without spaces: the check digits stand alone
        groups = [groups[0][:2], *grouped(groups[0][2:])]
    return f"{country} {_mixed(groups, context.language)}"


def _mixed(groups: list[str], language: Language) -> str:
    comma = "، " if language is Language.AR else ", "
    return comma.join(
        by_digit([group], language) if group.isdecimal() else ".".join(group) for group in groups
    )


_PIECE: Final = re.compile(r"[0-9]+|[A-Za-z]+")
_READ_AS_NUMBER: Final = 2


def _reference(match: re.Match[str], context: Context) -> str | None:
    """Letters and digits mixed: "ORD-10234", "5G", "A380". Short numbers are read whole."""
    pieces = _PIECE.findall(match.group())
    short = all(len(piece) <= _READ_AS_NUMBER for piece in pieces if piece.isdecimal())
    language = Language.EN if short else context.language
    said, comma = "", "، " if language is Language.AR else ", "
    for position, piece in enumerate(pieces):
        by_digits = piece.isdecimal() and (len(piece) > _READ_AS_NUMBER or piece.startswith("0"))
        apart = (by_digits and re.search("[-/]", match.group())) or pieces[position - 1] == "A"
        said += (comma if apart else " ") * bool(said)
        if by_digits:
            said += by_digit([piece], language)
        else:
            said += numbers_en.cardinal(int(piece)) if piece.isdecimal() else letters(piece)
    return said


_START: Final = r"(?<![0-9+])(?<![0-9][ .,/-])"
TELEPHONE: Final = Kind(
    pattern(
        rf"""
        {_START}
        (?: \(?\+[0-9](?:[\s().-]?[0-9]){{6,18}}(?![0-9])
          | 784[-\s]?[0-9]{{4}}[-\s]?[0-9]{{7}}[-\s]?[0-9](?![0-9])
          | (?:800|600)[\s-]?(?:[0-9]{{2,9}}(?:[\s-][0-9]{{2,4}})?|[A-Z]{{3,9}})(?![0-9])
          | \(0?[0-9]{{1,3}}\)\s?[0-9]{{3}}[\s-]?[0-9]{{3,4}}(?![0-9])
          | 0[0-9]{{1,4}}(?:[\s-][0-9]{{2,5}}){{1,4}}(?![0-9])
          | 0[0-9]+(?:-[0-9]+){{0,9}}(?![0-9]|[.,/:][0-9])
          | [0-9]{{1,4}}(?:-[0-9]{{2,8}}){{2,6}}(?![0-9-])
          | [0-9]{{{_LONG},}}(?![0-9]|\.[0-9])
        )
        """
    ),
    _telephone,
)
SHORT: Final = Kind(
    pattern(rf"{_START}[0-9]{{3,6}}(?:[\s-][0-9]{{3,6}}){{0,3}}(?![0-9]|[.,:/%][0-9])"), _short
)
KEYED: Final = Kind(pattern(r"(?<![\w*])\*[0-9*]{1,30}\#?|(?<![\w*])\#[0-9*]{1,30}\#"), _keyed)
IBAN: Final = Kind(
    pattern(
        r"""
        (?<!\w)
        (?P<iban>(?P<country>[A-Z]{2})[0-9]{2}\s?(?:[A-Z]{4}\s?)?(?:[0-9]{4}\s?){2,7}[0-9]{0,4})
        (?!\w)
        """
    ),
    _iban,
    frozenset({"iban"}),
)
REFERENCE: Final = Kind(
    pattern(
        r"""
        (?<![\w.'-])
        (?P<id> [A-Z]{1,8}-?[0-9]{1,20}(?:-?[A-Z0-9]{1,12}){0,6}
          | [A-Z]{2,8}(?:/[A-Z]{1,8}){0,2}(?:/[0-9]{1,20}){1,4}
          | [0-9]{1,12}-?[A-Z]{1,4}(?:-?[A-Z0-9]{1,12}){0,6} )
        (?![\w]|-\w)
        """
    ),
    _reference,
    frozenset({"id"}),
)
