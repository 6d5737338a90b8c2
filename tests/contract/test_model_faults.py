"""A server that misbehaves in every way that was thought of, and what the engine makes of it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from sipagent.config.models import OpenAiSettings
from sipagent.engines import llm_openai
from sipagent.engines.llm_openai import OpenAiModel
from sipagent.errors import ConfigError, EngineError
from sipagent.ports import Fragment, Message, Role, Stopped, ToolCall, ToolSpec
from tests.contract.model_contract import CALLER, SYSTEM, asks, parts_of, text_of
from tests.peers.openai_server import (
    MODEL,
    Call,
    Data,
    End,
    Hang,
    HangUp,
    Octets,
    OpenAiServer,
    Refuse,
    Say,
    Script,
    Wait,
    openai_server,
    says,
)


@pytest.fixture
async def server() -> AsyncIterator[OpenAiServer]:
    async with openai_server() as running:
        yield running


def settings(server: OpenAiServer, **others: object) -> OpenAiSettings:
    return OpenAiSettings.model_validate({"url": server.url, "model": MODEL} | others)


@pytest.fixture
async def model(server: OpenAiServer) -> AsyncIterator[OpenAiModel]:
    engine = OpenAiModel(settings(server, first_token_s=3.0, token_s=1.5))
    yield engine
    await engine.close()


def event(**fields: object) -> str:
    return json.dumps(fields)


BROKEN: list[tuple[Script, str]] = [
    ([Refuse(400, '{"error": {"message": "max_tokens is too large"}}')], "max_tokens is too large"),
    ([Refuse(401)], "refuses the key"),
    ([Refuse(403)], "refuses the key"),
    ([Refuse(404)], "has no model 'tiny' .*it has tiny"),
    ([Refuse(429)], "too many requests"),
    ([Refuse(500, "Traceback: secret")], r"the server failed \(500\)$"),
    ([Refuse(503)], "failed .503"),
    ([Refuse(302)], "answered 302; set url"),
    ([Refuse(200, "<html>", "text/html")], "without a stream of events"),
    ([Refuse(200, '{"choices": []}')], "without a stream of events"),
    ([Say("Hel"), HangUp()], "the connection broke"),
    ([HangUp()], "the connection broke"),
    ([Say("Hel")], "ended before the model did"),
    ([], "the connection broke|without a stream"),
    ([Say("Hel"), Data("{oops")], "a chunk is not JSON"),
    ([Data("[" * 100_000)], "a chunk is not JSON"),
    ([Data("[1]")], "a chunk is no object"),
    ([Data(event(choices={"a": 1}))], "choices is no list"),
    ([Data(event(choices=[1]))], "a choice is no object"),
    ([Data(event(choices=[{"delta": "x"}]))], "a delta is no object"),
    ([Data(event(choices=[{"delta": {"tool_calls": "x"}}]))], "tool_calls is no list"),
    ([Data(event(choices=[{"delta": {"tool_calls": ["x"]}}]))], "a tool call is no object"),
    (
        [Data(event(choices=[{"delta": {"tool_calls": [{"function": 1}]}}]))],
        "a tool call without its function",
    ),
    ([Call(f"t{number}", "{}", index=number) for number in range(17)], "more than 16 tool calls"),
    ([Call("t", "x" * 70_000, cut=9000), End("tool_calls")], "arguments of more than"),
    ([Say("Hel"), Data(event(error={"message": "out of memory"}))], "error: out of memory"),
    ([Say("Hel"), End("abort")], "the server gave up: abort"),
    ([Say("Hel"), Hang()], "no token in time"),
    ([Say("Hel"), *(Wait(0.1), Octets(b": ping\n\n")) * 30], "no token in time"),
    ([Octets(b"data: " + b"x" * (1 << 21))], "an event of more than"),
    ([Octets((b"data: " + b"x" * 65_536 + b"\n") * 40)], "an event of more than"),
]


@pytest.mark.parametrize(("script", "what"), BROKEN, ids=[what for _, what in BROKEN])
async def test_a_fault_is_an_engine_error_that_says_what(
    server: OpenAiServer, model: OpenAiModel, script: Script, what: str
) -> None:
    server.scripts.extend([script, script])
    with pytest.raises(EngineError, match=what) as caught:
        await parts_of(model, asks())
    assert caught.value.engine == "openai"
    assert "\n" not in str(caught.value)
    assert model.waited_s == 0.0


@pytest.mark.parametrize(("script", "_"), BROKEN, ids=[what for _, what in BROKEN])
async def test_after_a_fault_the_next_request_is_answered(
    server: OpenAiServer, model: OpenAiModel, script: Script, _: str
) -> None:
    server.scripts.extend([script, script])
    with pytest.raises(EngineError):
        await parts_of(model, asks())
    server.scripts.clear()
    assert isinstance((await parts_of(model, asks()))[-1], Stopped)


async def test_what_came_before_a_break_was_told(server: OpenAiServer, model: OpenAiModel) -> None:
    server.scripts.append([Say("The fee "), Say("is 20."), HangUp()])
    async with aclosing(model.complete(asks())) as parts:
        assert [await anext(parts), await anext(parts)] == [
            Fragment("The fee "),
            Fragment("is 20."),
        ]
        with pytest.raises(EngineError):
            await anext(parts)


async def test_a_server_that_is_not_there_is_told_at_once() -> None:
    async with openai_server() as gone:
        address = settings(gone)
    engine = OpenAiModel(address)
    with pytest.raises(EngineError, match=rf"{re.escape(address.url)} cannot be reached"):
        await parts_of(engine, asks())
    await engine.close()


async def test_a_server_that_accepts_and_says_nothing_is_late(server: OpenAiServer) -> None:
    server.scripts.append([Hang()])
    engine = OpenAiModel(settings(server, first_token_s=0.1))
    with pytest.raises(EngineError, match="no token in time"):
        await parts_of(engine, asks())
    await asyncio.wait_for(server.completions[0].aborted.wait(), 2)
    await engine.close()


async def test_a_connection_that_the_server_closed_is_tried_once_more(
    server: OpenAiServer, model: OpenAiModel
) -> None:
    server.scripts.extend([says("One."), [HangUp()], says("Two.")])
    assert text_of(await parts_of(model, asks())) == "One."
    assert text_of(await parts_of(model, asks())) == "Two."
    assert len(server.completions) == 3


async def test_a_server_that_came_back_is_found_again(
    server: OpenAiServer, model: OpenAiModel
) -> None:
    server.scripts.extend([says("One."), says("Two.")])
    await parts_of(model, asks())
    await server.stop()
    with pytest.raises(EngineError):
        await parts_of(model, asks())
    await server.start()
    assert text_of(await parts_of(model, asks())) == "Two."


@pytest.mark.parametrize("late", [HangUp(), Refuse(503), Hang()])
async def test_nothing_is_tried_again_once_the_server_began(
    server: OpenAiServer, model: OpenAiModel, late: HangUp | Refuse | Hang
) -> None:
    server.scripts.append([late] if isinstance(late, Refuse) else [Say("Hel"), late])
    with pytest.raises(EngineError):
        await parts_of(model, asks())
    assert len(server.completions) == 1


async def test_one_connection_serves_one_request_after_the_other(
    server: OpenAiServer, model: OpenAiModel
) -> None:
    for _ in range(5):
        await parts_of(model, asks())
    assert {one.connection for one in server.completions} == {1}


async def test_an_answer_without_its_end_mark_or_count_is_whole(
    server: OpenAiServer, model: OpenAiModel
) -> None:
    """The model's own end tells that nothing is missing; the mark says it once more."""
    server.scripts.append([Say("Done."), End(usage=False, done=False)])
    assert await parts_of(model, asks()) == [Fragment("Done."), Stopped("stop", 0, 0, 0)]


