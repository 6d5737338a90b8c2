"""Partial words: what two hypotheses agree on stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipagent.dialog.agreement import Agreed, LocalAgreement


def after(*hypotheses: str) -> Agreed:
    agreement = LocalAgreement()
    agreed = Agreed("", "", 0)
    for hypothesis in hypotheses:
        agreed = agreement.feed(hypothesis)
    return agreed


def test_the_first_hypothesis_commits_nothing() -> None:
    assert after("where is") == Agreed("", "where is", 1)


def test_what_two_hypotheses_begin_with_is_committed_and_the_rest_is_not() -> None:
    assert after("where is your", "where is your branch") == Agreed("where is your", "branch", 1)


def test_a_word_cut_off_by_the_end_of_the_audio_is_not_committed() -> None:
    assert after("my bill", "my billing address") == Agreed("my", "billing address", 1)


def test_words_are_committed_one_hypothesis_after_they_were_first_heard() -> None:
    agreement = LocalAgreement()
    heard = ["i", "i want", "i want to", "i want to pay", "i want to pay"]
    committed = [agreement.feed(text).committed for text in heard]
    assert committed == ["", "i", "i want", "i want to", "i want to pay"]


def test_committed_words_are_not_taken_back() -> None:
    agreed = after("my name is", "my name is ali", "my aim is ali", "my aim is ali hassan")
    assert agreed == Agreed("my name is ali", "hassan", 1)


@pytest.mark.parametrize(
    ("revised", "tentative"),
    [
        ("the bill is too high now", "is too high now"),  # one word more than was committed
        ("bill is too high", "is too high"),  # one fewer
        ("a bull is too high", "is too high"),  # others
    ],
)
def test_a_hypothesis_that_words_the_committed_part_otherwise_goes_on_after_it(
    revised: str, tentative: str
) -> None:
    agreed = after("my bill", "my bill", revised)
    assert (agreed.committed, agreed.tentative) == ("my bill", tentative)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is it", "where is it?"),
        ("yes, please", "Yes please."),
        ("أريد موظف", "أُرِيدُ موظف"),
        ("إلى دبي", "الى دبي"),
        ("رقم ٥٥", "رقم 55"),
        ("well - yes", "well yes"),
    ],
)
def test_marks_capitals_and_diacritics_are_no_disagreement(one: str, other: str) -> None:
    agreed = after(one, other)
    assert (agreed.committed, agreed.tentative, agreed.repeats) == (other, "", 2)


def test_the_same_whole_text_is_counted_until_it_changes() -> None:
    agreement = LocalAgreement()
    heard = ["yes", "Yes.", "yes", "yes please", "yes please"]
    assert [agreement.feed(text).repeats for text in heard] == [1, 2, 3, 1, 2]


def test_a_hypothesis_without_words_takes_nothing_back() -> None:
    assert after("one two", "one two three", "") == Agreed("one two", "", 1)
    assert after("one two", "one two three", "", "one two three", "one two three four") == Agreed(
        "one two three", "four", 1
    )


def test_a_repeated_digit_is_committed_as_often_as_it_was_said() -> None:
    assert after("zero zero", "zero zero zero", "zero zero zero zero").committed == "zero zero zero"


WORDS = st.lists(st.sampled_from(["a", "b", "c", "no", "لا"]), max_size=8)


@given(st.lists(WORDS, max_size=8))
def test_whatever_comes_the_committed_words_only_grow(heard: list[list[str]]) -> None:
    agreement, before = LocalAgreement(), ""
    for hypothesis in heard:
        committed = agreement.feed(" ".join(hypothesis)).committed
        assert committed.split()[: len(before.split())] == before.split()
        before = committed


@given(WORDS)
def test_speech_heard_alike_at_each_step_is_committed_whole(said: list[str]) -> None:
    agreement = LocalAgreement()
    for end in range(len(said) + 1):
        agreement.feed(" ".join(said[:end]))
    assert agreement.feed(" ".join(said)).committed == " ".join(said)
