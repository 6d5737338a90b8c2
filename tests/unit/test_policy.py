"""What must happen before any answer."""

from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sipagent.dialog.phrases import find, pattern, turn_words, without
from sipagent.dialog.policy import (
    Heard,
    Policy,
    Rules,
    Verdict,
    VerdictKind,
    read_words,
    shipped_words,
)
from sipagent.ports import Intent, Understanding
from sipagent.text.language import Language

TURNS = yaml.safe_load(
    (Path(__file__).parent / "development_emergencies.yaml").read_text(encoding="utf-8")
)
CALM = Understanding(Intent.QUESTION, 0.0, Language.EN, 0.9)
GO_ON = Verdict(VerdictKind.GO_ON)


def heard(
    text: str, confidence: float = 0.9, sentiment: float = 0.0, intent: Intent = Intent.QUESTION
) -> Heard:
    return Heard(text, confidence, replace(CALM, sentiment=sentiment, intent=intent))


def verdict(text: str) -> VerdictKind:
    return Policy().judge(heard(text)).kind


@pytest.mark.parametrize("text", TURNS["emergency"])
def test_an_emergency_is_recognised(text: str) -> None:
    assert verdict(text) is VerdictKind.EMERGENCY


@pytest.mark.parametrize("text", TURNS["harmless"])
def test_words_of_an_emergency_alone_make_none(text: str) -> None:
    assert verdict(text) is VerdictKind.GO_ON


@pytest.mark.parametrize("text", TURNS["out_of_scope"])
def test_what_is_not_ours_is_declined(text: str) -> None:
    assert verdict(text) is VerdictKind.OUT_OF_SCOPE


@pytest.mark.parametrize("text", TURNS["in_scope"])
def test_what_is_ours_is_not_declined(text: str) -> None:
    assert verdict(text) is VerdictKind.GO_ON


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("my house is on fire", "fire"),
        ("أشم ريحة غاز", "gas"),
        ("he is not breathing", "medical"),
        ("i want to kill myself", "self-harm"),
        ("there are sparks from the meter", "electric"),
        ("he has a knife", "crime"),
    ],
)
def test_the_verdict_says_which_emergency(text: str, reason: str) -> None:
    assert Policy().judge(heard(text)) == Verdict(VerdictKind.EMERGENCY, reason)


def test_an_emergency_goes_before_anger_doubt_and_a_wish_for_a_human() -> None:
    turn = heard("get me a human my house is on fire", 0.1, -1.0, Intent.HUMAN)
    assert Policy().judge(turn).kind is VerdictKind.EMERGENCY


def test_an_analyst_that_is_sure_makes_an_emergency_of_words_we_do_not_know() -> None:
    sure = replace(CALM, intent=Intent.EMERGENCY, confidence=0.95)
    unsure = replace(sure, confidence=0.6)
    text = "the big pipe under the school went up"
    assert Policy().judge(Heard(text, 0.9, sure)) == Verdict(VerdictKind.EMERGENCY, "unnamed")
    assert Policy().judge(Heard(text, 0.9, unsure)) == GO_ON


def test_an_analyst_does_not_overrule_an_idiom_or_a_denial() -> None:
    sure = replace(CALM, intent=Intent.EMERGENCY, confidence=0.99)
    for text in ("you should fire the agent", "there is no fire", "we had a fire last year"):
        assert Policy().judge(Heard(text, 0.9, sure)) == GO_ON


def test_two_turns_in_a_row_that_were_not_understood_lead_to_a_human() -> None:
    policy = Policy()
    assert policy.judge(heard("mumble", 0.3)) == Verdict(VerdictKind.ASK_AGAIN, "low-confidence")
    assert policy.judge(heard("mumble", 0.3)) == Verdict(VerdictKind.HUMAN, "not-understood")


def test_a_turn_that_was_understood_forgives_the_one_before() -> None:
    policy = Policy()
    policy.judge(heard("mumble", 0.3))
    assert policy.judge(heard("how much is it")) == GO_ON
    assert policy.judge(heard("mumble", 0.3)).kind is VerdictKind.ASK_AGAIN


def test_fury_leads_to_a_human_at_once() -> None:
    assert Policy().judge(heard("useless", sentiment=-0.9)) == Verdict(VerdictKind.HUMAN, "angry")


