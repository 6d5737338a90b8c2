"""The tools that every agent has: what the conversation itself can do, as a model may ask for it.

They are never run. Calling one ends the reply, with a wish for the conversation or with a
question and the sort of answer that is awaited. Knows no model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from sipagent.ports import Expect, Kind, ToolSpec, Wish

MOST_DIGITS: Final = 24
LONGEST_QUESTION: Final = 300  # characters

_NOTHING: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {},
    "additionalProperties": False,
}
_QUESTION: Final = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_QUESTION,
    "description": "the question as the caller will hear it, in his language",
}
_COUNT: Final = {"type": "integer", "minimum": 1, "maximum": MOST_DIGITS}

WISHES: Final[Mapping[str, Wish]] = MappingProxyType(
    {
        "transfer_to_human": Wish.HUMAN,
        "end_call": Wish.GOODBYE,
        "switch_language": Wish.OTHER_LANGUAGE,
        "repeat": Wish.REPEAT,
    }
)
ASK_DIGITS: Final = "ask_digits"
ASK_YES_NO: Final = "ask_yes_no"


def _wish(name: str, description: str) -> ToolSpec:
    return ToolSpec(name, description, _NOTHING, effects=False)


BUILT_IN: Final[tuple[ToolSpec, ...]] = (
    _wish(
        "transfer_to_human",
        "Connects the caller to a colleague. When the caller asks for a person, is angry, or you "
        "cannot help. Say nothing yourself: the caller is told.",
    ),
    _wish(
        "end_call",
        "Says goodbye and ends the call. Only when the caller says goodbye. Say nothing yourself.",
    ),
    _wish(
        "switch_language",
        "Goes on in the other language. When the caller asks for it. Say nothing yourself.",
    ),
    _wish(
        "repeat",
        "Says the last answer again. When the caller asks for it. Say nothing yourself.",
    ),
    ToolSpec(
        ASK_DIGITS,
        "Asks the caller for a number (account, telephone, identity) that he may say or key in, "
        "and waits until so many digits have come.",
        {
            "type": "object",
            "properties": {"question": _QUESTION, "fewest": _COUNT, "most": _COUNT},
            "required": ["question", "fewest", "most"],
            "additionalProperties": False,
        },
        effects=False,
    ),
    ToolSpec(
        ASK_YES_NO,
        "Asks the caller something that he can answer with yes or no.",
        {
            "type": "object",
            "properties": {"question": _QUESTION},
            "required": ["question"],
            "additionalProperties": False,
        },
        effects=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that ends the reply, and what it awaits."""

    question: str
    expect: Expect


def ask_of(name: str, arguments: Mapping[str, Any]) -> Ask | None:
    """What a call of ``ask_digits`` or ``ask_yes_no`` asks, its arguments fitting; else None."""
    match name:
        case "ask_digits":
            counts = sorted((int(arguments["fewest"]), int(arguments["most"])))
            return Ask(arguments["question"], Expect(Kind.DIGITS, counts[0], counts[1]))
        case "ask_yes_no":
            return Ask(arguments["question"], Expect(Kind.YES_NO))
        case _:
            return None
