"""Numbers in words, in English and in Arabic with the nouns that they count."""

import pytest

from sipagent.text import numbers_ar, numbers_en
from sipagent.text.nouns_ar import noun
from sipagent.text.numbers_ar import cardinal, counted, dirhams


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "صفر"),
        (11, "أحد عشر"),
        (18, "ثمانية عشر"),
        (99, "تسعة وتسعون"),
        (100, "مئة"),
        (105, "مئة وخمسة"),
        (1000, "ألف"),
        (2026, "ألفان وستة وعشرون"),
        (3000, "ثلاثة آلاف"),
        (11_000, "أحد عشر ألفا"),
        (100_000, "مئة ألف"),
        (200_000, "مئتا ألف"),
        (1_500_000, "مليون وخمسمئة ألف"),
        (2_000_000_000_000, "تريليونان"),
        (-7, "ناقص سبعة"),
    ],
)
def test_arabic_cardinals(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (15, "fifteen"),
        (40, "forty"),
        (99, "ninety-nine"),
        (100, "one hundred"),
        (105, "one hundred and five"),
        (1_005, "one thousand and five"),
        (1_234, "one thousand two hundred and thirty-four"),
        (1_000_000, "one million"),
        (10**15 - 1, numbers_en.cardinal(10**15 - 1)),
        (10**15, "one" + " zero" * 15),
        (-7, "minus seven"),
    ],
)
def test_english_cardinals(number: int, words: str) -> None:
    assert numbers_en.cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "first"),
        (5, "fifth"),
        (12, "twelfth"),
        (20, "twentieth"),
        (101, "one hundred and first"),
    ],
)
def test_english_ordinals(number: int, words: str) -> None:
    assert numbers_en.ordinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1900, "nineteen hundred"),
        (1905, "nineteen oh five"),
        (1999, "nineteen ninety-nine"),
        (2000, "two thousand"),
        (2007, "two thousand and seven"),
        (2026, "twenty twenty-six"),
        (1447, "fourteen forty-seven"),
    ],
)
def test_english_years(number: int, words: str) -> None:
    assert numbers_en.year(number) == words


def test_decades_and_fractions_in_english() -> None:
    assert numbers_en.decade(1990) == "nineteen nineties"
    assert numbers_en.decade(1900) == "nineteen hundreds"
    assert numbers_en.fraction(3, 4) == "three quarters"
    assert numbers_en.fraction(1, 8) == "one eighth"


def test_arabic_amounts_agree_with_their_last_two_digits() -> None:
    assert dirhams(1) == "درهم واحد"
    assert dirhams(2) == "درهمان"
    assert dirhams(103) == "مئة وثلاثة دراهم"
    assert dirhams(111) == "مئة وأحد عشر درهما"
    assert dirhams(200) == "مئتا درهم"
    assert dirhams(0, 50) == "خمسون فلسا"
    assert dirhams(2, 2) == "درهمان وفلسان"
    assert dirhams(1001) == "ألف درهم ودرهم واحد"


@pytest.mark.parametrize(
    ("number", "word", "words"),
    [
        (1, "ساعة", "ساعة واحدة"),
        (2, "دقيقة", "دقيقتان"),
        (3, "شهر", "ثلاثة أشهر"),
        (3, "سنة", "ثلاث سنوات"),
        (8, "ليلة", "ثماني ليال"),
        (10, "رسالة", "عشر رسائل"),
        (11, "ساعة", "إحدى عشرة ساعة"),
        (12, "يوم", "اثنا عشر يوما"),
        (18, "دقيقة", "ثماني عشرة دقيقة"),
        (21, "ساعة", "إحدى وعشرون ساعة"),
        (22, "سنة", "اثنتان وعشرون سنة"),
        (100, "يوم", "مئة يوم"),
        (2000, "متر", "ألفا متر"),
        (5, "غيغابايت", "خمسة غيغابايت"),
        (4, "فيلا", "أربع فلل"),
        (3, "ريالات", "ثلاثة ريالات"),
        (7, "أشياء", "سبعة أشياء"),
        (200, "أشياء", "مئتا أشياء"),
    ],
)
def test_a_number_and_its_noun_agree(number: int, word: str, words: str) -> None:
    assert counted(number, word) == words


def test_a_noun_is_known_by_each_of_its_forms() -> None:
    assert {noun(form) for form in ("يوم", "يومان", "أيام", "يوما", "ايام")} == {noun("يوم")}
    assert noun("كتكوت") is None
    assert numbers_ar.is_feminine("أيام") is False
    assert numbers_ar.is_feminine("دقائق") is True


def test_arabic_ordinals_have_two_genders() -> None:
    assert numbers_ar.ordinal(1) == "الأول"
    assert numbers_ar.ordinal(1, feminine=True) == "الأولى"
    assert numbers_ar.ordinal(12) == "الثاني عشر"
    assert numbers_ar.ordinal(11, feminine=True) == "الحادية عشرة"
    assert numbers_ar.ordinal(21) == "الحادي والعشرون"
    assert numbers_ar.ordinal(30) == "الثلاثون"
    assert numbers_ar.ordinal(120) == "رقم مئة وعشرون"


@pytest.mark.parametrize(
    ("words", "behind_a_preposition"),
    [
        ("عشرون درهما", "عشرين درهما"),
        ("اثنان وعشرون يوما", "اثنين وعشرين يوما"),
        ("مئتا درهم", "مئتي درهم"),
        ("يومان", "يومين"),
        ("الحادي والعشرون", "الحادي والعشرين"),
        ("ريالان سعوديان", "ريالين سعوديين"),
        ("اثنا عشر شهرا", "اثني عشر شهرا"),
        ("خمسة أيام", "خمسة أيام"),
    ],
)
def test_numbers_have_an_oblique_case(words: str, behind_a_preposition: str) -> None:
    assert numbers_ar.in_oblique(words) == behind_a_preposition


def test_years_decimals_and_fractions_in_arabic() -> None:
    assert numbers_ar.year(2022) == "ألفين واثنين وعشرين"
    assert numbers_ar.decimal(1, "05") == "واحد فاصلة صفر خمسة"
    assert numbers_ar.fraction(2, 3) == "ثلثان"
    assert numbers_ar.fraction(5, 12) == "خمسة على اثنا عشر"
