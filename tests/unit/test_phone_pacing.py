"""When the caller's steps are due."""

from collections.abc import Sequence

from sipagent.cli.phone.audible import Utterances
from sipagent.cli.phone.pacing import Pacing
from sipagent.cli.phone.script import Silence, Step, WhenSilent, parse
from sipagent.text.language import Language

MS = 1_000_000


class Talk:
    """A call in which the other side speaks in the given spans of ms; the caller, by steps."""

    def __init__(self, steps: Sequence[str | Step], other: Sequence[tuple[int, int]]) -> None:
        read = [parse(one, Language.EN) if isinstance(one, str) else one for one in steps]
        self.pacing = Pacing(read, 6000 * MS, 0)
        self.utterances = Utterances()
        self._spans = other
        self._fed_ms = 0

    def run(self, until_ms: int, said_ms: int = 500) -> list[int]:
        """The ms at which steps came due; each takes ``said_ms`` to say."""
        due: list[int] = []
        while self._fed_ms < until_ms:
            now_ms = self._fed_ms
            loud = any(start <= now_ms < end for start, end in self._spans)
            self.utterances.feed(now_ms * MS, 20.0, -30.0 if loud else -90.0)
            if due and now_ms >= due[-1] + said_ms:
                self.pacing.free(now_ms * MS)
            if self.pacing.due(now_ms * MS, self.utterances):
                due.append(now_ms)
            self._fed_ms += 20
        return due


def test_a_step_is_said_once_the_agent_was_silent_for_500_ms() -> None:
    assert Talk(["Hello"], [(0, 3000)]).run(5000) == [3480]


def test_the_next_step_waits_for_an_answer_to_this_one() -> None:
    assert Talk(["One", "Two"], [(0, 1000), (3000, 4000)]).run(8000) == [1480, 4480]


def test_a_pause_of_the_agent_is_not_its_end() -> None:
    assert Talk(["Hello"], [(0, 1000), (1400, 2000)]).run(5000) == [2480]


def test_a_barge_in_is_timed_from_the_beginning_of_the_next_utterance() -> None:
    assert Talk(["One", "+1.2 Stop"], [(0, 1000), (3000, 9000)]).run(9000) == [1480, 4200]


def test_the_utterance_that_was_interrupted_is_not_the_next_one() -> None:
    talk = Talk(["+1 One", "+1 Two"], [(0, 1200), (4000, 8000)])
    assert talk.run(9000) == [1000, 5000]


def test_an_interrupted_agent_must_answer_before_the_next_step() -> None:
    assert Talk(["+1 One", "Two"], [(0, 1200), (3000, 4000)]).run(6000) == [1000, 4480]


def test_a_step_with_a_time_waits_for_nobody() -> None:
    assert Talk(["@0.5 Hello"], [(0, 3000)]).run(4000) == [500]


def test_a_step_never_comes_while_the_caller_is_still_speaking() -> None:
    assert Talk(["@0.5 One", "@0.6 Two"], []).run(4000, said_ms=1000) == [500, 1500]


def test_patience_ends_after_6_s_of_silence() -> None:
    assert Talk(["Hello"], []).run(8000) == [6000]
    assert Talk(["+1 Hello"], []).run(8000) == [6000]


def test_patience_does_not_run_while_the_agent_speaks() -> None:
    assert Talk(["@0 One", "Two"], [(2000, 12_000)]).run(14_000) == [0, 12_480]


def test_a_step_for_the_desk_waits_until_the_caller_is_put_through() -> None:
    talk = Talk([">1 Hello"], [(0, 1000)])
    assert talk.run(3000) == []
    talk.pacing.put_through(3000 * MS)
    assert talk.run(6000) == [4000]


def test_the_call_is_over_2_s_after_the_answer_to_the_last_step() -> None:
    talk = Talk(["@0 One"], [(1000, 2000)])
    talk.run(3960)
    assert not talk.pacing.over(3960 * MS, talk.utterances)
    assert talk.pacing.over(3980 * MS, talk.utterances)


def test_the_call_is_over_though_nobody_ever_answered() -> None:
    talk = Talk(["@0 One"], [])
    talk.run(6480)
    assert not talk.pacing.over(6480 * MS, talk.utterances)
    assert talk.pacing.over(6500 * MS, talk.utterances)


def test_words_for_a_desk_that_never_answered_do_not_keep_the_call() -> None:
    talk = Talk(["@0 One", ">1 Hello"], [(1000, 2000)])
    talk.run(8000)
    assert talk.pacing.left == 1
    assert talk.pacing.over(8000 * MS, talk.utterances)


def test_a_failed_transfer_waits_for_the_agent_to_come_back() -> None:
    talk = Talk(["@0 Human", "Thanks"], [(1000, 2000), (6000, 7000)])
    talk.run(2400)
    talk.pacing.come_back(2400 * MS)
    assert talk.run(8000) == [7480]


def test_an_agent_that_comes_back_without_a_pause_has_come_back() -> None:
    talk = Talk(["@0 Human", "Thanks"], [(1000, 2000), (2200, 4000)])
    talk.run(2100)
    talk.pacing.come_back(2100 * MS)
    assert talk.run(8000) == [4480]


def test_the_words_before_a_transfer_are_no_coming_back() -> None:
    talk = Talk(["@0 Human", "Thanks"], [(1000, 2000)])
    talk.run(1900)
    talk.pacing.restart(1900 * MS)
    talk.run(4000)
    assert talk.pacing.answer(talk.utterances) is None


def test_a_step_may_wait_longer_in_silence() -> None:
    steps = [Step(WhenSilent(2.0), parse("Hello", Language.EN).content)]
    assert Talk(steps, [(0, 3000)]).run(8000) == [4980]


def test_an_agent_that_goes_on_after_a_cough_has_answered_it() -> None:
    talk = Talk(["+1 Cough", "Thanks"], [(0, 1200), (1800, 4000)])
    assert talk.run(6000) == [1000, 4480]


def test_a_second_barge_in_is_timed_from_when_the_agent_goes_on() -> None:
    short = Talk(["+1 Cough", "+1.5 Stop"], [(0, 1200), (1600, 6000)])  # one utterance
    assert short.run(8000) == [1000, 3100]
    assert Talk(["+1 Cough", "+1.5 Stop"], [(0, 8000)]).run(8000) == [1000, 3020]


def test_the_rest_of_an_interrupted_word_is_no_answer() -> None:
    talk = Talk(["+1 Stop", "Thanks"], [(0, 1900), (3000, 4000)])
    assert talk.run(6000, said_ms=500) == [1000, 4480]


def test_silence_need_not_be_answered() -> None:
    steps = [Step(WhenSilent(), Silence(3.0)), parse("Hello", Language.EN)]
    assert Talk(steps, [(0, 1000)]).run(8000, said_ms=3000) == [1480, 4480]


def test_an_agent_that_speaks_into_the_callers_silence_is_let_finish() -> None:
    steps = [Step(WhenSilent(), Silence(3.0)), parse("Hello", Language.EN)]
    assert Talk(steps, [(0, 1000), (4000, 6000)]).run(8000, said_ms=3000) == [1480, 6480]


def test_words_that_ended_in_the_callers_own_are_no_answer() -> None:
    talk = Talk(["@0 A long one", "Thanks"], [(500, 1000), (3000, 4000)])
    assert talk.run(6000, said_ms=2000) == [0, 4480]
