"""One reply: the model writes, its tools run, what it may say is said. Knows no call.

Time and tokens are budgeted; only time spent waiting for the model and its tools counts, not
the time for which whoever speaks the reply keeps it waiting.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sipagent.config.models import AgentSettings
from sipagent.dialog.agent import prompt
from sipagent.dialog.agent.arguments import BadArguments
from sipagent.dialog.agent.data import as_data
from sipagent.dialog.agent.grounds import Grounds
from sipagent.dialog.agent.knowledge import Knowledge
from sipagent.dialog.agent.small_talk import SmallTalk
from sipagent.dialog.agent.toolbelt import Came, Toolbelt, Tools
from sipagent.dialog.agent.wording import Wording
from sipagent.dialog.tools import WISHES, Ask, ask_of
from sipagent.errors import EngineError
from sipagent.ports import (
    Asked,
    Completion,
    Fragment,
    LanguageModel,
    Message,
    ModelPart,
    Question,
    ReplyPart,
    Role,
    Sentence,
    Stopped,
    ToolCall,
    ToolSpec,
    Unknown,
    Wanted,
)
from sipagent.text.script import dominant

T = TypeVar("T")

NAME: Final = "agent"
CUT: Final = "length"


@dataclass(frozen=True, slots=True)
class Means:
    """What a tenant's replies are made with."""

    model: LanguageModel
    knowledge: Knowledge
    company: prompt.Company
    tools: Tools
    rules: AgentSettings


class OutOfTime(EngineError):
    """The time for the whole reply is up."""


