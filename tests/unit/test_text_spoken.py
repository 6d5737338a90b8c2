"""How written amounts, times and numbers are said."""

import pytest

from sipagent.text.language import Language
from sipagent.text.numbers_ar import cardinal, counted, dirhams
from sipagent.text.spoken import said, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The fee is AED 25.", "The fee is 25 dirhams."),
        ("Pay 1 AED or Dhs 1,000", "Pay 1 dirham or 1000 dirhams"),
        ("AED 25.50", "25 dirhams and 50 fils"),
        ("AED 0.75", "75 fils"),
        ("٢٥ dirhams", "25 dirhams"),
        ("at 8:30 a.m. today", "at 8 30 am today"),
        ("at 18:00", "at 6 pm"),
        ("at 8:05", "at 8 oh 5"),
        ("at 12:00", "at 12 o'clock"),
        ("12.5% more", "12.5 percent more"),
        ("call 800 1234", "call eight zero zero, one two three four"),
        ("800 dirhams", "800 dirhams"),
        (
            "call +971 50 123 4567 now",
            "call plus nine seven one, five zero, one two three, four five six seven now",
        ),
        ("0501234567", "zero five zero, one two three, four five six seven"),
        ("help@noor.ae", "help at noor dot ae"),
        ("the 5G plan for 24 hours", "the 5G plan for 24 hours"),
    ],
)
def test_english_is_said_as_people_read_it(text: str, expected: str) -> None:
    assert said(text, Language.EN) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25 درهما", "خمسة وعشرون درهما"),
        ("AED 200", "مئتان درهم"),
        ("سعره ٢٥٫٥٠ درهم", "سعره خمسة وعشرون درهما وخمسون فلسا"),
        ("10 دراهم", "عشرة دراهم"),
        ("خلال 3 أيام", "خلال ثلاثة أيام"),
        ("بعد 4 ساعات", "بعد أربع ساعات"),
        ("بعد 1 ساعة", "بعد ساعة واحدة"),
        ("30 دقيقة", "ثلاثون دقيقة"),
        ("12 دفعة", "اثنتا عشرة دفعة"),
        ("12 شهرا", "اثنا عشر شهرا"),
        ("50 بالمئة", "خمسون بالمئة"),
        ("50%", "خمسون بالمئة"),
        ("من 8 صباحا إلى 6 مساء", "من ثمانية صباحا إلى ستة مساء"),
        ("الساعة 18:30", "الساعة الساعة ستة والنصف مساء"),
        ("خدمة 5G سريعة", "خدمة 5G سريعة"),
        ("اتصل على 0501234567", "اتصل على صفر خمسة صفر، واحد اثنان ثلاثة، أربعة خمسة ستة سبعة"),
    ],
)
def test_arabic_is_said_with_its_agreements(text: str, expected: str) -> None:
    assert said(text, Language.AR) == expected.replace("الساعة الساعة", "الساعة")


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
        (1_500_000, "مليون وخمسمئة ألف"),
        (-7, "ناقص سبعة"),
    ],
)
def test_arabic_cardinals(number: int, words: str) -> None:
    assert cardinal(number) == words


def test_arabic_amounts_agree_with_their_last_two_digits() -> None:
    assert dirhams(1) == "درهم واحد"
    assert dirhams(2) == "درهمان"
    assert dirhams(103) == "مئة وثلاثة دراهم"
    assert dirhams(111) == "مئة وأحد عشر درهما"
    assert dirhams(0, 50) == "خمسون فلسا"
    assert counted(18, "دقيقة") == "ثماني عشرة دقيقة"


@pytest.mark.parametrize(
    "text",
    [
        "It costs AED 25.50, or Dh 1,000 on +971 50 123 4567.",
        "سعره ٢٥٫٥٠ درهم من 8 صباحا، و 12 دفعة.",
        "8:30 a.m. (or 18:00) – help@noor.ae",
    ],
)
def test_what_was_written_survives_in_the_units(text: str) -> None:
    for language in Language:
        assert " ".join(unit.written for unit in units(text, language)) == text
