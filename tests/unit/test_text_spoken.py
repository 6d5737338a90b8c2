"""How written amounts, dates, times, numbers and names are said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipagent.text.language import Language
from sipagent.text.spoken import said, units
from sipagent.text.word_list import word_list

EN = [
    # money
    ("The fee is AED 25.", "The fee is twenty-five dirhams."),
    ("Pay 1 AED or Dhs 1,000", "Pay one dirham or one thousand dirhams"),
    ("AED 25.50", "twenty-five dirhams and fifty fils"),
    ("AED 1,234.50", "one thousand two hundred and thirty-four dirhams and fifty fils"),
    ("AED 12.05", "twelve dirhams and five fils"),
    ("AED 0.75", "seventy-five fils"),
    ("AED 25.00", "twenty-five dirhams"),
    ("AED 0", "zero dirhams"),
    ("-AED 50 and AED -7", "minus fifty dirhams and minus seven dirhams"),
    ("AED 1.5 million", "one point five million dirhams"),
    ("٢٥ dirhams", "twenty-five dirhams"),
    ("AED 10-20 or 5–10 AED", "ten to twenty dirhams or five to ten dirhams"),
    ("AED 99/month", "ninety-nine dirhams per month"),
    ("$5 and USD 1.01", "five dollars and one dollar and one cent"),
    ("SAR 100, €2.50", "one hundred Saudi riyals, two euros and fifty cents"),
    ("KWD 1.250", "one Kuwaiti dinar and two hundred and fifty fils"),
    ("AED 1,500/- only", "one thousand five hundred dirhams only"),
    ("AED 12.345", "twelve point three four five dirhams"),
    # times
    ("at 8:30 a.m. today", "at eight thirty A.M today"),
    ("at 18:00", "at six P.M"),
    ("at 8:05", "at eight oh five"),
    ("at 12:00", "at twelve o'clock"),
    ("until 00:00", "until midnight"),
    ("8am-5pm", "eight A.M to five P.M"),
    ("7.30 pm", "seven thirty P.M"),
    # digits
    ("call 800 1234", "call eight zero zero, one two three four"),
    ("800 dirhams", "eight hundred dirhams"),
    (
        "call +971 50 123 4567 now",
        "call plus nine seven one, five zero, one two three, four five six seven now",
    ),
    (
        "+971501234567",
        "plus nine seven one, five zero, one two three, four five six seven",
    ),
    ("0501234567", "zero five zero, one two three, four five six seven"),
    ("04 123 4567", "zero four, one two three, four five six seven"),
    ("041234567", "zero four, one two three, four five six seven"),
    ("Call 999 or 112.", "Call nine nine nine or one one two."),
    ("999 dirhams", "nine hundred and ninety-nine dirhams"),
    ("your code is 4821", "your code is four eight two one"),
    ("card ending in 0042", "card ending in zero zero four two"),
    (
        "784-1990-1234567-1",
        "seven eight four, one nine nine zero, one two three four five six seven, one",
    ),
    (
        "AE07 0331 2345 6789 0123 456",
        "A.E zero seven, zero three three one, two three four five, six seven eight nine,"
        " zero one two three, four five six",
    ),
    ("INV/2026/00123", "I.N.V, two zero two six, zero zero one, two three"),
    ("Makani 12345 67890", "Makani one two three four five, six seven eight nine zero"),
    ("order ORD-10234", "order O.R.D, one zero two, three four"),
    ("the 5G plan for 24 hours", "the five G plan for twenty-four hours"),
    ("*100#", "star one zero zero hash"),
    # dates
    ("on 12/03/2026", "on the twelfth of March twenty twenty-six"),
    ("2026-03-12", "the twelfth of March twenty twenty-six"),
    ("12 March 2026", "the twelfth of March twenty twenty-six"),
    ("the 12th of March", "the twelfth of March"),
    ("March 12th, 2026", "March twelfth twenty twenty-six"),
    ("03/25/2026", "the twenty-fifth of March twenty twenty-six"),
    ("1 Ramadan 1447", "the first of Ramadan fourteen forty-seven"),
    ("1 Ramadan 1447 AH", "the first of Ramadan fourteen forty-seven Hijri"),
    ("due 05/12", "due the fifth of December"),
    (
        "in 2026, from 2024–2026",
        "in twenty twenty-six, from twenty twenty-four to twenty twenty-six",
    ),
    ("in 2005 and the 1990s", "in two thousand and five and the nineteen nineties"),
    ("2026-03-12T14:30", "the twelfth of March twenty twenty-six at two thirty P.M"),
    # measures and shares
    ("12.5% more", "twelve point five percent more"),
    ("5%-10%", "five to ten percent"),
    ("1 km, 5 km, 20 m²", "one kilometre, five kilometres, twenty square metres"),
    ("100Mbps and 3 GB", "one hundred megabits per second and three gigabytes"),
    ("-5°C to 42 °C", "minus five degrees Celsius to forty-two degrees Celsius"),
    ("10 x 20 cm", "ten by twenty centimetres"),
    # plain numbers
    ("8-10 days", "eight to ten days"),
    ("8 - 10 days", "eight to ten days"),
    ("1st, 22nd and 101st", "first, twenty-second and one hundred and first"),
    ("1/2, 2 1/2 and 3/4", "one half, two and a half and three quarters"),
    ("½ hour", "one half hour"),
    ("24/7", "twenty-four seven"),
    ("version 2.17.1", "version two point seventeen point one"),
    ("12.05", "twelve point zero five"),
    ("-5 or +5", "minus five or plus five"),
    ("1,000,000,000,000", "one trillion"),
    ("9/11", "nine slash eleven"),
    ("No. 5, #7", "number five, number seven"),
    ("No. I cannot", "No. I cannot"),
    ("No 5, no. of days", "number five, number of days"),
    ("Ref# 12345", "Ref number one two three, four five"),
    ("~5 days, 5+ years, >10%", "about five days, five plus years, more than ten percent"),
    ("2x faster", "two times faster"),
    ("dial 1-2-3", "dial one, two, three"),
    # addresses
    ("help@noor.ae", "help at noor dot A.E"),
    ("see www.noor.com/my-bill.", "see noor dot com slash my dash bill."),
    ("https://noor.ae/pay?x=1", "noor dot A.E slash pay"),
    # abbreviations
    ("Dr. Ahmed, P.O. Box 123", "Doctor Ahmed, P.O Box one two three"),
    ("Palm St. near St. Mary", "Palm Street near Saint Mary"),
    ("e.g. cards, bills, etc.", "for example cards, bills, et cetera."),
    ("KYC, SMS, OTP, VIP and VAT", "K.Y.C, S.M.S, O.T.P, V.I.P and V.A.T"),
    ("DEWA, ADNOC and ADCB", "DEWA, ADNOC and A.D.C.B"),
    ("the U.A.E. and the UAE", "the U.A.E and the U.A.E"),
    ("a SIM, two IDs", "a SIM, two I.D's"),
    ("PLEASE CALL US NOW", "PLEASE CALL US NOW"),
    ("the A/C unit", "the A.C unit"),
    ("Sun-Thu, Fri. 8am", "Sunday to Thursday, Friday eight A.M"),
    ("The Sun is out on Fri.", "The Sun is out on Friday."),
    # signs
    ("R&D and/or Wi-Fi", "R and D and or Wi-Fi"),
    ("2 + 2 = 4", "two plus two equals four"),
]

AR = [
    # money
    ("25 درهما", "خمسة وعشرون درهما"),
    ("25 درهم", "خمسة وعشرون درهما"),
    ("AED 200", "مئتا درهم"),
    ("AED 1 أو AED 2", "درهم واحد أو درهمان"),
    ("AED 1,234.50", "ألف ومئتان وأربعة وثلاثون درهما وخمسون فلسا"),
    ("سعره ٢٥٫٥٠ درهم", "سعره خمسة وعشرون درهما وخمسون فلسا"),
    ("10 دراهم", "عشرة دراهم"),
    ("د.إ. 5", "خمسة دراهم"),
    ("1.5 مليون درهم", "مليون وخمسمئة ألف درهم"),
    ("11,000 درهم", "أحد عشر ألف درهم"),
    ("SAR 5 و SAR 2", "خمسة ريالات سعودية وريالان سعوديان"),
    ("100 دولار أمريكي", "مئة دولار أمريكي"),
    ("99 درهم/شهر", "تسعة وتسعون درهما في الشهر"),
    # counted nouns
    ("خلال 3 أيام", "خلال ثلاثة أيام"),
    ("بعد 4 ساعات", "بعد أربع ساعات"),
    ("بعد 1 ساعة", "بعد ساعة واحدة"),
    ("2 يوم", "يومان"),
    ("5 يوم", "خمسة أيام"),
    ("30 دقيقة", "ثلاثون دقيقة"),
    ("12 دفعة", "اثنتا عشرة دفعة"),
    ("12 شهرا", "اثنا عشر شهرا"),
    ("102 يوم", "مئة يوم ويومان"),
    ("1.5 ساعة", "ساعة ونصف"),
    ("50 بالمئة", "خمسون بالمئة"),
    ("50%", "خمسون بالمئة"),
    # the oblique case
    ("خلال 20 يوما", "خلال عشرين يوما"),
    ("بعد 2 ساعة", "بعد ساعتين"),
    ("تكلف 200 درهم", "تكلف مئتي درهم"),
    ("من 10 إلى 20 درهما", "من عشرة إلى عشرين درهما"),
    ("بين 10 و 20 يوما", "بين عشرة وعشرين يوما"),
    ("20-30 يوما", "عشرون إلى ثلاثين يوما"),
    ("التأخير هي 20 درهما", "التأخير هي عشرون درهما"),
    # particles that are written to a number
    ("ب20 درهما", "بعشرين درهما"),
    ("الـ24 ساعة", "الأربع والعشرون ساعة"),
    ("و30 يوما", "وثلاثون يوما"),
    ("لـ 2 يوم", "ليومين"),
    # times
    ("من 8 صباحا إلى 6 مساء", "من ثمانية صباحا إلى ستة مساء"),
    ("الساعة 18:30", "الساعة السادسة والنصف مساء"),
    ("في 8:45 م", "في الساعة التاسعة إلا ربعا مساء"),
    ("الساعة 1:05", "الساعة الواحدة وخمس دقائق"),
    ("8:30 a.m. غدا", "الساعة الثامنة والنصف صباحا غدا"),
    # dates
    ("١٢ مارس", "الثاني عشر من مارس"),
    ("12/03/2026", "الثاني عشر من مارس ألفين وستة وعشرين"),
    ("في 20 مارس", "في العشرين من مارس"),
    ("١ رمضان ١٤٤٧ هـ", "الأول من رمضان ألف وأربعمئة وسبعة وأربعين هجرية"),
    ("5 ذو الحجة", "الخامس من ذي الحجة"),
    ("عام 2026", "عام ألفين وستة وعشرين"),
    ("2026 درهم", "ألفان وستة وعشرون درهما"),
    # digits
    ("اتصل على 0501234567", "اتصل على صفر خمسة صفر، واحد اثنان ثلاثة، أربعة خمسة ستة سبعة"),
    ("اتصل 999", "اتصل تسعة تسعة تسعة"),
    ("رقم الحساب 12345", "رقم الحساب واحد اثنان ثلاثة، أربعة خمسة"),
    ("خدمة 5G سريعة", "خدمة five G سريعة"),
    # measures, fractions, signs
    ("5 GB و100 Mbps", "خمسة غيغابايت ومئة ميغابت في الثانية"),
    ("42°C", "اثنتان وأربعون درجة مئوية"),
    ("5 m²", "خمسة أمتار مربعة"),
    ("۱۲٫۵ km", "اثنا عشر كيلومترا ونصف"),
    ("-5 درجات", "ناقص خمس درجات"),
    ("1/2 و3/4", "نصف وثلاثة أرباع"),
    ("على بعد 500 م", "على بعد خمسمئة متر"),
    ("الطابق 2 والمرحلة 1", "الطابق الثاني والمرحلة الأولى"),
    ("٪٥", "خمسة بالمئة"),
    ("رقم الطلب #12345", "رقم الطلب واحد اثنان ثلاثة، أربعة خمسة"),
    ("2.25", "اثنان فاصلة خمسة وعشرون"),
    # abbreviations and addresses
    ("ص.ب 1234", "صندوق بريد واحد اثنان ثلاثة أربعة"),
    ("د. أحمد في ش. النخيل", "الدكتور أحمد في شارع النخيل"),
    ("فواتير وعقود إلخ.", "فواتير وعقود إلى آخره."),
    ("راسلنا على help@noor.ae", "راسلنا على help at noor dot A.E"),
    ("تحديث KYC", "تحديث K.Y.C"),
]


@pytest.mark.parametrize(("text", "expected"), EN)
def test_english_is_said_as_people_read_it(text: str, expected: str) -> None:
    assert said(text, Language.EN) == expected


@pytest.mark.parametrize(("text", "expected"), AR)
def test_arabic_is_said_with_its_agreements(text: str, expected: str) -> None:
    assert said(text, Language.AR) == expected


@pytest.mark.parametrize("text", [text for text, _ in EN + AR])
@pytest.mark.parametrize("language", list(Language))
def test_what_was_written_survives_in_the_units(text: str, language: Language) -> None:
    found = units(text, language)
    assert " ".join(unit.written for unit in found) == text
    assert all(unit.said for unit in found)


def test_an_amount_without_words_is_read_in_the_language_around_it() -> None:
    assert said("رصيدك AED 5", Language.EN) == "رصيدك خمسة دراهم"
    assert said("your balance AED 5", Language.AR) == "your balance five dirhams"
    assert said("5 days", Language.AR) == "five days"
    assert said("سرعة 100 Mbps لمدة 5 أيام, then AED 5", Language.AR).endswith("then five dirhams")


def test_what_is_no_date_or_time_is_read_as_numbers() -> None:
    assert "March" not in said("31/02/2026", Language.EN)
    assert "o'clock" not in said("25:99", Language.EN)
    assert said("13/13/2026", Language.EN).startswith("thirteen slash thirteen")


def test_a_number_too_long_for_words_is_read_digit_by_digit() -> None:
    read = said("1" + "0" * 30, Language.EN)
    assert read.replace(",", "").split() == ["one"] + ["zero"] * 30
    assert said("AED " + "9" * 40, Language.EN).endswith("nine dirhams")
    assert said("9" * 5000 + ".5 km", Language.AR)


def test_direction_marks_and_broken_characters_are_not_said() -> None:
    assert said("\u200f\u202bAED 25\u202c", Language.EN) == "twenty-five dirhams"
    assert said("a\ud800b", Language.EN).encode()
    assert said("25\u2009km", Language.EN) == "twenty-five kilometres"


PIECES = word_list(
    "AED 1,234.50 +971 50 123 4567 12/03/2026 8:30 a.m. 5G 12% km GB و ب ل ال الـ د.إ درهم يوم"
    " ساعة صباحا مارس هـ ( ) - – , . ، : / & # * a@b.ae www.x.ae Dr. KYC 1 2 31 2026 ١٢ ۳ 😀 <b> ½"
    " 784-1990-1234567-1 ORD-10234 No. 1/2 °C the call code بعد من \u200f"
)


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " "])), max_size=12))
@settings(max_examples=300, deadline=None)
def test_no_text_loses_a_written_word(parts: list[tuple[str, str]]) -> None:
    text = "".join(piece + space for piece, space in parts)
    expected = text.replace("\u200f", "").split()
    for language in Language:
        assert " ".join(unit.written for unit in units(text, language)).split() == expected


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_without_an_error_and_can_be_encoded(text: str) -> None:
    for language in Language:
        said(text, language).encode()