class Reply:
    """The reply to one turn."""

    def __init__(self, means: Means, question: Question, now: datetime) -> None:
        self._means = means
        self._question = question
        self._now = now
        self._left_s = means.rules.reply_s
        self._grounds = Grounds(question.language)
        before = [exchange.caller for exchange in question.history]
        talk = SmallTalk((means.company.name,), question.text, before)
        self._talk = talk
        self._wording = Wording(self._grounds, talk, question.language)
        self._belt = Toolbelt(means.tools, question, means.rules.tool_s)
        self._calls: list[ToolCall] = []
        self._written = ""
        self._ended = ""

    @property
    def said(self) -> bool:
        return bool(self._wording.said)

    @property
    def changed(self) -> bool:
        """Whether a tool was run that changes something outside."""
        return self._belt.changed

    async def parts(self) -> AsyncGenerator[ReplyPart]:
        """Yield the reply. Raises ``EngineError`` where nothing (more) can come of it."""
        messages = await self._messages()
        for round_left in range(self._means.rules.rounds, -1, -1):
            async with aclosing(self._write(messages, tools=round_left > 0)) as sentences:
                async for sentence in sentences:
                    yield sentence
            if self._wording.end or not self._calls:
                break
            messages.append(Message(Role.ASSISTANT, self._written, tuple(self._calls)))
            for call in self._calls:
                step = await self._act(call)
                if not isinstance(step, Came):
                    for part in self._closing(step):
                        yield part
                    return
                yield step.used
                messages.append(self._told(call, step))
        if self._wording.unfounded:
            yield Unknown()
        elif not self.said:
            raise EngineError(NAME, "the model wrote nothing that can be said")

    async def _messages(self) -> list[Message]:
        """The prompt, with what the tenant's knowledge holds for this turn."""
        means, question = self._means, self._question
        found = await self._within(
            means.rules.first_token_s,
            means.knowledge.find(question, means.rules.passages),
            EngineError("knowledge", "no passages in time"),
        )
        numbered = [(self._grounds.passage(one), one) for one in found[: means.rules.passages]]
        return [
            prompt.system(means.company),
            *prompt.talk(question),
            prompt.turn(question, numbered, self._now),
        ]

    # ------------------------------------------------------------ writing

    async def _write(self, messages: list[Message], *, tools: bool) -> AsyncGenerator[Sentence]:
        """The sentences of one go of the model; its calls are kept, whole."""
        rules, wording = self._means.rules, self._wording
        self._calls, self._written, self._ended = [], "", CUT
        offered = self._means.tools.specs if tools and not self._belt.tired else ()
        wanted = Completion(tuple(messages), offered, rules.most_tokens)
        async with (
            aclosing(self._means.model.complete(wanted)) as stream,
            aclosing(self._each(stream)) as parts,
        ):
            try:
                async for part in parts:
                    for sentence in self._take(part, offered):
                        yield sentence
                    if wording.end:
                        return
            except EngineError as error:
                for sentence in wording.close(whole=False):
                    yield sentence
                if not isinstance(error, OutOfTime) or not self.said:
                    raise
                self._calls = []
                return
        if self._ended == CUT:
            self._calls = []  # whoever writes without end does not know what he wants
        acting = bool(self._calls)
        for sentence in wording.close(whole=self._ended != CUT, acting=acting):
            yield sentence

    async def _each(self, stream: AsyncIterator[ModelPart]) -> AsyncGenerator[ModelPart]:
        """The parts of a go, the first of them soon."""
        limit_s = self._means.rules.first_token_s
        late = EngineError(self._means.model.name, "no first token in time")
        while True:
            part = await self._within(limit_s, anext(stream, None), late)
            if part is None:
                return
            limit_s = self._left_s
            yield part

    def _take(self, part: ModelPart, offered: tuple[ToolSpec, ...]) -> list[Sentence]:
        match part:
            case Fragment(text):
                self._written += text
                return self._wording.feed(text)
            case ToolCall() if offered:
                self._calls.append(part)
            case Stopped(reason):
                self._ended = reason
        return []

    async def _within(self, limit_s: float, step: Awaitable[T], late: EngineError) -> T:
        """A step in its time, which the whole reply's grows shorter by."""
        begun, last = time.monotonic(), self._left_s <= limit_s
        try:
            async with asyncio.timeout(max(0.0, min(limit_s, self._left_s))):
                return await step
        except TimeoutError:
            if last:
                raise OutOfTime(self._means.model.name, "the reply took too long") from None
            raise late from None
        finally:
            self._left_s -= time.monotonic() - begun

    # ------------------------------------------------------------ acting

    async def _act(self, call: ToolCall) -> Came | Wanted | Ask:
        """Run a call, or find that it ends the reply."""
        try:
            arguments = self._belt.arguments(call)
            ask = ask_of(call.name, arguments)
            if ask and not self._may_ask(ask):
                raise BadArguments("question: only ask the caller something, and state nothing")
        except BadArguments as bad:
            return self._belt.refused(call, str(bad))
        if call.name in WISHES:
            return Wanted(WISHES[call.name])
        return ask or await self._run(call, arguments)

    async def _run(self, call: ToolCall, arguments: Mapping[str, object]) -> Came:
        if self._belt.waits(call):
            assert self._question.certain is not None
            await self._question.certain.wait()
        begun = time.monotonic()
        try:
            return await self._belt.run(call, arguments)
        finally:
            self._left_s -= time.monotonic() - begun

    def _told(self, call: ToolCall, came: Came) -> Message:
        """The answer to a call, as evidence where it was run."""
        if not came.done:
            return Message(Role.TOOL, as_data(came.text), answers=call.id)
        number = self._grounds.result(call.name, f"{call.arguments} {came.text}")
        return Message(Role.TOOL, prompt.result(number, call.name, came.text), answers=call.id)

    def _may_ask(self, ask: Ask) -> bool:
        counts = frozenset((str(ask.expect.fewest), str(ask.expect.most)))
        language = dominant(ask.question, self._question.language)
        return self._talk.states_nothing(ask.question, language, counts)

    def _closing(self, step: Wanted | Ask) -> list[ReplyPart]:
        """The last parts. A question that the model has just asked is not asked again."""
        if isinstance(step, Wanted):
            return [step]
        said = self._wording.said
        if said and said[-1].text.endswith(("?", "؟")):
            return [Asked(step.expect)]
        return [self._wording.ask(step.question), Asked(step.expect)]
