"""Whether the agent did what a scenario expects of it: each thing that it did not, in words.

Knows expectations and episodes; no clock, no call, no file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from sipagent.cli.scenario.booth import told
from sipagent.cli.scenario.evidence import Episode
from sipagent.cli.scenario.schema import Expect, Scenario, Step
from sipagent.cli.scenario.words import digits_heard, heard, heard_exactly

RESUMES_MS: Final = 2500  # after the caller's sound, by when the agent must have gone on
GOES_ON_MS: Final = 300  # of speech after the caller's sound that are more than a rest of a word
STOPS_MS: Final = 500  # in which an agent that is interrupted may still be heard


@dataclass(frozen=True, slots=True)
class Fault:
    """What was not as expected. ``step`` counts from 1; 0 is the whole call."""

    step: int
    text: str


def judge(scenario: Scenario, episodes: Sequence[Episode]) -> tuple[Fault, ...]:
    """Everything that was not as the scenario expects, in the order of its steps."""
    by_step = {episode.step: episode for episode in episodes}
    found: list[Fault] = []
    act = -1
    for number, step in enumerate(scenario.steps):
        act = number if step.act else act
        episode = by_step.get(act)
        if episode is None:
            found.append(Fault(number + 1, f"was not reached: {name_of(step)}"))
            break
        found += [Fault(number + 1, text) for text in _of_step(scenario, step, episode)]
    found += _unexpected(scenario, episodes)
    return tuple(sorted(found, key=lambda fault: fault.step))


def name_of(step: Step) -> str:
    """A step for a person."""
    match step.act:
        case "say":
            return f"“{told(step.say)}”"
        case "sound":
            return f"({step.sound})"
        case "keys":
            return f"keys {told(step.keys)}"
        case "silence_s":
            return f"silence of {step.silence_s:g} s"
        case "hang_up":
            return "hangs up"
        case _:
            return "listens"


def _of_step(scenario: Scenario, step: Step, episode: Episode) -> Iterator[str]:
    expect = step.expect
    if expect is not None:
        for name, check in _CHECKS.items():
            if name in expect.model_fields_set:
                yield from check(expect, episode)
    own = expect is not None and expect.within_s is not None
    if scenario.within_s is not None and not own and answers(step, episode):
        yield from _late(episode, scenario.within_s)


def answers(step: Step, episode: Episode) -> bool:
    """Whether the agent's first words in the episode answer the caller, and so have a time."""
    resumes = step.expect is not None and step.expect.resumes
    asks = step.act in ("say", "keys") or step.sound.lower().endswith(".wav")
    return asks and not resumes and episode.response_ms is not None


def _heard(phrase: str, episode: Episode) -> bool:
    return any(heard(phrase, text) for text in episode.texts)


def _says(expect: Expect, episode: Episode) -> Iterator[str]:
    for phrase in expect.says:
        if not _heard(phrase, episode):
            yield f"“{phrase}” was not heard, but {_quoted(episode.text)}"


def _says_any(expect: Expect, episode: Episode) -> Iterator[str]:
    if not any(_heard(phrase, episode) for phrase in expect.says_any):
        choices = " or ".join(f"“{phrase}”" for phrase in expect.says_any)
        yield f"{choices} was not heard, but {_quoted(episode.text)}"


def _says_none(expect: Expect, episode: Episode) -> Iterator[str]:
    for phrase in expect.says_none:
        if any(heard_exactly(phrase, text) for text in episode.texts):
            yield f"“{phrase}” must not be said, and was: {_quoted(episode.text)}"


def _language(expect: Expect, episode: Episode) -> Iterator[str]:
    if episode.language is not expect.language:
        yield f"the reply is not in {expect.language}, but {_quoted(episode.text)}"


def _within(expect: Expect, episode: Episode) -> Iterator[str]:
    yield from _late(episode, expect.within_s or 0.0)


def _late(episode: Episode, within_s: float) -> Iterator[str]:
    if episode.response_ms is None:
        yield f"no answer began in {(episode.until_ms - episode.last_ms) / 1000:.1f} s"
    elif episode.response_ms > 1000 * within_s:
        yield f"the answer began after {episode.response_ms} ms, not within {within_s:g} s"


def _silent(expect: Expect, episode: Episode) -> Iterator[str]:
    if episode.stopped_ms is None:
        yield "the agent was not speaking when the caller began"
        return
    after_ms = max(0, episode.stopped_ms - episode.first_ms)
    if after_ms > 1000 * (expect.silent_within_s or 0.0):
        most = f"{expect.silent_within_s:g} s at most"
        yield f"the agent was heard for {after_ms} ms more, not {most}"


