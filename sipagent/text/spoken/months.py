"""Names of months, Gregorian and Hijri, in both languages. Knows no dates."""

from dataclasses import dataclass
from typing import Final

from sipagent.text.word_list import word_list

_GREGORIAN_EN: Final = word_list(
    "January February March April May June July August September October November December"
)
_GREGORIAN_AR: Final = word_list(
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"
)
_HIJRI_EN: Final = (
    "Muharram", "Safar", "Rabi al-Awwal", "Rabi al-Thani", "Jumada al-Awwal", "Jumada al-Thani",
    "Rajab", "Shaban", "Ramadan", "Shawwal", "Dhul Qadah", "Dhul Hijjah",
)  # fmt: skip
_HIJRI_AR: Final = (
    "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة",
    "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذو الحجة",
)  # fmt: skip
# other spellings, by the month's number
_ALSO_GREGORIAN: Final = {
    1: "Jan كانون~الثاني", 2: "Feb شباط", 3: "Mar آذار", 4: "Apr ابريل إبريل نيسان", 5: "أيار",
    6: "Jun يونية حزيران", 7: "Jul يولية تموز", 8: "Aug اغسطس آب", 9: "Sept Sep أيلول",
    10: "Oct اكتوبر تشرين~الأول", 11: "Nov تشرين~الثاني", 12: "Dec كانون~الأول",
}  # fmt: skip
_ALSO_HIJRI: Final = {
    1: "المحرم Moharram", 3: "Rabi~al-awwal Rabi~I Rabi'~al-Awwal Rabi~ul~Awwal",
    4: "ربيع~الثاني Rabi~II Rabi'~al-Thani Rabi'~al-Akhir Rabi~al-Akhir",
    5: "جمادى~الاولى Jumada~I Jumada~al-Ula Jumada~al-Awwal",
    6: "جمادى~الثانية جمادى~الاخرة Jumada~II Jumada~al-Akhirah Jumada~al-Akhira",
    7: "رجب", 8: "Sha'ban Shaaban", 9: "Ramadhan", 10: "Shawal",
    11: "ذي~القعدة ذوالقعدة Dhu~al-Qidah Dhu~al-Qadah Dhul-Qadah Dhul~Qidah Dhu~al-Qi'dah",
    12: "ذي~الحجة ذوالحجة Dhu~al-Hijjah Dhul-Hijjah Dhu~al-Hijja Dhul~Hijja Zul~Hijjah",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its names. In Arabic as it stands behind a day: "ذي الحجة"."""

    english: str
    arabic: str
    hijri: bool


def _read() -> dict[str, Month]:
    found: dict[str, Month] = {}
    for hijri, english, arabic, also in (
        (False, _GREGORIAN_EN, _GREGORIAN_AR, _ALSO_GREGORIAN),
        (True, _HIJRI_EN, _HIJRI_AR, _ALSO_HIJRI),
    ):
        for number, names in enumerate(zip(english, arabic, strict=True), start=1):
            month = Month(names[0], names[1].replace("ذو ", "ذي "), hijri)
            others = also.get(number, "").replace("~", "_").split()
            for name in (*names, *(other.replace("_", " ") for other in others)):
                found[name] = month
                if name.isascii():
                    found[name.upper()] = month
    return found


MONTHS: Final = _read()


def gregorian(number: int) -> Month:
    """A month by its number, 1 to 12."""
    return MONTHS[_GREGORIAN_EN[number - 1]]


def hijri(number: int) -> Month:
    """A month of the Hijri year by its number, 1 to 12."""
    return MONTHS[_HIJRI_EN[number - 1]]
