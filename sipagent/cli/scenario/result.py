"""What a scenario's call came to: its faults, its times, and the conversation in lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sipagent.cli.scenario.evidence import Episode
from sipagent.cli.scenario.judging import Fault, answers, name_of
from sipagent.cli.scenario.schema import Scenario

SMOOTH_MS: Final = 120.0  # a gap between packets that a jitter buffer of a telephone hides


@dataclass(frozen=True, slots=True)
class Result:
    """``took_s`` is the call's whole time, ``ended`` who ended it and how, ``gap_ms`` the longest
    time between two of the agent's packets; ``stood_still_ms``, that of a call before this one,
    which could not be judged for it.
    """

    scenario: Scenario
    path: Path
    episodes: tuple[Episode, ...]
    faults: tuple[Fault, ...]
    took_s: float
    sip_call_id: str = ""
    ended: str = ""
    gap_ms: float = 0.0
    stood_still_ms: float = 0.0

    @property
    def good(self) -> bool:
        return not self.faults

    @property
    def turns(self) -> int:
        """What the caller did: steps that he took."""
        return sum(episode.step >= 0 for episode in self.episodes)

    @property
    def responses_ms(self) -> tuple[int, ...]:
        """The response time of each answer, in order."""
        return tuple(
            response_ms
            for episode in self.episodes
            if episode.step >= 0
            and answers(self.scenario.steps[episode.step], episode)
            and (response_ms := episode.response_ms) is not None
        )

    def why(self, fault: Fault) -> str:
        """A fault, with the step that it is about."""
        return f"step {fault.step}: {fault.text}" if fault.step else fault.text

    def conversation(self) -> Iterator[str]:
        """What was said and done, line by line: seconds from the answer, who, what."""
        for episode in self.episodes:
            lines: list[tuple[int, str, str]] = []
            if episode.step >= 0:
                name = name_of(self.scenario.steps[episode.step])
                lines.append((episode.first_ms, "caller", f"{name} (step {episode.step + 1})"))
            for one in episode.agent:
                on = "goes on: " if one.goes_on else ""
                text = f"“{one.text}”" if one.text else "(no words heard)"
                late = f", {episode.response_ms} ms after the caller"
                late = late if one is episode.answer and episode.step >= 0 else ""
                until = f" (to {one.end_ms / 1000:.2f}{late})"
                lines.append((one.start_ms, "agent", f"{on}{text}{until}"))
            lines += _referred(episode)
            if episode.ended_by:
                lines.append((episode.until_ms, "", self.ended))
            for at_ms, who, text in sorted(lines, key=lambda line: line[0]):
                yield f"{at_ms / 1000:8.2f}  {who:<7}{text}"
        if self.gap_ms > SMOOTH_MS:
            yield f"          the agent's packets stopped for {self.gap_ms:.0f} ms: a busy machine?"


def _referred(episode: Episode) -> Sequence[tuple[int, str, str]]:
    return [
        (
            one.at_ms,
            "agent",
            f"transfers to {one.user}"
            + "".join(f"; {name}: {value}" for name, value in one.headers.items()),
        )
        for one in episode.referrals
    ]
