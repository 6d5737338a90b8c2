"""Marks for how a text is spoken."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipagent.text.clauses import Clause, clauses
from sipagent.text.language import Language
from sipagent.text.marks import (
    FASTEST,
    LONGEST_BREAK_MS,
    MOST_SILENCE_MS,
    SLOWEST,
    Manner,
    SayAs,
    read,
    without_marks,
)
from sipagent.text.spoken.say_as import read_as
from sipagent.text.word_list import word_list


def one(text: str, language: Language = Language.EN) -> Clause:
    [clause] = clauses(text, language)
    return clause


@pytest.mark.parametrize(
    ("mark", "manner"),
    [
        ('<prosody rate="slow">', Manner(pace=0.8)),
        ('<prosody rate="fast">', Manner(pace=1.2)),
        ('<prosody rate="90%">', Manner(pace=0.9)),
        ('<prosody rate="+20%">', Manner(pace=1.2)),
        ("<prosody rate='1.1'>", Manner(pace=1.1)),
        ("<emphasis>", Manner(emphasis=True)),
        ('<emphasis level="strong">', Manner(emphasis=True)),
        ('<emphasis level="none">', Manner()),
        ('<style name="calm">', Manner(style="calm")),
        ('<STYLE NAME="Calm">', Manner(style="calm")),
    ],
)
def test_a_mark_gives_the_manner_of_the_words_within(mark: str, manner: Manner) -> None:
    name = mark.strip("<>").split()[0]
    clause = one(f"{mark}hello my friend</{name}>")
    assert (clause.text, clause.manner) == ("hello my friend", manner)


@pytest.mark.parametrize(
    "rate", ["x", "", "0", "-", "1e9", "nan", "%", "9" * 50, "slow; fast", "-300%", "<b>"]
)
def test_a_rate_that_makes_no_sense_keeps_the_pace_within_bounds(rate: str) -> None:
    for clause in clauses(f'<prosody rate="{rate}">hello</prosody>', Language.EN):
        assert SLOWEST <= clause.manner.pace <= FASTEST


def test_marks_within_marks_add_up_and_end_with_their_own() -> None:
    found = clauses(
        '<prosody rate="slow">a slow one <emphasis>with weight</emphasis> and</prosody> a plain one'
    )
    assert [(clause.text, clause.manner.pace, clause.manner.emphasis) for clause in found] == [
        ("a slow one", 0.8, False),
        ("with weight", 0.8, True),
        ("and", 0.8, False),
        ("a plain one", 1.0, False),
    ]
    assert found[0].pause_ms == 0


@pytest.mark.parametrize(
    ("mark", "pause_ms"),
    [
        ('<break time="300ms"/>', 300),
        ('<break time="1s"/>', 1000),
        ('<break time="0.5s">', 500),
        ("<break/>", 300),
        ('<break strength="strong"/>', 500),
        ('<break time="99s"/>', LONGEST_BREAK_MS),
        ('<break time="99s"/> <break time="99s"/>', LONGEST_BREAK_MS),
        ('<break time="-5s"/>', 0),
        ('<break time="soon"/>', 0),
        ('<break time="999999999999s"/>', 0),
    ],
)
def test_a_break_is_silence_with_a_limit(mark: str, pause_ms: int) -> None:
    found = clauses(f"one of them {mark} two of them", Language.EN)
    silence = found[0].pause_ms if len(found) == 2 else 0
    assert silence == pause_ms


def test_a_text_full_of_breaks_cannot_stall_a_call() -> None:
    text = 'word <break time="2s"/>' * 1000
    assert sum(mark.ms for mark in read(text).breaks) == MOST_SILENCE_MS


def test_a_break_behind_a_sentence_is_the_pause_after_it() -> None:
    first, second = clauses('Hello.<break time="700ms"/>Bye.', Language.EN)
    assert (first.text, first.pause_ms) == ("Hello.", 700)
    assert second.text == "Bye."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a <b>bold</b> word", "a bold word"),
        ("a </emphasis> word", "a word"),
        ("<prosody rate=", ""),
        ('<prosody rate="slow" now', "now"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("<!-- secret --> shown", "shown"),
        ("<emphasis", ""),
        ("<emphasising> x", "x"),
        ("one<br>two", "one two"),
    ],
)
def test_broken_and_unknown_tags_are_dropped_and_their_text_stays(text: str, left: str) -> None:
    assert " ".join(without_marks(text).split()) == left


@pytest.mark.parametrize(
    ("kind", "text", "english", "arabic"),
    [
        ("digits", "1234", "one two three four", "واحد اثنان ثلاثة أربعة"),
        ("telephone", "04 123", "zero four, one two three", "صفر أربعة، واحد اثنان ثلاثة"),
        ("date", "12/03", "the twelfth of March", "الثاني عشر من مارس"),
        (
            "date",
            "2026-03-12",
            "the twelfth of March twenty twenty-six",
            "الثاني عشر من مارس ألفين وستة وعشرين",
        ),
        ("time", "1830", "six thirty P.M", "الساعة السادسة والنصف مساء"),
        (
            "currency",
            "25.50",
            "twenty-five dirhams and fifty fils",
            "خمسة وعشرون درهما وخمسون فلسا",
        ),
        ("currency", "$5", "five dollars", "خمسة دولارات"),
        ("cardinal", "0501", "five hundred and one", "خمسمئة وواحد"),
        ("ordinal", "3", "third", "الثالث"),
        ("spell-out", "Ab1", "A.B one", "A.B واحد"),
        ("spell-out", "نور", "نون واو راء", "نون واو راء"),
        ("digits", "none here", "none here", "none here"),
    ],
)
def test_say_as_says_how_to_read(kind: str, text: str, english: str, arabic: str) -> None:
    assert read_as(text, SayAs(kind), Language.EN) == english
    assert read_as(text, SayAs(kind), Language.AR) == arabic


def test_a_say_as_is_one_unit_with_the_marks_around_it() -> None:
    clause = one('your code (<say-as interpret-as="digits">48 21</say-as>), please', Language.EN)
    assert clause.text == "your code (48 21), please"
    assert clause.said() == "your code (four eight, two one), please"
    assert [unit.written for unit in clause.units] == ["your", "code", "(48 21),", "please"]


def test_a_say_as_is_read_in_the_language_before_it() -> None:
    assert one('رمزك <say-as interpret-as="digits">12</say-as>', Language.EN).said() == (
        "رمزك واحد اثنان"
    )


def test_a_sentence_does_not_end_within_a_say_as() -> None:
    clause = one('it is <say-as interpret-as="spell-out">A. B. 1</say-as> there', Language.EN)
    assert clause.said() == "it is A B one there"


def test_a_say_as_that_never_ends_does_nothing() -> None:
    assert one('call <say-as interpret-as="digits">25 dirhams', Language.EN).said() == (
        "call twenty-five dirhams"
    )


def test_another_language_reads_numbers_anew_but_not_what_was_marked() -> None:
    clause = one('5 <say-as interpret-as="digits">12</say-as> 7', Language.EN)
    assert clause.said() == "five one two seven"
    assert clause.said(Language.AR) == "خمسة one two سبعة"


PIECES = [
    *word_list('< > / " = break prosody say-as interpret-as digits time 1s word 12. ، ب <break/>'),
    *word_list("<emphasis> </emphasis> </say-as> </prosody> <p> </p> & AED 5"),
    *("\n", " ", '<say-as interpret-as="digits">', '<prosody rate="x-fast">', '<break time="9s">'),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
@settings(max_examples=300, deadline=None)
def test_no_word_between_tags_is_lost_and_no_pause_is_too_long(parts: list[str]) -> None:
    text = "".join(parts)
    for language in Language:
        found = clauses(text, language)
        spoken = [word for clause in found for word in clause.text.split()]
        assert list(filter(_WORDY.search, spoken)) == list(
            filter(_WORDY.search, without_marks(text).split())
        )
        assert all(0 <= clause.pause_ms <= LONGEST_BREAK_MS for clause in found)


_WORDY = re.compile(r"\w")
