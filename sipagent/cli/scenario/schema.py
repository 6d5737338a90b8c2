"""What a scenario file may say: what the caller does, step by step, and what the agent must do.

Knows the form alone: no line of a file, no call.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from sipagent.config.faults import Fault, refuse
from sipagent.config.section import Section
from sipagent.text.language import Language

SOUNDS: Final = ("cough", "knock", "noise")
ACTS: Final = ("say", "sound", "keys", "silence_s", "hang_up")
MOMENTS: Final = ("over_s", "after_s", "at_once")
_MANNERS: Final[Mapping[str, tuple[str, ...]]] = {
    "voice": ("say",),
    "pace": ("say",),
    "language": ("say",),
    "level_db": ("say", "sound"),
    "seconds": ("sound",),
}
_OVER: Final = ("silent_within_s", "resumes")  # what can be true of an interruption alone
LONGEST_PAUSE_S: Final = 30
_KEYS: Final = re.compile(r"[0-9A-Da-d*#]+")

Part = str | float


def _texts(value: object) -> tuple[Part, ...]:
    """A text, or a list of texts and of pauses between them."""
    parts = value if isinstance(value, list | tuple) else [value]
    if not parts or not isinstance(parts[0], str) or not isinstance(parts[-1], str):
        raise ValueError("it begins and ends with a text in quotes, pauses stand between")
    return tuple(_part(part) for part in parts)


def _part(part: object) -> Part:
    if isinstance(part, str) and part.strip():
        return part.strip()
    if isinstance(part, int | float) and not isinstance(part, bool) and 0 < part <= LONGEST_PAUSE_S:
        return float(part)
    raise ValueError(f"{part!r} is neither a text nor a pause of up to {LONGEST_PAUSE_S} s")


def _keyed(value: object) -> tuple[Part, ...]:
    parts = _texts(value)
    for part in parts:
        if isinstance(part, str) and not _KEYS.fullmatch(part):
            raise ValueError(f"{part!r} has more than 0-9, *, # and A-D")
    return parts


def _phrases(value: object) -> tuple[str, ...]:
    phrases = value if isinstance(value, list | tuple) else [value]
    if not phrases or not all(isinstance(one, str) and one.strip() for one in phrases):
        raise ValueError("not a text, nor a list of texts")
    return tuple(phrases)


def _desk(value: object) -> object:
    return {"to": value} if isinstance(value, str) else value


Texts = Annotated[tuple[Part, ...], BeforeValidator(_texts)]
Keyed = Annotated[tuple[Part, ...], BeforeValidator(_keyed)]
Phrases = Annotated[tuple[str, ...], BeforeValidator(_phrases)]
_SECONDS: Final = "seconds, over 0 and up to 120"


class Transferred(Section):
    """A REFER that the agent must send."""

    to: str = Field(description="the user part of the desk's address, such as desk")
    headers: Mapping[str, str] = Field(
        default_factory=dict,
        description='headers that the REFER hands on, each with its value; "*" is any text',
    )


class Expect(Section):
    """What the agent must do once the caller has done his step."""

    says: Phrases = Field((), description="a text, or a list of texts that are all heard")
    says_any: Phrases = Field((), description="a list of texts of which one is heard")
    says_none: Phrases = Field((), description="a list of texts none of which is heard")
    language: Language | None = Field(None, description="the reply's language: en or ar")
    within_s: float | None = Field(None, gt=0, le=120, description=_SECONDS)
    silent_within_s: float | None = Field(None, gt=0, le=120, description=_SECONDS)
    resumes: bool = Field(False, description="true: the agent goes on with what it was saying")
    lets_finish: bool = Field(
        False, description="true: the agent does not speak until the caller has finished"
    )
    says_nothing_for_s: float | None = Field(None, gt=0, le=120, description=_SECONDS)
    digits_read_back: Annotated[str, Field(pattern=r"^\d*$")] = Field(
        "", description='digits in quotes, such as "20481735"'
    )
    transferred: Annotated[Transferred | None, BeforeValidator(_desk)] = Field(
        None, description="the user part of a desk's address, or a table of to and headers"
    )
    ends: Literal["agent", "caller"] | None = Field(
        None, description="who hangs up: agent or caller"
    )

    @model_validator(mode="after")
    def _expects_something(self) -> "Expect":
        if not self.model_fields_set:
            refuse([((), f"expects nothing; give one of {', '.join(Expect.model_fields)}")])
        return self


class Step(Section):
    """One thing that the caller does, at its moment, and what the agent must do then."""

    say: Texts = Field((), description="a text, or a list of texts and of pauses in seconds")
    sound: str = Field("", description=f"{', '.join(SOUNDS)}, or a WAV file beside this one")
    keys: Keyed = Field((), description='digits in quotes, such as "2048#", or with pauses a list')
    silence_s: float | None = Field(None, gt=0, le=120, description=_SECONDS)
    hang_up: bool = Field(False, description="true: the caller hangs up")
    over_s: float | None = Field(
        None, ge=0, le=120, description="seconds after the agent begins to speak, up to 120"
    )
    after_s: float | None = Field(
        None, ge=0, le=120, description="seconds after the agent fell silent, up to 120"
    )
    at_once: bool = Field(False, description="true: as soon as the step before it is over")
    voice: str = Field("", description="a voice of espeak-ng for this text, such as en+f2")
    pace: float = Field(1.0, ge=0.5, le=2.5, description="times the usual pace, 0.5 to 2.5")
    language: Language | None = Field(None, description="of a text without letters: en or ar")
    level_db: float = Field(0.0, ge=-40, le=12, description="louder or softer, -40 to 12 dB")
    seconds: float = Field(2.0, gt=0, le=30, description="how long noise lasts, up to 30")
    expect: Expect | None = Field(None, description="what the agent must do")

    @property
    def act(self) -> str:
        """Which of ``ACTS`` it is; empty where the caller only listens."""
        return next((name for name in ACTS if name in self.model_fields_set), "")

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Step":
        given = self.model_fields_set
        acts = [name for name in ACTS if name in given]
        moments = [name for name in MOMENTS if name in given]
        found: list[Fault] = [
            ((name,), f"{acts[0]} stands here too; give each its step") for name in acts[1:]
        ]
        found += [((name,), f"{moments[0]} stands here too; give one") for name in moments[1:]]
        if not acts and self.expect is None:
            found.append(((), f"nothing is done; give one of {', '.join(ACTS)}, or expect"))
        if moments and not acts:
            found.append(((moments[0],), f"of nothing; give one of {', '.join(ACTS)} too"))
        found += [
            ((name,), f"belongs to {' or '.join(of)} alone")
            for name, of in _MANNERS.items()
            if name in given and not set(of) & set(acts)
        ]
        if self.expect is not None and "over_s" not in given:
            found += [
                (("expect", name), "only where the caller speaks over the agent; give over_s")
                for name in _OVER
                if name in self.expect.model_fields_set
            ]
        refuse(found)
        return self


class Scenario(Section):
    """One call: who calls, what he does, what the agent must do."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="lower case, digits and -")
    language: Language = Field(Language.EN, description="the caller's language: en or ar")
    tags: tuple[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")], ...] = Field(
        (), description="a list of words, in lower case, digits and -"
    )
    voices: Mapping[Language, str] = Field(
        default_factory=dict, description="voices of espeak-ng: {en: en+f5, ar: ar+m6}"
    )
    noise_dbfs: float | None = Field(
        None, ge=-70, le=-20, description="noise under what the caller says, -70 to -20 dBFS"
    )
    desk: Literal["answers", "declines"] = Field(
        "answers", description="what a transfer comes to: answers or declines"
    )
    within_s: float | None = Field(None, gt=0, le=120, description=_SECONDS)
    patience_s: float = Field(
        6.0, gt=0, le=120, description="seconds to wait for an answer before going on, up to 120"
    )
    max_s: float = Field(120.0, gt=0, le=600, description="longest call in seconds, up to 600")
    steps: tuple[Step, ...] = Field(min_length=1, description="a list of steps, in order")

    @model_validator(mode="after")
    def _ends_once(self) -> "Scenario":
        acts = [step.act for step in self.steps]
        if "hang_up" in acts:
            after = acts.index("hang_up") + 1
            refuse(
                (("steps", at), "the caller has hung up before it")
                for at in range(after, len(acts))
                if acts[at]
            )
        return self


class ScenarioFile(Section):
    """A file of scenarios."""

    scenarios: tuple[Scenario, ...] = Field(min_length=1, description="a list of scenarios")
