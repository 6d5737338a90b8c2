"""A language model answers callers, over SIP; its server is the tests' own."""

import asyncio
from pathlib import Path
from typing import Any

from tests.peers.openai_server import MODEL, Call, End, Exchange, Hang, Say, Script, openai_server
from tests.peers.phone import Phone
from tests.peers.processes import node
from tests.peers.records import ended, events, outcome


def asked(exchange: Exchange) -> str:
    """The caller's words that the model is to answer."""
    return str(exchange.request["messages"][-1]["content"])


async def call(folder: Path, url: str, *steps: str) -> list[dict[str, Any]]:
    """A call of the demo tenant whose agent asks the server at ``url``; its record."""
    settings: dict[str, Any] = {
        "ENGINES__RESPONDER": "agent",
        "ENGINES__MODEL": "openai",
        "ENGINES__OPENAI__URL": url,
        "ENGINES__OPENAI__MODEL": MODEL,
    }
    with node(folder, **settings) as served:
        await asyncio.to_thread(Phone(served, folder / "phone", *steps).talk)
        (record,) = ended(served.data)
    return record


async def test_a_model_answers_with_its_source_and_ends_the_call(tmp_path: Path) -> None:
    def reply(exchange: Exchange) -> Script:
        if "goodbye" in asked(exchange):
            return [Call("end_call", "{}"), End("tool_calls")]
        return [Say("The late payment fee "), Say("is 20 dirhams [1]."), End()]

    async with openai_server() as server:
        server.reply = reply
        record = await call(tmp_path, server.url, "@9 what is the late payment fee", "goodbye")
    answers = [line for line in events(record, "ReplyBegun") if line["kind"] == "answer"]
    assert [line["text"] for line in answers] == ["The late payment fee is 20 dirhams."]
    assert answers[0]["document"] == "late-payment.en.md"
    assert outcome(record) == "goodbye"
    assert not events(record, "EngineFailed")


async def test_a_model_that_hangs_is_let_go_and_the_documents_answer(tmp_path: Path) -> None:
    async with openai_server() as server:
        server.reply = lambda exchange: [Hang()]
        steps = ("@9 what are your opening hours on friday", "goodbye")
        record = await call(tmp_path, server.url, *steps)
        hung = server.completions[0]
    answers = [line for line in events(record, "ReplyBegun") if line["kind"] == "answer"]
    assert answers[0]["text"].startswith("On Friday our branches are open from 8")
    assert hung.aborted.is_set()
    assert outcome(record) == "goodbye"
