"""Fakes of the ports for the tests of the agent: a model that writes what it is told to."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sipagent.config.models import AgentSettings
from sipagent.dialog.agent import Agent, Clientele, Company, Tools
from sipagent.errors import EngineError
from sipagent.ports import (
    Completion,
    Exchange,
    Fragment,
    Intent,
    ModelPart,
    Question,
    ReplyPart,
    Sentence,
    Source,
    Stopped,
    Tool,
    ToolCall,
    ToolSpec,
    ToolUsed,
    Understanding,
)
from sipagent.text.language import Language

EN, AR = Language.EN, Language.AR
TENANT = "demo"
NOW = datetime(2026, 11, 23, 14, 5)  # noqa: DTZ001 (a caller's clock)

FEE = Source("late-payment.en.md", "Late payment fee", "The late payment fee is 20 dirhams.", 7.0)
STOP = Source(
    "late-payment.en.md", "When the service stops", "We stop the service after 45 days.", 5.0
)
FEE_AR = Source("late-payment.ar.md", "غرامة التأخير", "غرامة التأخير 20 درهما لكل فاتورة.", 7.0)

Step = str | ToolCall | Stopped | EngineError | asyncio.Event | float


def call(name: str, arguments: str = "{}", number: int = 1) -> ToolCall:
    return ToolCall(f"call-{number}", name, arguments)


@dataclass
class Model:
    """Writes its scripts one after the other: text word by word, calls, errors, waits."""

    scripts: list[Sequence[Step]] = field(default_factory=list)
    asked: list[Completion] = field(default_factory=list)
    open: int = 0
    name: str = "model"
    waited_s: float = 0.0
    closed: bool = False

    async def complete(self, wanted: Completion) -> AsyncGenerator[ModelPart, None]:
        self.asked.append(wanted)
        script = self.scripts.pop(0)
        self.open += 1
        try:
            for step in script:
                match step:
                    case str():
                        for word in step.split(" "):
                            yield Fragment(word + " ")
                    case asyncio.Event():
                        await step.wait()
                    case float():
                        await asyncio.sleep(step)
                    case EngineError():
                        raise step
                    case _:
                        yield step
            if not any(isinstance(step, Stopped) for step in script):
                calls = any(isinstance(step, ToolCall) for step in script)
                yield Stopped("tools" if calls else "stop", 9, 0, 9)
        finally:
            self.open -= 1

    async def close(self) -> None:
        self.closed = True


@dataclass
class Fallback:
    """Says one sentence."""

    asked: list[Question] = field(default_factory=list)
    name: str = "fallback"
    waited_s: float = 0.0
    broken: bool = False

    async def respond(self, question: Question) -> AsyncGenerator[ReplyPart]:
        self.asked.append(question)
        if self.broken:
            raise EngineError(self.name, "no thought")
        yield INSTEAD

    async def close(self) -> None: ...


INSTEAD = Sentence("From the embedded one.", EN)


@dataclass
class Passages:
    """Knowledge that holds the same passages for every turn."""

    sources: tuple[Source, ...] = (FEE, STOP)
    broken: EngineError | None = None

    async def find(self, question: Question, most: int) -> tuple[Source, ...]:
        if self.broken:
            raise self.broken
        return self.sources


@dataclass
class Bills:
    """A tool that tells a balance; it may fail, hang, or change something."""

    effects: bool = False
    told: str | Exception | asyncio.Event = "balance 120 dirhams, due 3 December"
    runs: list[Mapping[str, object]] = field(default_factory=list)

    @property
    def spec(self) -> ToolSpec:
        account = {"type": "string", "pattern": "^[0-9]{4,10}$"}
        return ToolSpec(
            "look_up_bill",
            "Finds a bill.",
            {
                "type": "object",
                "properties": {"account": account},
                "required": ["account"],
                "additionalProperties": False,
            },
            self.effects,
        )

    async def run(self, arguments: Mapping[str, object], question: Question) -> str:
        self.runs.append(arguments)
        if isinstance(self.told, asyncio.Event):
            await self.told.wait()
            return "late"
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


@dataclass
class Judge:
    """An analyst."""

    asked: list[str] = field(default_factory=list)
    name: str = "judge"
    waited_s: float = 0.0

    async def analyse(self, text: str, language: Language) -> Understanding:
        self.asked.append(text)
        return JUDGED

    async def close(self) -> None: ...


JUDGED = Understanding(Intent.OTHER, 0.0, EN, 0.1)


@dataclass
class Desk:
    """An agent with everything around it."""

    model: Model
    agent: Agent
    fallback: Fallback
    passages: Passages

    async def reply(
        self, text: str = "how much is the late fee", **others: object
    ) -> list[ReplyPart]:
        return [part async for part in self.agent.respond(asked(text, **others))]

    def told(self, number: int = -1) -> str:
        """The last message of a completion."""
        return self.model.asked[number].messages[-1].text


def desk(
    *scripts: Sequence[Step],
    sources: tuple[Source, ...] = (FEE, STOP),
    tools: Sequence[Tool] = (),
    **rules: object,
) -> Desk:
    model, fallback, passages = Model(list(scripts)), Fallback(), Passages(sources)
    clientele = Clientele(Company("Noor نور"), passages, Tools(tools))
    settings = AgentSettings.model_validate(rules)
    agent = Agent(model, fallback, {TENANT: clientele}, settings, now=lambda: NOW)
    return Desk(model, agent, fallback, passages)


def asked(text: str, **others: object) -> Question:
    return Question(**{"tenant": TENANT, "text": text, "language": EN, **others})  # type: ignore[arg-type]


def texts(parts: Sequence[ReplyPart]) -> list[str]:
    return [part.text for part in parts if isinstance(part, Sentence)]


def outcomes(parts: Sequence[ReplyPart]) -> list[tuple[str, str]]:
    return [(part.tool, part.outcome) for part in parts if isinstance(part, ToolUsed)]


def heard(caller: str, agent: str, unheard: str = "") -> Exchange:
    return Exchange(caller, agent, unheard)