async def test_a_server_that_goes_on_after_its_end_is_not_waited_for(
    server: OpenAiServer, model: OpenAiModel
) -> None:
    server.scripts.append([*says("Done."), Say("more"), Hang()])
    async with asyncio.timeout(1):
        assert text_of(await parts_of(model, asks())) == "Done."


async def test_an_endless_answer_is_cut(
    server: OpenAiServer, model: OpenAiModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llm_openai, "MOST_OCTETS", 50_000)
    server.scripts.append([*[Say("words " * 50)] * 300, Hang()])
    with pytest.raises(EngineError, match="an answer of more than 50000 octets"):
        await parts_of(model, asks())
    await asyncio.wait_for(server.completions[0].aborted.wait(), 2)


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
async def test_packets_may_cut_anywhere(
    server: OpenAiServer, model: OpenAiModel, cut: int, line_end: str
) -> None:
    chunk = json.dumps({"choices": [{"delta": {"content": "غرامة 20 درهما"}}]}, ensure_ascii=False)
    end = json.dumps({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    lines = [": ping", "event: x", f"data:{chunk}", "", "", f"data: {end}", "", "data: [DONE]"]
    server.scripts.append(
        [Octets(line_end.join(["\ufeff" + lines[0], *lines[1:], "", ""]).encode(), cut)]
    )
    assert text_of(await parts_of(model, asks())) == "غرامة 20 درهما"


async def test_an_event_of_several_lines_is_one(server: OpenAiServer, model: OpenAiModel) -> None:
    split = '{"choices": [{"delta":\n {"content": "One."}, "finish_reason": "stop"}]}'
    lines = "".join(f"data: {line}\n" for line in split.split("\n"))
    server.scripts.append([Octets(f"{lines}\ndata: [DONE]\n\n".encode())])
    assert text_of(await parts_of(model, asks())) == "One."


async def test_calls_that_are_written_at_once_are_told_apart(
    server: OpenAiServer, model: OpenAiModel
) -> None:
    def piece(index: int, arguments: str, name: str = "") -> Data:
        function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
        delta = {"tool_calls": [{"index": index, "function": function}]}
        return Data(event(choices=[{"index": 0, "delta": delta}]))

    server.scripts.append(
        [
            piece(0, '{"a"', "one"),
            piece(1, '{"b"', "two"),
            piece(0, ": 1}"),
            piece(1, ": 2}"),
            End(),
        ]
    )
    *calls, stopped = await parts_of(model, asks())
    assert calls == [
        ToolCall("call-0", "one", '{"a": 1}'),
        ToolCall("call-1", "two", '{"b": 2}'),
    ]
    assert isinstance(stopped, Stopped)
    assert stopped.reason == "tools"


async def test_other_choices_and_thoughts_are_not_said(
    server: OpenAiServer, model: OpenAiModel
) -> None:
    server.scripts.append(
        [
            Data(
                event(choices=[{"index": 0, "delta": {"reasoning_content": "hm", "content": None}}])
            ),
            Data(event(choices=[{"index": 1, "delta": {"content": "other"}}])),
            *says("One."),
        ]
    )
    assert text_of(await parts_of(model, asks())) == "One."


async def test_the_request_is_what_the_protocol_wants(
    server: OpenAiServer, model: OpenAiModel
) -> None:
    await parts_of(model, asks(SYSTEM, CALLER, most=7, schema={"type": "object"}))
    request = server.completions[0].request
    assert request == {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": SYSTEM.text},
            {"role": "user", "content": CALLER.text},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 7,
        "temperature": 0.2,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": True},
        },
    }


async def test_an_error_repeats_nothing_that_a_caller_said(
    server: OpenAiServer, model: OpenAiModel
) -> None:
    said = "my account number is 784-1990-1234567-1"
    told = {"error": {"message": f"bad input: {{'content': '{said}'}}"}}
    server.scripts.append([Refuse(400, json.dumps(told))])
    with pytest.raises(EngineError) as caught:
        await parts_of(model, asks(SYSTEM, Message(Role.USER, said)))
    assert "784" not in str(caught.value)


async def test_the_key_may_come_from_a_variable(
    server: OpenAiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOOR_KEY", "k3y")
    server.key = "k3y"
    engine = OpenAiModel(settings(server, api_key_variable="NOOR_KEY"))
    assert isinstance((await parts_of(engine, asks()))[-1], Stopped)
    await engine.close()


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"api_key_variable": "NO_SUCH_KEY"}, "no NO_SUCH_KEY"),
        ({"api_key": "two\nlines"}, "the key has characters"),
        ({"url": "http://[::1/v1"}, "url"),
    ],
)
def test_what_cannot_work_is_told_at_start(wrong: dict[str, object], what: str) -> None:
    with pytest.raises(ConfigError, match=what) as caught:
        OpenAiModel.from_settings(wrong)
    assert "lines" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://127.0.0.1"},
        {"url": "http://user:secret@127.0.0.1/v1"},
        {"extra": {"messages": []}},
        {"temperature": 3},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        OpenAiSettings.model_validate(wrong)