def test_anger_leads_to_a_human_the_second_time() -> None:
    policy = Policy()
    assert policy.judge(heard("too slow", sentiment=-0.55)) == GO_ON
    assert policy.judge(heard("and when", sentiment=-0.1)) == GO_ON
    assert policy.judge(heard("still slow", sentiment=-0.55)).reason == "angry"


def test_a_friendly_turn_makes_anger_forgotten() -> None:
    policy = Policy()
    policy.judge(heard("too slow", sentiment=-0.55))
    policy.judge(heard("oh thank you", sentiment=0.5))
    assert policy.judge(heard("slow again", sentiment=-0.55)) == GO_ON


def test_a_wish_for_a_human_is_granted_where_the_analyst_is_sure() -> None:
    sure = heard("somebody with a pulse", intent=Intent.HUMAN)
    unsure = replace(sure, understanding=replace(sure.understanding, confidence=0.5))
    assert Policy().judge(sure) == Verdict(VerdictKind.HUMAN, "caller-asked")
    assert Policy().judge(unsure) == GO_ON


def test_three_questions_without_an_answer_lead_to_a_human() -> None:
    policy = Policy()
    assert [policy.unknown() for _ in range(2)] == [GO_ON, GO_ON]
    assert policy.unknown() == Verdict(VerdictKind.HUMAN, "no-answer")


def test_an_answer_between_makes_the_count_begin_anew() -> None:
    policy = Policy()
    policy.unknown()
    policy.unknown()
    policy.answered()
    assert policy.unknown() == GO_ON


def test_a_caller_whom_no_human_took_begins_afresh() -> None:
    policy = Policy()
    for _ in range(3):
        policy.unknown()
    assert policy.unknown() == GO_ON


def test_a_copy_judges_on_without_the_original() -> None:
    policy = Policy()
    policy.judge(heard("mumble", 0.3))
    tried = copy(policy)
    assert tried.judge(heard("mumble", 0.3)).kind is VerdictKind.HUMAN
    assert policy.judge(heard("mumble", 0.3)).kind is VerdictKind.HUMAN


def test_a_tenant_of_the_trade_answers_what_others_decline() -> None:
    clinic = Policy(Rules(in_scope=frozenset({"medical-advice"})))
    text = "what medicine should i take for a headache"
    assert clinic.judge(heard(text)) == GO_ON
    assert verdict(text) is VerdictKind.OUT_OF_SCOPE


@pytest.mark.parametrize("text", ["", " ", "...", "🙂", "\x00", "x" * 100_000, "ok " * 20_000])
def test_hostile_text_goes_on(text: str) -> None:
    assert verdict(text) is VerdictKind.GO_ON


@given(
    st.lists(
        st.sampled_from(["no", "fire", "gas", "smell", "if", "there", "is", "في", "حريق", "ما"])
    )
)
def test_any_words_have_a_verdict_and_the_same_one_again(words: list[str]) -> None:
    assert verdict(" ".join(words)) is verdict(" ".join(words))


def test_a_gap_takes_three_words_and_no_more() -> None:
    smell = [pattern("smell ~ gas")]
    assert list(find(smell, turn_words("i smell a lot of gas")))
    assert not list(find(smell, turn_words("i smell it and then pay for gas")))


def test_no_pattern_reaches_across_an_idiom() -> None:
    idioms = [pattern("gas bill")]
    shown = without(idioms, turn_words("i smell a gas bill and gas"))
    assert not list(find([pattern("smell ~ gas")], shown))


def test_a_pattern_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="without words"):
        pattern("^ ~ $")


def test_the_words_of_the_package_are_whole() -> None:
    words = shipped_words()
    assert {topic.name for topic in words.emergencies} >= {"fire", "gas", "medical", "crime"}
    assert {topic.name for topic in words.out_of_scope} == {
        *("medical-advice", "legal-advice", "investment-advice", "politics", "other-company"),
    }
    assert all(topic.patterns for topic in (*words.emergencies, *words.out_of_scope))


def test_words_in_another_form_are_refused() -> None:
    with pytest.raises(ValueError, match="Invalid"):
        read_words("idioms = [")
