"""How likely a sentence goes on, by the grammar of its last words."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sipagent.text.completeness import UNKNOWN, completeness
from sipagent.text.dangling import NEVER_LAST
from sipagent.text.language import Language
from sipagent.text.script import dominant

TURNS = yaml.safe_load(
    (Path(__file__).parent / "development_endings.yaml").read_text(encoding="utf-8")
)


def judged(text: str) -> float:
    return completeness(text, dominant(text, Language.EN))


@pytest.mark.parametrize("text", TURNS["goes_on"])
def test_a_turn_that_breaks_off_goes_on(text: str) -> None:
    assert judged(text) < 0.5


@pytest.mark.parametrize("text", TURNS["complete"])
def test_a_turn_that_is_whole_is_complete(text: str) -> None:
    assert judged(text) >= 0.5


@pytest.mark.parametrize("word", sorted(NEVER_LAST))
def test_nothing_ends_in_a_word_that_is_never_last(word: str) -> None:
    assert judged(f"okay {word}") < 0.2


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        ("if my bill is late", "if my bill is late what happens"),
        ("إذا دفعت متأخر", "إذا دفعت متأخر شو يصير"),
        ("i want to pay my", "i want to pay my bill"),
        ("أبغى", "أبغى أدفع الفاتورة"),
        ("can you", "can you help me"),
        ("what is it", "what is it for"),
        ("turn it", "turn it on"),
        ("where are", "where are you from"),
        ("zero five zero", "zero five zero one two three four five six seven"),
    ],
)
def test_what_was_missing_makes_it_more_complete(shorter: str, longer: str) -> None:
    assert judged(longer) > judged(shorter)


@pytest.mark.parametrize(
    "text",
    ["i want to um", "my number is uh", "أبغى اممم", "رقمي يعني", "so the problem is like"],
)
def test_who_looks_for_words_goes_on(text: str) -> None:
    assert judged(text) < 0.1


def test_a_courtesy_closes_a_request_and_not_half_of_one() -> None:
    assert judged("send me the bill please") > 0.8
    assert judged("can you please") < 0.2
    assert judged("ممكن لو سمحت") < 0.3
    assert judged("ممكن تحولني لو سمحت") > 0.8


def test_marks_of_a_recogniser_are_believed_with_care() -> None:
    assert judged("I want to pay my bill...") <= 0.2
    assert judged("My number is,") <= 0.2
    assert judged("How much is it?") >= 0.9
    assert judged("I want to?") <= 0.5


def test_an_announced_question_is_not_asked_yet() -> None:
    assert judged("i have a question") < 0.5
    assert judged("عندي سؤال") < 0.5


def test_each_word_is_judged_in_its_own_script() -> None:
    for language in Language:
        assert completeness("أبغى the", language) < 0.2
        assert completeness("i want من", language) < 0.2
        assert completeness("كم ال bill هالشهر", language) > 0.6


@pytest.mark.parametrize("text", ["", " ", "...", "؟", "🙂", "\x00"])
def test_of_a_text_without_words_nothing_is_known(text: str) -> None:
    assert judged(text) == UNKNOWN


@pytest.mark.parametrize("text", ["x" * 100_000, "um " * 20_000, "لو سمحت " * 20_000, "," * 9999])
def test_a_hostile_text_has_a_judgement_too(text: str) -> None:
    assert 0 <= judged(text) <= 1


@given(st.lists(st.sampled_from([*TURNS["goes_on"], *TURNS["complete"]]), max_size=4))
def test_any_words_are_between_0_and_1(parts: list[str]) -> None:
    assert 0 <= judged(" ".join(parts)) <= 1