async def test_a_key_survives_the_way_through_the_settings(server: OpenAiServer) -> None:
    server.key = "k3y"
    engine = OpenAiModel.from_settings(settings(server, api_key="k3y").model_dump())
    assert isinstance((await parts_of(engine, asks()))[-1], Stopped)
    await engine.close()
    await engine.close()


OPEN: dict[str, object] = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(
    ("parameters", "strict_tools", "strict"),
    [
        (OPEN, True, False),
        ({**OPEN, "additionalProperties": False}, True, False),
        ({**OPEN, "additionalProperties": False, "required": ["a"]}, True, True),
        ({**OPEN, "additionalProperties": False, "required": ["a"]}, False, False),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "array", "items": OPEN}},
                "required": ["a"],
                "additionalProperties": False,
            },
            True,
            False,
        ),
    ],
)
async def test_servers_hold_a_model_to_schemas_that_are_closed(
    server: OpenAiServer, parameters: dict[str, object], strict_tools: bool, strict: bool
) -> None:
    engine = OpenAiModel(settings(server, strict_tools=strict_tools))
    await parts_of(engine, asks(tools=[ToolSpec("t", "T.", parameters, effects=False)]))
    function = server.completions[0].request["tools"][0]["function"]
    assert function.get("strict", False) is strict
    await engine.close()


def test_a_key_is_not_shown() -> None:
    assert "k3y" not in repr(OpenAiSettings.model_validate({"api_key": "k3y"}))


async def test_a_request_that_waits_is_seen_to_wait(server: OpenAiServer) -> None:
    server.scripts.append([Hang()])
    engine = OpenAiModel(settings(server))
    async with aclosing(engine.complete(asks())) as parts:
        waiting = asyncio.ensure_future(anext(parts))
        await asyncio.sleep(0.05)
        assert engine.waited_s > 0.04
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert engine.waited_s == 0.0
    await engine.close()


async def test_more_requests_than_connections_wait_their_turn(server: OpenAiServer) -> None:
    server.pace_s = 0.001
    engine = OpenAiModel(settings(server, connections=2))
    answers = await asyncio.gather(*(parts_of(engine, asks(most=4)) for _ in range(6)))
    assert all(isinstance(answer[-1], Stopped) for answer in answers)
    assert {one.connection for one in server.completions} <= {1, 2}
    await engine.close()
