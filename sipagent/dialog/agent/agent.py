"""The agent: a language model that answers callers, and what stands in for it when it cannot.

Implements the port ``Responder``. Knows no call, no audio and no index; which model, which
tools and which knowledge, it is given.
"""

import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final

import structlog

from sipagent.config.models import AgentSettings
from sipagent.dialog.agent import prompt
from sipagent.dialog.agent.data import as_data
from sipagent.dialog.agent.knowledge import Knowledge
from sipagent.dialog.agent.reply import Means, Reply
from sipagent.dialog.agent.rest import Rest
from sipagent.dialog.agent.streams import written
from sipagent.dialog.agent.toolbelt import Tools
from sipagent.errors import EngineError
from sipagent.ports import (
    Completion,
    Exchange,
    LanguageModel,
    Question,
    ReplyPart,
    Responder,
    Sentence,
)
from sipagent.text.language import Language
from sipagent.text.plain import plain

log = structlog.get_logger(__name__)

UAE: Final = timezone(timedelta(hours=4))  # it has no summer time
BROKEN_OFF: Final = {
    Language.EN: "Sorry, I lost my thread there. Please ask me again.",
    Language.AR: "عذرا، انقطع كلامي. أعد سؤالك من فضلك.",
}
SUMMARY_TOKENS: Final = 200
LONGEST_SUMMARY: Final = 1_200  # characters


@dataclass(frozen=True, slots=True)
class Clientele:
    """A tenant as its agent serves it."""

    company: prompt.Company
    knowledge: Knowledge
    tools: Tools = field(default_factory=Tools)


class Agent:
    """The port ``Responder`` over a language model. ``fallback`` answers when that is late or
    down.
    """

    def __init__(
        self,
        model: LanguageModel,
        fallback: Responder,
        tenants: Mapping[str, Clientele],
        rules: AgentSettings | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UAE),
    ) -> None:
        self._model = model
        self._fallback = fallback
        self._tenants = tenants
        self._rules = rules or AgentSettings()
        self._now = now
        self._rest = Rest()

    @property
    def name(self) -> str:
        return "agent"

    @property
    def waited_s(self) -> float:
        """The wait for the model, as long as anybody waits for it."""
        resting = self._rest.resting(time.monotonic())
        return max(self._fallback.waited_s, 0.0 if resting else self._model.waited_s)

    async def close(self) -> None:
        """Close the model and the fallback."""
        await self._model.close()
        await self._fallback.close()

    async def respond(self, question: Question) -> AsyncGenerator[ReplyPart]:
        """Yield the reply. Raises ``EngineError`` for a stranger's tenant, or where the fallback
        fails too.
        """
        tenant = self._tenants.get(question.tenant)
        if tenant is None:
            raise EngineError(self.name, f"the tenant {question.tenant!r} is not served")
        if self._rest.resting(time.monotonic()):
            async with aclosing(self._instead(question)) as parts:
                async for part in parts:
                    yield part
            return
        means = Means(self._model, tenant.knowledge, tenant.company, tenant.tools, self._rules)
        reply = Reply(means, question, self._now())
        try:
            async with aclosing(reply.parts()) as parts:
                async for part in parts:
                    yield part
            self._rest.worked()
            return
        except EngineError as error:
            self._lost(error, reply)
        if reply.said or reply.changed:
            yield Sentence(BROKEN_OFF[question.language], question.language)
            return
        async with aclosing(self._instead(question)) as parts:
            async for part in parts:
                yield part

    async def summarise(self, history: Sequence[Exchange], before: str = "") -> str:
        """What was said, ``before`` and in ``history``, in few words. Raises ``EngineError``."""
        wanted = Completion(prompt.summary(history, before), most_tokens=SUMMARY_TOKENS)
        text = await written(self._model, wanted, self._rules.summary_s)
        text = plain(text, keep_marks=False)
        if not text:
            raise EngineError(self._model.name, "it wrote no summary")
        return as_data(text, LONGEST_SUMMARY)

    def _lost(self, error: EngineError, reply: Reply) -> None:
        if error.engine == self._model.name:
            self._rest.failed(time.monotonic())
        log.warning("model failed", engine=error.engine, detail=error.detail, said=reply.said)

    async def _instead(self, question: Question) -> AsyncGenerator[ReplyPart]:
        async with aclosing(self._fallback.respond(question)) as parts:
            async for part in parts:
                yield part
