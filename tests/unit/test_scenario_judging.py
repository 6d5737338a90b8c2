"""Whether the agent did what was expected, on calls made by hand."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sipagent.cli.phone.report import Referral
from sipagent.cli.scenario.evidence import Episode, Span, Speech
from sipagent.cli.scenario.judging import judge
from sipagent.cli.scenario.schema import Scenario
from sipagent.text.language import Language

EN, AR = Language.EN, Language.AR


def scenario(*steps: dict[str, Any], **settings: Any) -> Scenario:
    return Scenario.model_validate({"name": "one", "steps": steps, **settings})


def agent(start_ms: int, end_ms: int, text: str, language: Language = EN, **more: Any) -> Speech:
    return Speech(start_ms, end_ms, heard=((text, language),), **more)


def greeting() -> Episode:
    return Episode(-1, 0, 3000, agent=(agent(0, 2400, "welcome"),))


def episode(
    *said: Speech,
    caller: Sequence[tuple[int, int]] = ((3000, 4000),),
    until_ms: int = 12_000,
    **more: Any,
) -> Episode:
    """The first step: the caller speaks from 3 to 4 s."""
    spans = tuple(Span(a, b) for a, b in caller)
    return Episode(0, 3000, until_ms, caller=spans, agent=said, **more)


def faults(expect: dict[str, Any], heard: Episode, **step: Any) -> list[str]:
    """What is wrong with one step and what was heard after it."""
    one = scenario({"say": "hello", **step, "expect": expect})
    return [fault.text for fault in judge(one, [greeting(), heard])]


ANSWER = agent(4600, 9000, "the fee is twenty dirhams for each bill")
CUT = agent(3000, 3200, "and", goes_on=True)
STOPPED = episode(CUT, agent(4600, 9000, "of course"))


def test_an_answer_as_expected_has_no_fault() -> None:
    expect = {"says": ["20 dirhams", "each bill"], "says_any": ["euro", "dirhams"], "within_s": 0.6}
    assert faults({**expect, "says_none": ["sorry"], "language": "en"}, episode(ANSWER)) == []


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({"says": ["twenty dirhams", "next bill"]}, "“next bill” was not heard, but “the fee is"),
        ({"says_any": ["euro", "pound"]}, "“euro” or “pound” was not heard, but “the fee"),
        ({"says_none": ["each bill"]}, "“each bill” must not be said, and was: “the fee"),
        ({"language": "ar"}, "the reply is not in ar, but “the fee"),
        ({"within_s": 0.5}, "the answer began after 600 ms, not within 0.5 s"),
        ({"digits_read_back": "20"}, ""),
        ({"digits_read_back": "21"}, "21 was not read back, but “the fee"),
        ({"says_nothing_for_s": 2}, "the agent spoke after 600 ms of silence: “the fee"),
        ({"transferred": "desk"}, "the caller was not transferred to desk; heard “the fee"),
        ({"ends": "agent"}, "the call went on, and the agent should have; heard “the fee"),
        ({"lets_finish": True}, ""),
    ],
)
def test_what_was_not_as_expected_is_told_with_what_was_heard(
    expect: dict[str, Any], told: str
) -> None:
    found = faults(expect, episode(ANSWER))
    assert [text[: len(told)] for text in found] == ([told] if told else [])


def test_no_answer_at_all_is_told() -> None:
    assert faults({"within_s": 2, "says": "yes"}, episode()) == [
        "“yes” was not heard, but nothing",
        "no answer began in 8.0 s",
    ]


def test_a_phrase_in_either_hearing_is_heard() -> None:
    said = agent(4600, 5000, "twenty dirt hams", also="twenty dirhams")
    assert faults({"says": "twenty dirhams"}, episode(said)) == []
    assert faults({"says_none": "twenty dirhams"}, episode(said)) != []


def test_silence_after_an_interruption_is_from_the_callers_first_packet() -> None:
    assert faults({"silent_within_s": 0.2}, STOPPED, over_s=1) == []
    slow = episode(agent(3000, 3201, "and", goes_on=True))
    assert faults({"silent_within_s": 0.2}, slow, over_s=1) == [
        "the agent was heard for 201 ms more, not 0.2 s at most"
    ]


def test_an_agent_that_was_silent_already_was_not_interrupted() -> None:
    for heard in (episode(ANSWER), episode(ANSWER, before_ms=2700)):
        told = ["the agent was not speaking when the caller began"]
        assert faults({"silent_within_s": 1}, heard, over_s=1) == told
        assert faults({"resumes": True}, heard, over_s=1) == told


def test_an_agent_that_is_stopped_between_two_words_was_speaking() -> None:
    assert faults({"silent_within_s": 0.1}, episode(ANSWER, before_ms=2800), over_s=1) == []


def test_an_agent_resumes_with_a_pause_or_without_one() -> None:
    paused = episode(CUT, agent(4700, 9000, "each bill"))
    through = episode(agent(3000, 9000, "for each bill", goes_on=True))
    assert faults({"resumes": True, "says": "each bill"}, paused, over_s=1) == []
    assert faults({"resumes": True, "says": "each bill"}, through, over_s=1) == []


def test_an_agent_that_stops_for_good_or_goes_on_late_does_not_resume() -> None:
    told = ["the agent did not go on within 2.5 s"]
    assert faults({"resumes": True}, episode(CUT), over_s=1) == told
    late = episode(CUT, agent(6600, 9000, "each bill"))
    assert faults({"resumes": True}, late, over_s=1) == told


def test_the_tail_of_an_interrupted_word_is_no_reply() -> None:
    heard = episode(CUT, agent(4600, 9000, "نعم بالتأكيد", AR))
    assert faults({"language": "ar", "says_none": "and"}, heard) == []


def test_an_agent_that_speaks_in_the_callers_pause_does_not_let_him_finish() -> None:
    calls = ((3000, 4000), (5200, 6000))
    early = episode(agent(4700, 8000, "twenty"), caller=calls)
    assert faults({"lets_finish": True}, early) == [
        "the agent spoke 1300 ms before the caller had finished: “twenty”"
    ]
    patient = episode(CUT, agent(6500, 8000, "twenty"), caller=calls)
    assert faults({"lets_finish": True}, patient) == []


def test_silence_that_the_next_step_breaks_proves_nothing() -> None:
    assert faults({"says_nothing_for_s": 3}, episode(until_ms=6000)) == [
        "only 2000 ms passed until the next step; give it more silence"
    ]


def test_an_agent_that_was_stopped_has_said_nothing() -> None:
    assert faults({"says_nothing_for_s": 3}, episode(CUT), over_s=1) == []


def test_a_silent_caller_is_asked_again_counted_from_the_beginning_of_silence() -> None:
    one = scenario({"silence_s": 10, "expect": {"says": "still there", "within_s": 8}})
    asked = Episode(0, 3000, 14_000, agent=(agent(11_000, 12_000, "are you still there"),))
    assert judge(one, [greeting(), asked]) == ()


def refer(**more: Any) -> Referral:
    return Referral(5000, "<sip:desk+ab@h>", "desk+ab", {"X-Token": "ab"}, **more)


def test_a_transfer_is_to_a_desk_whatever_its_token_with_its_headers() -> None:
    heard = episode(ANSWER, referrals=(refer(),), ended_by="caller")
    assert faults({"transferred": "desk"}, heard) == []
    told = {"to": "billing", "headers": {"x-token": "b*", "X-Other": "*"}}
    assert faults({"transferred": told}, heard) == [
        "the caller was transferred to desk+ab, not to billing",
        "the transfer's x-token is 'ab', not 'b*'",
        "the transfer has no header X-Other",
    ]


def test_a_transfer_or_an_end_that_no_step_expects_is_a_fault() -> None:
    heard = episode(ANSWER, referrals=(refer(),), ended_by="caller")
    assert faults({"says": "dirhams"}, heard) == [
        "the caller was transferred to desk, unexpectedly"
    ]
    ended = episode(ANSWER, ended_by="agent")
    assert faults({"says": "dirhams"}, ended) == [
        "the agent hung up, unexpectedly; heard “the fee is twenty dirhams for each bill”"
    ]
    assert faults({"ends": "agent"}, ended) == []


def test_a_step_that_was_not_reached_is_a_fault_and_the_last_one_told() -> None:
    one = scenario({"say": "hello"}, {"say": "again", "expect": {"says": "yes"}}, {"keys": "1"})
    assert [(fault.step, fault.text) for fault in judge(one, [greeting(), episode(ANSWER)])] == [
        (2, "was not reached: “again”")
    ]


def test_a_step_that_only_expects_is_about_what_came_before_it() -> None:
    one = scenario({"expect": {"says": "welcome"}}, {"say": "hello"}, {"expect": {"says": "no"}})
    hello = replace(episode(ANSWER), step=1)
    assert [fault.step for fault in judge(one, [greeting(), hello])] == [3]


def test_a_limit_of_the_whole_scenario_counts_for_each_answer_without_its_own() -> None:
    late = [greeting(), episode(ANSWER)]
    assert len(judge(scenario({"say": "hello"}, within_s=0.5), late)) == 1
    own = {"say": "hello", "expect": {"within_s": 1}}
    assert judge(scenario(own, within_s=0.5), late) == ()
    on = {"say": "okay", "over_s": 1, "expect": {"resumes": True}}
    resumed = episode(CUT, agent(4700, 9000, "each bill"))
    assert judge(scenario(on, within_s=0.5), [greeting(), resumed]) == ()
