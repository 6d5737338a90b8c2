"""What the demo's callers say, and how it is seen that a conversation went well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sipagent.text.language import Language
from sipagent.text.script import language_of
from tools.demo.record import Event


@dataclass(frozen=True, slots=True)
class Conversation:
    """One call of the demo."""

    name: str
    language: Language
    steps: tuple[str, ...]


_OURS: Final[Mapping[Language, tuple[str, str, str, str]]] = {
    Language.EN: (
        "Are you open on Saturday?",
        "How can I pay my bill?",
        "I want to speak to a human agent.",
        "Hello, I was talking to your assistant.",
    ),
    Language.AR: (
        "هل أنتم مفتوحون يوم السبت؟",
        "نسيت كلمة المرور.",
        "أريد أن أتحدث مع موظف.",
        "مرحبا، كنت أتحدث مع المساعد.",
    ),
}
_NAMES: Final = {Language.EN: "english", Language.AR: "arabic"}


def conversations(ask: str) -> list[Conversation]:
    """One in English and one in Arabic; or one alone, in the language of ``ask``."""
    if not ask:
        return [_conversation(language, _OURS[language][0]) for language in _OURS]
    found = (language_of(word) for word in ask.split())
    language = next((one for one in found if one is not None), Language.EN)
    return [_conversation(language, ask)]


def _conversation(language: Language, question: str) -> Conversation:
    """A question, a second one into the answer, a human, and some words to the desk."""
    _, second, human, hello = _OURS[language]
    steps = (question, f"+2.5 {second}", human, f">1.5 {hello}")
    return Conversation(_NAMES[language], language, steps)


def faults(talk: Conversation, report: Mapping[str, Any], events: Sequence[Event]) -> list[str]:
    """What did not go as it should; empty for a good call."""
    found = []
    if not report["in_order"]:
        found.append(f"the call: {report['detail']}")
    if not any(referral["status"] == 200 for referral in report["referrals"]):
        found.append("the caller was not put through to the desk")
    if not events or events[-1].get("code") != "transferred":
        found.append("the node does not count the call as transferred")
    answers = [event for event in events if event["event"] == "ReplyBegun" and event["document"]]
    if not answers:
        found.append("no question was answered from the knowledge base")
    if not any(event["event"] == "Interrupted" for event in events):
        found.append("the caller did not interrupt the agent")
    return found
