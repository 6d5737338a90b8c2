"""Abbreviations in both languages, and words in capitals: "Dr.", "P.O. Box", "ص.ب", "OTP"."""

import re
from typing import Final

from sipagent.text.spoken.letters import letters, shouted
from sipagent.text.spoken.unit import Context, Kind, one_of, pattern

_ENGLISH: Final = {
    "dr": "Doctor", "mr": "Mister", "mrs": "Missus", "ms": "Miz", "prof": "Professor",
    "eng": "Engineer", "ave": "Avenue", "rd": "Road", "blvd": "Boulevard", "bldg": "Building",
    "apt": "Apartment", "ext": "extension", "tel": "telephone", "mob": "mobile",
    "approx": "approximately", "etc": "et cetera", "vs": "versus", "inc": "Incorporated",
    "ltd": "Limited", "corp": "Corporation", "dept": "department", "govt": "government",
    "incl": "including", "excl": "excluding", "appt": "appointment", "acc": "account",
    "ref": "reference", "e.g": "for example", "i.e": "that is", "a.k.a": "also known as",
    "c/o": "care of", "w/o": "without", "w/": "with", "n/a": "not available",
    "a.s.a.p": "as soon as possible", "asap": "as soon as possible", "st": "Street",
}  # fmt: skip
_WITHOUT_POINT: Final = (
    "dr", "mr", "mrs", "ms", "prof", "bldg", "apt", "vs", "asap", "etc", "n/a", "c/o", "w/o", "w/",
)  # fmt: skip
_NEED_NAME: Final = frozenset({"dr", "mr", "mrs", "ms", "prof", "eng"})
_ARABIC: Final = {  # read with or without a last point
    "ص.ب": "صندوق بريد", "أ.د": "الأستاذ الدكتور", "إلخ": "إلى آخره", "الخ": "إلى آخره",
    "ذ.م.م": "ذات مسؤولية محدودة", "ش.م.ع": "شركة مساهمة عامة",
    "ش.ذ.م.م": "شركة ذات مسؤولية محدودة", "ق.م": "قبل الميلاد", "د.إ": "درهم",
}  # fmt: skip
_ARABIC_TITLES: Final = {  # one letter and a point, in front of a name
    "د": "الدكتور", "أ": "الأستاذ", "م": "المهندس", "ش": "شارع",
}  # fmt: skip
_WEEKDAYS: Final = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
    "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
_ORDER: Final = re.compile(r"(?:^|\s)\S*رقم(?:\s\S+)?$")
_NEXT_NAME: Final = re.compile(r"\s*[A-Z]")
_LAST_IN_SENTENCE: Final = re.compile(r"[\"'”)\]»]*\s*$")
_NAME_BEFORE: Final = re.compile(r"(?:\b[A-Z][\w'-]*|[0-9](?:st|nd|rd|th)?)$")


def _english(match: re.Match[str], context: Context) -> str | None:
    key = (match["word"] or match["bare"]).lower()
    if key in _NEED_NAME and not _NEXT_NAME.match(context.after):
        return None
    said = "Saint" if key == "st" and not context.follows(_NAME_BEFORE) else _ENGLISH[key]
    if match.group()[0].isupper() and not context.before:
        said = said[0].upper() + said[1:]
    ends = match["point"] and _LAST_IN_SENTENCE.match(context.after) and key not in _NEED_NAME
    return said + ("." if ends else "")


def _arabic(match: re.Match[str], context: Context) -> str | None:
    if match["title"]:
        return _ARABIC_TITLES[match["title"]]
    ends = match["point"] and _LAST_IN_SENTENCE.match(context.after)
    return _ARABIC[match["word"]] + ("." if ends else "")


def _weekdays(match: re.Match[str], context: Context) -> str:
    if match["since"]:
        return f"{_WEEKDAYS[match['since']]} to {_WEEKDAYS[match['until']]}"
    return _WEEKDAYS[match["day"] or match["odd"]]


def _number(match: re.Match[str], context: Context) -> str:
    """ "No. 5" and "#5": only in front of a figure, which is read by itself."""
    if not context.arabic:
        return "number"
    return "" if _ORDER.search(context.before) else "رقم"


def _box(match: re.Match[str], context: Context) -> str:
    return "P.O Box"


def _dotted(match: re.Match[str], context: Context) -> str:
    """ "U.A.E." and "A/C" letter by letter; a last point may be that of the sentence."""
    text = match.group().replace("/", ".")
    ends = text.endswith(".") and _LAST_IN_SENTENCE.match(context.after) is not None
    return ".".join(text.replace(".", "").upper()) + ("." if ends else "")


def _capitals(match: re.Match[str], context: Context) -> str | None:
    word = match.group()
    if shouted(word, f"{context.before} {context.after}"):
        return None
    said = letters(word)
    return said if said != word else None


BOX: Final = Kind(pattern(r"(?<![\w.])P\.?\s?O\.?\s?(?:Box|BOX|box)(?!\w)"), _box, figures=False)
NUMBER_SIGN: Final = Kind(
    pattern(
        r"""
        (?<![\w.])
        (?: (?P<word>(?:No|NO|no)s?\.(?=\s?[A-Z]{0,8}-?[0-9]) | No(?=\s[0-9]) | [Nn]o\.(?=\sof\s)) )
          | (?<![0-9_&\#])[\#№]\s?(?=[A-Z]{0,8}-?[0-9])
        """
    ),
    _number,
    frozenset({"word"}),
    inside=True,
)
WEEKDAYS: Final = Kind(
    pattern(
        rf"""
        (?<![\w-])
        (?: (?P<since>{one_of(_WEEKDAYS)})\.?(?:\s?[-–]\s?|\sto\s)(?P<until>{one_of(_WEEKDAYS)})
          | (?P<day>Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri)
          | (?P<odd>Sat|Sun)(?:\.(?=\s?[0-9])|(?=,?\s[0-9])) )
        (?!\w)(?:\.(?=\s*\S))?
        """
    ),
    _weekdays,
    figures=False,
)
ENGLISH: Final = Kind(
    pattern(
        rf"""
        (?<![\w.])
        (?: (?P<word>{one_of(_ENGLISH)})(?: (?P<point>\.) | (?=:) )
          | (?P<bare>{one_of(_WITHOUT_POINT)})(?![\w.]) )
        """,
        any_case=True,
    ),
    _english,
    figures=False,
)
ARABIC: Final = Kind(
    pattern(
        rf"""
        (?<![\w.ـ])
        (?: (?P<word>{one_of(_ARABIC)})(?!\w)(?P<point>\.)?
          | (?<![0-9]\s)(?P<title>{one_of(_ARABIC_TITLES)})\.(?=\s?[ء-ي]{{2}}) )
        """
    ),
    _arabic,
    figures=False,
)
DOTTED: Final = Kind(
    pattern(r"(?<![\w.])(?:(?:[A-Za-z]\.){2,6}(?:[A-Za-z](?![\w.]))?|[A-Z]/[A-Z](?![\w/]))"),
    _dotted,
    figures=False,
)
CAPITALS: Final = Kind(pattern(r"(?<![\w'.-])[A-Z]{2,6}s?(?!\w)"), _capitals, figures=False)
