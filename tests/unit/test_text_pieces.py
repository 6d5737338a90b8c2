"""Sentences and clauses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipagent.text.clauses import (
    BREATH_PAUSE_MS,
    CLAUSE_PAUSE_MS,
    COLON_PAUSE_MS,
    MAX_WORDS,
    SENTENCE_PAUSE_MS,
    clauses,
)
from sipagent.text.language import Language
from sipagent.text.sentences import sentences


def texts(text: str) -> list[str]:
    return [clause.text for clause in clauses(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("أهلا. كيف حالك؟ جيد!", ["أهلا.", "كيف حالك؟", "جيد!"]),
        ("It costs 12.5 dirhams. Pay now", ["It costs 12.5 dirhams.", "Pay now"]),
        ("Open from 8 a.m. to 6 p.m. on Friday.", ["Open from 8 a.m. to 6 p.m. on Friday."]),
        ("We close at 6 p.m. Come early.", ["We close at 6 p.m.", "Come early."]),
        ("Ask Dr. Ahmed at P.O. Box 5. Thanks", ["Ask Dr. Ahmed at P.O. Box 5.", "Thanks"]),
        ("Tel. 04 123. No. 5 is free. No. I go", ["Tel. 04 123.", "No. 5 is free.", "No.", "I go"]),
        ("اسأل د. أحمد. شكرا", ["اسأل د. أحمد.", "شكرا"]),
        ("It is by J. Smith. Read it", ["It is by J. Smith.", "Read it"]),
        ("First line\nsecond line", ["First line", "second line"]),
        ("Wait... what?!", ["Wait...", "what?!"]),
        ("", []),
        (" ... ؟ ", []),
    ],
)
def test_sentences_end_at_final_marks_only(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_clause_ends_at_a_comma_of_either_script() -> None:
    assert texts("the visit is free, when the fault is ours") == [
        "the visit is free,",
        "when the fault is ours",
    ]
    assert texts("زيارة المهندس مجانية، عندما يكون العطل عندنا") == [
        "زيارة المهندس مجانية،",
        "عندما يكون العطل عندنا",
    ]


def test_a_comma_after_two_words_does_not_cut() -> None:
    assert texts("Yes, of course we can help you.") == ["Yes, of course we can help you."]


def test_the_pause_after_a_clause_is_that_of_its_mark() -> None:
    found = clauses(
        "you need these papers: your identity card, the lease you signed. Bring them", Language.EN
    )
    assert [clause.pause_ms for clause in found] == [
        COLON_PAUSE_MS,
        CLAUSE_PAUSE_MS,
        SENTENCE_PAUSE_MS,
        CLAUSE_PAUSE_MS,
    ]
    long, _ = clauses("word " * 20, Language.EN)
    assert long.pause_ms == BREATH_PAUSE_MS


def test_a_line_without_a_full_stop_is_a_sentence() -> None:
    first, second = clauses("Your plans\nBasic", Language.EN)
    assert (first.text, first.pause_ms, second.text) == ("Your plans", SENTENCE_PAUSE_MS, "Basic")


LONG = [
    "Our branches are open from 8 in the morning to 6 in the evening on every working day",
    "إذا كنت مالك البيت أحضر سند الملكية بدلا من عقد الإيجار وبطاقة الهوية إلى أي فرع قبل الموعد",
    " ".join(f"word{number}" for number in range(60)),
    " ".join(["and"] * 500),
]


@pytest.mark.parametrize("text", LONG)
def test_long_text_is_cut_into_speakable_clauses_and_loses_no_word(text: str) -> None:
    found = texts(text)
    assert " ".join(found) == text
    assert all(len(clause.split()) <= MAX_WORDS for clause in found)


def test_a_number_is_not_cut_from_what_it_counts() -> None:
    for clause in texts(LONG[0]):
        assert clause.split()[-1] not in {"8", "6", "the", "in"}


@pytest.mark.parametrize(
    "whole", ["+971 50 123 4567", "12 March 2026", "AED 1,234.50", "P.O. Box 1234", "8:30 a.m."]
)
def test_what_is_read_as_one_is_never_cut(whole: str) -> None:
    for words in range(14):
        text = f"{'please come ' * words}{whole} if you would like to come here again"
        assert any(whole in clause for clause in texts(text))


def test_a_clause_keeps_what_is_written_beside_what_is_said() -> None:
    [clause] = clauses("Pay AED 25.50 now.", Language.EN)
    assert clause.said() == "Pay twenty-five dirhams and fifty fils now."
    assert [unit.written for unit in clause.units] == ["Pay", "AED 25.50", "now."]
    assert clause.language is Language.EN


def test_without_a_language_the_words_decide() -> None:
    assert clauses("رصيدك الآن 5 دراهم")[0].language is Language.AR
    assert clauses("5")[0].language is Language.EN


def test_nothing_to_say_has_no_clauses() -> None:
    for text in ("", "  ", "...", "؟!", "\n\n", "<break/>", "<emphasis></emphasis>", "\u200f"):
        assert clauses(text) == []


@given(st.text(alphabet='ab 1.,،؛:;!?؟-–\n("د5', max_size=120))
@settings(max_examples=300, deadline=None)
def test_no_text_loses_a_word_in_its_clauses(text: str) -> None:
    whole = " ".join(sentences(text)).split()
    assert " ".join(texts(text)).split() == whole
    assert all(clause.text and clause.said() for clause in clauses(text))
