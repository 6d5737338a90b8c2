"""What a turn of the caller does in the conversation, and in what mood."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sipagent.ports.engine import Engine
from sipagent.text.language import Language


class Intent(StrEnum):
    """What a turn of the caller does in the conversation."""

    QUESTION = "question"  # wants to know something
    REQUEST = "request"  # wants something done
    COMPLAINT = "complaint"
    CONFIRM = "confirm"
    DENY = "deny"
    INFORM = "inform"  # answers what was asked: a number, a name, a date
    HUMAN = "human"
    EMERGENCY = "emergency"
    SOCIAL = "social"  # greets, thanks, says goodbye
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Understanding:
    """A turn of the caller as the conversation must know it.

    ``sentiment`` is -1 (angry) to 1 (delighted), ``confidence`` 0 to 1.
    """

    intent: Intent
    sentiment: float
    language: Language
    confidence: float


class Analyst(Engine, Protocol):
    """Tells what a turn does, and the mood it is said in."""

    async def analyse(self, text: str, language: Language) -> Understanding:
        """Raises ``EngineError``."""
        ...
