"""The sentences that the agent says by itself, in both languages, spoken once at start.

They are sound before the first call, so that an apology never needs the engine that failed.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sipagent.ports import Speech, Voice
from sipagent.text.language import Language

EN, AR = Language.EN, Language.AR

TEXTS: Final[Mapping[str, Mapping[Language, str]]] = MappingProxyType(
    {
        "ask-again": {
            EN: "Are you still there? You can ask me a question, or say human agent.",
            AR: "هل ما زلت معي؟ يمكنك أن تسألني، أو أن تقول موظف.",
        },
        "not-heard": {
            EN: "Sorry, I did not hear that. Please say it again.",
            AR: "عذرا، لم أسمعك جيدا. أعد من فضلك.",
        },
        "unknown": {
            EN: "I have no answer to that. You can ask in other words, or say human agent.",
            AR: "ليس عندي جواب على ذلك. اسأل بكلمات أخرى، أو قل موظف.",
        },
        "not-understood": {
            EN: "Sorry, I did not understand that well. Please say it in other words.",
            AR: "عذرا، لم أفهم جيدا. قلها بكلمات أخرى من فضلك.",
        },
        "offer-human": {
            EN: "Shall I connect you to a colleague?",
            AR: "هل أحولك إلى موظف؟",
        },
        "emergency": {
            EN: (
                "This sounds like an emergency, which I cannot handle. Please hang up and call"
                " 999 if anyone is in danger. I am connecting you to a colleague now."
            ),
            AR: (
                "يبدو أنها حالة طارئة، ولا أستطيع التعامل معها. أغلق الخط واتصل بالرقم 999"
                " إذا كان أحد في خطر. أحولك الآن إلى موظف."
            ),
        },
        "out-of-scope": {
            EN: "I cannot help with that. I can answer questions about our own services.",
            AR: "لا أستطيع المساعدة في ذلك. يمكنني الإجابة عن خدماتنا.",
        },
        "more-digits": {
            EN: "Please go on with the other digits.",
            AR: "أكمل باقي الأرقام من فضلك.",
        },
        "anything-else": {
            EN: "You are welcome. Is there anything else?",
            AR: "على الرحب والسعة. هل من شيء آخر؟",
        },
        "filler": {
            EN: "One moment please.",
            AR: "لحظة من فضلك.",
        },
        "nothing-to-repeat": {
            EN: "I have not said anything yet. What would you like to know?",
            AR: "لم أقل شيئا بعد. ماذا تريد أن تعرف؟",
        },
        "language": {
            EN: "Of course, in English. What would you like to know?",
            AR: "بالتأكيد، بالعربية. ماذا تريد أن تعرف؟",
        },
        "transfer": {
            EN: "I am connecting you to a colleague. One moment please.",
            AR: "سأحولك إلى موظف. لحظة من فضلك.",
        },
        "desk-unavailable": {
            EN: "No colleague is free right now. I am with you again. How can I help?",
            AR: "لا يوجد موظف متاح الآن. أنا معك من جديد. كيف أساعدك؟",
        },
        "apology": {
            EN: "I am sorry, something went wrong on our side.",
            AR: "أعتذر، حدث خطأ من جهتنا.",
        },
        "call-later": {
            EN: "Please call again later. Goodbye.",
            AR: "من فضلك اتصل لاحقا. مع السلامة.",
        },
        "goodbye": {
            EN: "Thank you for calling. Goodbye.",
            AR: "شكرا لاتصالك. مع السلامة.",
        },
    }
)

GREETING: Final = "greeting"
DEFAULT_GREETING: Final[Mapping[Language, str]] = MappingProxyType(
    {
        EN: "Welcome. I am an automatic assistant. How can I help you?",
        AR: "أهلا بك. أنا مساعد آلي. كيف أساعدك؟",
    }
)


class Prompts:
    """One tenant's prompts, as sound."""

    def __init__(self, spoken: Mapping[tuple[str, Language], tuple[Speech, ...]]) -> None:
        self._spoken = spoken

    @classmethod
    async def render(cls, voice: Voice, rate_hz: int) -> "Prompts":
        """Speak every prompt. Raises what the voice raises."""
        return cls(await _speak({**TEXTS, GREETING: DEFAULT_GREETING}, voice, rate_hz))

    async def greeting(
        self, texts: Mapping[Language, str], voice: Voice, rate_hz: int
    ) -> "Prompts":
        """The same prompts with a tenant's own greeting, in the languages that it gives."""
        return Prompts({**self._spoken, **await _speak({GREETING: texts}, voice, rate_hz)})

    def get(self, name: str, languages: Sequence[Language]) -> tuple[Speech, ...]:
        """A prompt in one language after the other."""
        return tuple(speech for language in languages for speech in self._spoken[name, language])


async def _speak(
    texts: Mapping[str, Mapping[Language, str]], voice: Voice, rate_hz: int
) -> dict[tuple[str, Language], tuple[Speech, ...]]:
    return {
        (name, language): tuple([part async for part in voice.speak(text, language, rate_hz)])
        for name, languages in texts.items()
        for language, text in languages.items()
    }