def _resumes(expect: Expect, episode: Episode) -> Iterator[str]:
    if not expect.resumes:
        return
    if episode.stopped_ms is None:
        yield "the agent was not speaking when the caller began"
        return
    going_on = (
        one
        for one in episode.agent
        if one.end_ms >= episode.last_ms + GOES_ON_MS
        and one.start_ms <= episode.last_ms + RESUMES_MS
    )
    if next(going_on, None) is None:
        waited_s = min(RESUMES_MS, episode.until_ms - episode.last_ms) / 1000
        yield f"the agent did not go on within {waited_s:.1f} s"


def _lets_finish(expect: Expect, episode: Episode) -> Iterator[str]:
    if not expect.lets_finish:
        return
    for one in episode.agent:
        over = one.start_ms < episode.last_ms and one.end_ms > episode.first_ms
        stops = one.goes_on and one.end_ms <= episode.first_ms + STOPS_MS
        if over and not stops:
            early_ms = episode.last_ms - max(one.start_ms, episode.first_ms)
            yield f"the agent spoke {early_ms} ms before the caller had finished: “{one.text}”"


def _says_nothing(expect: Expect, episode: Episode) -> Iterator[str]:
    wanted_ms = 1000 * (expect.says_nothing_for_s or 0.0)
    for one in episode.agent:
        begins_ms = max(one.start_ms, episode.last_ms) - episode.last_ms
        stops = one.goes_on and one.end_ms <= episode.first_ms + STOPS_MS
        if one.end_ms > episode.last_ms and begins_ms < wanted_ms and not stops:
            yield f"the agent spoke after {begins_ms} ms of silence: “{one.text}”"
            return
    lasted_ms = episode.until_ms - episode.last_ms
    if lasted_ms < wanted_ms:
        yield f"only {lasted_ms} ms passed until the next step; give it more silence"


def _digits(expect: Expect, episode: Episode) -> Iterator[str]:
    if not any(digits_heard(expect.digits_read_back, text) for text in episode.texts):
        yield f"{expect.digits_read_back} was not read back, but {_quoted(episode.text)}"


def _transferred(expect: Expect, episode: Episode) -> Iterator[str]:
    wanted = expect.transferred
    if wanted is None:
        return
    if not episode.referrals:
        yield f"the caller was not transferred to {wanted.to}; heard {_quoted(episode.text)}"
        return
    referral = episode.referrals[0]
    if referral.user.partition("+")[0] != wanted.to:  # behind the + stands the token
        yield f"the caller was transferred to {referral.user}, not to {wanted.to}"
    given = {name.lower(): value for name, value in referral.headers.items()}
    for name, pattern in wanted.headers.items():
        value = given.get(name.lower())
        if value is None:
            yield f"the transfer has no header {name}"
        elif not fnmatchcase(value, pattern):
            yield f"the transfer's {name} is {value!r}, not {pattern!r}"


def _ends(expect: Expect, episode: Episode) -> Iterator[str]:
    if episode.ended_by != expect.ends:
        who = f"the {episode.ended_by} hung up" if episode.ended_by else "the call went on"
        yield f"{who}, and the {expect.ends} should have; heard {_quoted(episode.text)}"


_CHECKS: Final[Mapping[str, Callable[[Expect, Episode], Iterator[str]]]] = {
    "says": _says,
    "says_any": _says_any,
    "says_none": _says_none,
    "language": _language,
    "within_s": _within,
    "silent_within_s": _silent,
    "resumes": _resumes,
    "lets_finish": _lets_finish,
    "says_nothing_for_s": _says_nothing,
    "digits_read_back": _digits,
    "transferred": _transferred,
    "ends": _ends,
}


def _unexpected(scenario: Scenario, episodes: Sequence[Episode]) -> Iterator[Fault]:
    """A transfer or an end that no step expects."""
    expects = [step.expect for step in scenario.steps if step.expect is not None]
    transfers = any(expect.transferred for expect in expects)
    ends = transfers or any(expect.ends == "agent" for expect in expects)
    for episode in episodes:
        if episode.referrals and not transfers:
            desk = episode.referrals[0].user.partition("+")[0]
            yield Fault(episode.step + 1, f"the caller was transferred to {desk}, unexpectedly")
        if episode.ended_by == "agent" and not ends:
            text = f"the agent hung up, unexpectedly; heard {_quoted(episode.text)}"
            yield Fault(episode.step + 1, text)


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "nothing"
