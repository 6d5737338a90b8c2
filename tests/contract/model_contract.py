"""What every language model must do: one suite for the server of the tests and for real ones.

A model that writes nonsense passes: what is proved is the protocol, not the sense.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Final, Protocol

import pytest

from sipagent.config.models import AgentSettings, OpenAiSettings
from sipagent.dialog.agent import Agent, Clientele, Company, ModelAnalyst
from sipagent.engines.llm_openai import OpenAiModel
from sipagent.errors import EngineError
from sipagent.ports import (
    Completion,
    Fragment,
    Intent,
    LanguageModel,
    Message,
    ModelPart,
    Question,
    ReplyPart,
    Role,
    Sentence,
    Source,
    Stopped,
    ToolCall,
    ToolSpec,
    Understanding,
)
from sipagent.text.language import Language

SYSTEM: Final = Message(Role.SYSTEM, "You answer callers of a company.")
CALLER: Final = Message(Role.USER, "How much is the late fee? كم غرامة التأخير؟")
LOOK_UP: Final = ToolSpec(
    "look_up_bill",
    "Finds a bill.",
    {
        "type": "object",
        "properties": {
            "year": {"type": "integer", "minimum": 2020, "maximum": 2030},
            "paid": {"type": "boolean"},
        },
        "required": ["year", "paid"],
        "additionalProperties": False,
    },
    effects=False,
)
MOOD: Final = {
    "type": "object",
    "properties": {
        "intent": {"type": "string", "enum": ["question", "complaint"]},
        "angry": {"type": "boolean"},
    },
    "required": ["intent", "angry"],
    "additionalProperties": False,
}
LONG: Final = 1500  # tokens: what nobody would wait for
ASKED: Final = Question("demo", "how much is the late fee", Language.EN)
INSTEAD: Final = Sentence("From the embedded one.", Language.EN)
STOPS_WITHIN_S: Final = 5.0
LOOK_S: Final = 0.02


class Served(Protocol):
    """A server with one model."""

    @property
    def url(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def endless(self) -> dict[str, object]:
        """Fields of a request by which the model does not stop of its own will."""
        ...

    async def running(self) -> int:
        """How many requests it works on now."""
        ...


@asynccontextmanager
async def model_of(served: Served, **settings: object) -> AsyncIterator[OpenAiModel]:
    first = {
        "url": served.url,
        "model": served.model,
        "api_key": served.key,
        "extra": served.endless,
    }
    model = OpenAiModel(OpenAiSettings.model_validate(first | settings))
    try:
        yield model
    finally:
        await model.close()


def asks(
    *messages: Message,
    tools: Sequence[ToolSpec] = (),
    most: int = 24,
    schema: dict[str, object] | None = None,
) -> Completion:
    return Completion(messages or (SYSTEM, CALLER), tuple(tools), most, schema)


async def parts_of(model: LanguageModel, wanted: Completion) -> list[ModelPart]:
    return [part async for part in model.complete(wanted)]


def text_of(parts: Sequence[ModelPart]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Fragment))


class Nobody:
    """A fallback that says one sentence, and a knowledge without passages."""

    name = "nobody"
    waited_s = 0.0

    async def respond(self, question: Question) -> AsyncGenerator[ReplyPart]:
        yield INSTEAD

    async def find(self, question: Question, most: int) -> tuple[Source, ...]:
        return (Source("late-payment.en.md", "Late payment fee", "It is 20 dirhams.", 1.0),)

    async def close(self) -> None: ...


class Judge:
    """An analyst that is not needed."""

    name = "judge"
    waited_s = 0.0

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def analyse(self, text: str, language: Language) -> Understanding:
        self.asked.append(text)
        return Understanding(Intent.OTHER, 0.0, language, 0.0)

    async def close(self) -> None: ...


def agent_of(model: LanguageModel, **rules: object) -> Agent:
    tenants = {"demo": Clientele(Company("Noor"), Nobody())}
    return Agent(model, Nobody(), tenants, AgentSettings.model_validate(rules))


class ModelContract:
    """The suite. A subclass in a test module gives the fixture ``served``."""

    async def test_text_comes_in_fragments_and_then_the_end(self, served: Served) -> None:
        async with model_of(served) as model:
            *fragments, stopped = await parts_of(model, asks(most=24))
        assert len(fragments) > 4
        assert all(isinstance(one, Fragment) and one.text for one in fragments)
        assert isinstance(stopped, Stopped)
        assert stopped.reason == "length"
        assert stopped.written_tokens == 24
        assert stopped.prompt_tokens > 5

    async def test_the_first_fragment_comes_long_before_the_last(self, served: Served) -> None:
        async with model_of(served) as model:
            begun = time.monotonic()
            arrived = [
                time.monotonic() - begun
                async for part in model.complete(asks(most=600))
                if isinstance(part, Fragment)
            ]
        assert arrived[0] < arrived[-1] / 2

    async def test_a_schema_makes_the_text_json_that_fits_it(self, served: Served) -> None:
        async with model_of(served, extra={}) as model:
            parts = await parts_of(model, asks(most=LONG, schema=MOOD))
        found = json.loads(text_of(parts))
        assert found.keys() == {"intent", "angry"}
        assert found["intent"] in {"question", "complaint"}
        assert isinstance(found["angry"], bool)
        assert isinstance(parts[-1], Stopped)
        assert parts[-1].reason == "stop"

    async def test_a_tool_call_is_whole_before_it_is_told(self, served: Served) -> None:
        named = {"type": "function", "function": {"name": LOOK_UP.name}}
        async with model_of(served, extra={"tool_choice": named}) as model:
            parts = await parts_of(model, asks(tools=[LOOK_UP], most=LONG))
        [call] = [part for part in parts if isinstance(part, ToolCall)]
        assert call.name == LOOK_UP.name
        assert call.id
        arguments = json.loads(call.arguments)
        assert arguments.keys() == {"year", "paid"}
        assert isinstance(parts[-1], Stopped)
        assert parts[-1].reason == "tools"

    async def test_a_model_that_must_use_some_tool_uses_one(self, served: Served) -> None:
        async with model_of(served, extra={"tool_choice": "required"}) as model:
            parts = await parts_of(model, asks(tools=[LOOK_UP], most=LONG))
        calls = [part for part in parts if isinstance(part, ToolCall)]
        assert {call.name for call in calls} == {LOOK_UP.name}
        assert all(isinstance(json.loads(call.arguments), dict) for call in calls)

    async def test_closing_the_iterator_stops_the_server(self, served: Served) -> None:
        async with model_of(served) as model:
            async with aclosing(model.complete(asks(most=LONG))) as parts:
                assert isinstance(await anext(parts), Fragment)
                assert await served.running() == 1
            await until_running(served, 0)

    async def test_cancelling_the_task_stops_the_server(self, served: Served) -> None:
        async with model_of(served) as model:
            task = asyncio.create_task(parts_of(model, asks(most=LONG)))
            await until_running(served, 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until_running(served, 0)
            assert model.waited_s == 0.0

    async def test_many_calls_are_answered_at_once(self, served: Served) -> None:
        async with model_of(served) as model:
            answers = await asyncio.gather(
                *[
                    parts_of(model, asks(SYSTEM, Message(Role.USER, f"Bill {number}")))
                    for number in range(8)
                ]
            )
        stops = [answer[-1] for answer in answers]
        assert all(isinstance(stop, Stopped) and stop.written_tokens == 24 for stop in stops)

    async def test_what_tools_answered_can_be_told(self, served: Served) -> None:
        call = ToolCall("call_7", LOOK_UP.name, '{"year": 2026, "paid": true}')
        broken = ToolCall("call_8", LOOK_UP.name, '{"year": ')
        messages = (
            SYSTEM,
            CALLER,
            Message(Role.ASSISTANT, "One moment.", calls=(call, broken)),
            Message(Role.TOOL, "120 dirhams", answers="call_7"),
            Message(Role.TOOL, "not JSON", answers="call_8"),
        )
        async with model_of(served) as model:
            parts = await parts_of(model, asks(*messages, tools=[LOOK_UP]))
        assert isinstance(parts[-1], Stopped)

    async def test_what_prompts_begin_with_is_read_once(self, served: Served) -> None:
        """The reason for the order of a prompt: what never changes stands first."""
        unchanging = Message(Role.SYSTEM, "You answer the callers of Noor. " * 60)
        async with model_of(served) as model:
            await parts_of(model, asks(unchanging, Message(Role.USER, "One")))
            *_, stopped = await parts_of(model, asks(unchanging, Message(Role.USER, "Two")))
        assert isinstance(stopped, Stopped)
        assert stopped.cached_tokens > stopped.prompt_tokens / 2

    async def test_without_a_name_the_first_model_listed_is_used(self, served: Served) -> None:
        async with model_of(served, model="") as model:
            parts = await parts_of(model, asks())
        assert isinstance(parts[-1], Stopped)

    async def test_an_unknown_model_is_told_with_those_there_are(self, served: Served) -> None:
        async with model_of(served, model="larger") as model:
            with pytest.raises(EngineError, match=f"'larger' .*it has {served.model}"):
                await parts_of(model, asks())

    async def test_a_wrong_key_is_told_without_the_key(self, served: Served) -> None:
        async with model_of(served, api_key="wr0ng") as model:
            with pytest.raises(EngineError, match="refuses the key") as caught:
                await parts_of(model, asks())
        assert "wr0ng" not in str(caught.value)

    async def test_a_prompt_that_is_too_long_is_told(self, served: Served) -> None:
        async with model_of(served) as model:
            with pytest.raises(EngineError, match=r"refuses the request \(400\)"):
                await parts_of(model, asks(SYSTEM, Message(Role.USER, "dirham " * 20_000)))

    async def test_an_error_leaves_the_model_able_to_answer(self, served: Served) -> None:
        async with model_of(served) as model:
            with pytest.raises(EngineError):
                await parts_of(model, asks(SYSTEM, Message(Role.USER, "dirham " * 20_000)))
            parts = await parts_of(model, asks())
            assert isinstance(parts[-1], Stopped)
            assert model.waited_s == 0.0

    # ------------------------------------------------------------ what stands on it

    async def test_a_reply_that_is_thrown_away_stops_the_server(self, served: Served) -> None:
        async with model_of(served) as model:
            agent = agent_of(model, first_token_s=10, most_tokens=LONG)
            async with aclosing(agent.respond(ASKED)) as parts:
                replying = asyncio.create_task(anext(parts))
                await until_running(served, 1)
                replying.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await replying
            await until_running(served, 0)

    async def test_nothing_of_a_model_without_sense_is_heard(self, served: Served) -> None:
        async with model_of(served) as model:
            agent = agent_of(model, first_token_s=10)
            parts = [part async for part in agent.respond(ASKED)]
        assert {part for part in parts if isinstance(part, Sentence)} <= {INSTEAD}
        await until_running(served, 0)

    async def test_a_late_model_is_replaced_and_stopped(self, served: Served) -> None:
        async with model_of(served) as model:
            agent = agent_of(model, first_token_s=0.001, most_tokens=LONG)
            assert [part async for part in agent.respond(ASKED)] == [INSTEAD]
        await until_running(served, 0)

    async def test_an_analyst_gets_exactly_what_it_asked_for(self, served: Served) -> None:
        async with model_of(served, extra={}) as model:
            judge = Judge()
            rules = AgentSettings(understanding_s=10)
            await ModelAnalyst(model, judge, rules).analyse("my internet is down", Language.EN)
        assert not judge.asked


async def until_running(served: Served, requests: int) -> None:
    """Wait until the server works on so many requests."""
    for _ in range(round(STOPS_WITHIN_S / LOOK_S)):
        if await served.running() == requests:
            return
        await asyncio.sleep(LOOK_S)
    raise AssertionError(f"the server works on {await served.running()} requests, not {requests}")
