"""The language of the replies follows the caller, and does not flip at each foreign word."""

from copy import copy

import pytest

from sipagent.dialog.reply_language import ReplyLanguage, asked_language
from sipagent.text.language import Language
from sipagent.text.words import words

EN, AR = Language.EN, Language.AR


SPOKEN = {EN: "how much is my bill", AR: "كم سعر الكهرباء عندكم"}


def after(first: Language, *turns: tuple[str, Language]) -> Language:
    """The language after some turns of a caller who has begun in the first one."""
    reply = ReplyLanguage(first, ["Noor Gold", "باقة الماس"])
    reply.hear(SPOKEN[first], first, 0.9)
    for text, language in turns:
        reply.hear(text, language, 0.9)
    return reply.language


@pytest.mark.parametrize(
    ("first", "text", "language"),
    [
        (EN, "أبغى أدفع فاتورتي", AR),
        (EN, "كم سعر الكهرباء عندكم هذا الشهر", AR),
        (AR, "how much is my bill", EN),
        (AR, "i lost my card yesterday", EN),
    ],
)
def test_a_clear_sentence_in_the_other_language_changes_it_at_once(
    first: Language, text: str, language: Language
) -> None:
    assert after(first, (text, language)) is language


@pytest.mark.parametrize(
    ("first", "text", "language"),
    [
        (EN, "طيب", AR),
        (EN, "نعم", AR),
        (EN, "أبغى أدفع", AR),
        (EN, "أبغى cancel my line", AR),
        (AR, "okay", EN),
        (AR, "noor gold", EN),
        (AR, "أبغى upgrade my plan", EN),
        (AR, "refund", EN),
        (EN, "", EN),
        (AR, "5 5 0", EN),
    ],
)
def test_a_foreign_word_a_name_or_a_mixed_sentence_changes_nothing(
    first: Language, text: str, language: Language
) -> None:
    assert after(first, (text, language)) is first


def test_the_first_words_of_all_need_not_be_a_sentence() -> None:
    assert ReplyLanguage(EN).hear("النت مقطوع", AR, 0.9) is AR
    assert ReplyLanguage(AR).hear("refund", EN, 0.9) is EN


@pytest.mark.parametrize(
    ("text", "language", "confidence"),
    [
        ("أبغى upgrade my plan", EN, 0.9),
        ("okay", EN, 0.9),
        ("refund", EN, 0.3),
        ("refund", AR, 0.9),
    ],
)
def test_first_words_that_are_mixed_shared_or_badly_heard_change_nothing(
    text: str, language: Language, confidence: float
) -> None:
    assert ReplyLanguage(AR).hear(text, language, confidence) is AR


def test_words_that_tell_no_language_leave_the_first_turn_to_come() -> None:
    reply = ReplyLanguage(EN)
    reply.hear("ألو", AR, 0.9)
    assert reply.hear("النت مقطوع", AR, 0.9) is AR


def test_two_unclear_turns_in_the_other_language_change_it() -> None:
    assert after(EN, ("أبغى أدفع", AR), ("فاتورتي", AR)) is AR
    assert after(EN, ("أبغى أدفع", AR), ("my bill", EN), ("فاتورتي", AR)) is EN


def test_words_of_both_languages_and_names_never_add_up() -> None:
    shared = [("طيب", AR), ("شكرا", AR), ("نعم", AR), ("باقة الماس", AR), ("تمام", AR)]
    assert after(EN, *shared) is EN
    assert after(AR, ("okay", EN), ("yes please", EN), ("noor gold", EN), ("thank you", EN)) is AR


def test_a_clear_sentence_that_was_badly_heard_needs_a_second_one() -> None:
    reply = ReplyLanguage(EN)
    assert reply.hear("أبغى أدفع فاتورتي", AR, 0.2) is EN
    assert reply.hear("أبغى أدفع فاتورتي", AR, 0.2) is AR


def test_a_recogniser_that_disagrees_with_the_script_is_no_clear_sentence() -> None:
    reply = ReplyLanguage(AR)
    assert reply.hear("shlonak shakhbarak wallah", AR, 0.9) is AR


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("english please", EN),
        ("can we speak english", EN),
        ("arabic", AR),
        ("بالعربي لو سمحت", AR),
        ("ممكن نتكلم انجليزي", EN),
        ("i don't speak english", AR),
        ("ما أعرف عربي", EN),
    ],
)
def test_a_request_changes_it_at_once(text: str, language: Language) -> None:
    reply = ReplyLanguage(language.other)
    assert reply.hear(text, language, 0.3) is language
    assert reply.asked


@pytest.mark.parametrize(
    "text",
    [
        "i want the bill in arabic",
        "is there someone who speaks arabic",
        "i want an arabic teacher",
        "أبغى الفاتورة بالإنجليزي",
        "why is the arabic option so slow",
        "arabic or english",
        "how much is it",
        "",
    ],
)
def test_a_language_that_is_only_spoken_of_is_not_asked_for(text: str) -> None:
    assert asked_language(words(text)) is None


def test_whoever_serves_the_caller_may_switch() -> None:
    reply = ReplyLanguage(EN)
    reply.switch(AR)
    assert reply.language is AR
    assert not reply.asked


def test_a_tenant_of_one_language_replies_in_no_other() -> None:
    reply = ReplyLanguage(EN, languages=[EN])
    assert reply.hear("كم سعر الكهرباء عندكم", AR, 0.9) is EN
    assert reply.hear("بالعربي لو سمحت", AR, 0.9) is EN


def test_a_copy_goes_on_without_the_original() -> None:
    reply = ReplyLanguage(EN)
    reply.hear("my bill", EN, 0.9)
    reply.hear("أبغى أدفع", AR, 0.9)
    tried = copy(reply)
    assert tried.hear("فاتورتي", AR, 0.9) is AR
    assert reply.language is EN


@pytest.mark.parametrize("text", ["🙂", "\x00", "x" * 100_000, "؟؟؟", "ok " * 20_000])
def test_hostile_text_changes_nothing(text: str) -> None:
    assert after(AR, (text, AR), (text, AR)) in {AR, EN}
