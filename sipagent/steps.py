"""What a part of a call returns when it is done: the next step, which ``call.py`` takes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Talk:
    """Go on with the conversation, beginning with the prompt of this name.

    ``barge_in`` is what may interrupt the agent: "speech" (and digits), "digits" or "off".
    """

    opening: str
    barge_in: str = "speech"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hand the caller to the tenant's desk; ``reason`` is kebab-case."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call; ``reason`` becomes the Outcome's code."""

    reason: str


Step = Talk | Transfer | Hangup
