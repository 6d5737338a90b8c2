"""Sentences and clauses."""

import pytest

from sipagent.text.clauses import MAX_WORDS
from sipagent.text.clauses import clauses as clauses_of
from sipagent.text.sentences import sentences


def clauses(text: str) -> list[str]:
    return [clause.text for clause in clauses_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("أهلا. كيف حالك؟ جيد!", ["أهلا.", "كيف حالك؟", "جيد!"]),
        ("It costs 12.5 dirhams. Pay now", ["It costs 12.5 dirhams.", "Pay now"]),
        ("Open from 8 a.m. to 6 p.m. on Friday.", ["Open from 8 a.m. to 6 p.m. on Friday."]),
        ("We close at 6 p.m. Come early.", ["We close at 6 p.m.", "Come early."]),
        ("First line\nsecond line", ["First line", "second line"]),
        ("Wait... what?!", ["Wait...", "what?!"]),
        ("", []),
        (" ... ؟ ", []),
    ],
)
def test_sentences_end_at_final_marks_only(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_clause_ends_at_a_comma_of_either_script() -> None:
    assert clauses("the visit is free, when the fault is ours") == [
        "the visit is free,",
        "when the fault is ours",
    ]
    assert clauses("زيارة المهندس مجانية، عندما يكون العطل عندنا") == [
        "زيارة المهندس مجانية،",
        "عندما يكون العطل عندنا",
    ]


def test_a_comma_after_two_words_does_not_cut() -> None:
    assert clauses("Yes, of course we can help you.") == ["Yes, of course we can help you."]


LONG = [
    "Our branches are open from 8 in the morning to 6 in the evening on every working day",
    "إذا كنت مالك البيت أحضر سند الملكية بدلا من عقد الإيجار وبطاقة الهوية إلى أي فرع قبل الموعد",
    " ".join(f"word{number}" for number in range(60)),
]


@pytest.mark.parametrize("text", LONG)
def test_long_text_is_cut_into_speakable_clauses_and_loses_no_word(text: str) -> None:
    found = clauses(text)
    assert " ".join(found) == text
    assert all(len(clause.split()) <= MAX_WORDS for clause in found)


def test_a_number_is_not_cut_from_what_it_counts() -> None:
    for clause in clauses(LONG[0]):
        assert clause.split()[-1] not in {"8", "6", "the", "in"}
