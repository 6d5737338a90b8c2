"""Folding, stemming and tokens, as search compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipagent.text.arabic import fold, strip_marks
from sipagent.text.digits import ascii_digits
from sipagent.text.distance import within
from sipagent.text.language import Language
from sipagent.text.script import languages_of
from sipagent.text.stemming import stem
from sipagent.text.words import tokens, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("أإآا", "اااا"),
        ("هدى", "هدي"),
        ("فاتورة", "فاتوره"),
        ("مَرْحَبًا", "مرحبا"),
        ("مرحـــبا", "مرحبا"),
        ("\u200fنور\u200e", "نور"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("گهوة", "قهوه"),
        ("WiFi", "wifi"),
        ("ﻻ", "لا"),
    ],
)
def test_folding_gives_one_form(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_ascii_digits_keeps_every_offset(text: str) -> None:
    assert len(ascii_digits(text)) == len(text)


def test_stripping_marks_keeps_the_letters_as_they_are_written() -> None:
    assert strip_marks("أُهْــلًا") == "أهلا"


@pytest.mark.parametrize(
    "forms",
    [
        ["pay", "paying", "payment", "payments"],
        ["cancel", "cancelled", "cancelling"],
        ["branch", "branches"],
        ["activate", "activated", "activating", "activation"],
        ["company", "companies"],
        ["close", "closed", "closing"],
    ],
)
def test_english_forms_share_a_stem(forms: list[str]) -> None:
    assert len({stem(form, Language.EN) for form in forms}) == 1


@pytest.mark.parametrize(
    "forms",
    [
        ["الفاتورة", "فاتورتي", "فاتورتك", "وفاتورة", "بالفاتورة"],
        ["دفع", "أدفع", "يدفع", "تدفعون", "الدفع", "دفعت", "لدفع"],
        ["فرع", "فروع", "فرعكم", "فروعكم"],
        ["عطل", "أعطال", "الأعطال"],
        ["إغلاق", "أغلق", "تغلق"],
        ["تقسيط", "أقساط", "قسط"],
        ["مقفل", "مقفلة"],
        ["شهر", "شهور", "الشهر"],
    ],
)
def test_arabic_forms_share_a_stem(forms: list[str]) -> None:
    assert len({stem(fold(form), Language.AR) for form in forms}) == 1


def test_tokens_leave_out_small_words_of_both_languages() -> None:
    assert tokens("how do i pay my bill please", Language.EN) == ("pay", "bill")
    assert tokens("لو سمحت أبغى أدفع الفاتورة", Language.AR) == ("دفع", "فاتور")


def test_a_word_of_the_other_script_is_stemmed_in_its_own_language() -> None:
    assert tokens("كم سعر SIM cards", Language.AR)[1:] == ("sim", "card")


def test_words_keep_everything_in_order() -> None:
    assert words("I'd like 2, please!") == ("i'd", "like", "2", "please")


def test_a_number_belongs_to_the_language_before_it() -> None:
    found = languages_of(["شغل", "Wi-Fi", "5", "ثم", "3"], Language.AR)
    assert [one.value for one in found] == ["ar", "en", "en", "ar", "ar"]


@pytest.mark.parametrize(
    ("one", "other", "most", "expected"),
    [
        ("agent", "agent", 0, True),
        ("agent", "agend", 1, True),
        ("agent", "urgent", 1, False),
        ("agent", "urgent", 2, True),
        ("", "ab", 2, True),
        ("abc", "cba", 1, False),
    ],
)
def test_distance_counts_letters(one: str, other: str, most: int, expected: bool) -> None:
    assert within(one, other, most) is expected
    assert within(other, one, most) is expected
