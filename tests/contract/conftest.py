"""Every engine of the table, as the shared suites meet it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from sipagent.engines import ENGINES, load
from sipagent.errors import ExtraMissing
from sipagent.knowledge.documents import Document, load_documents
from sipagent.knowledge.lexical import LexicalIndex
from sipagent.ports import Responder, Transcriber, Voice

TENANT: Final = "demo"
KNOWLEDGE: Final = Path(__file__).parents[2] / "kb" / "demo"


@pytest.fixture(params=sorted(ENGINES["voice"]))
async def voice(request: pytest.FixtureRequest) -> AsyncIterator[Voice]:
    try:
        engine = load("voice", request.param, {})
    except ExtraMissing as missing:
        pytest.skip(str(missing))
    yield engine
    await engine.close()


@pytest.fixture(params=sorted(ENGINES["transcriber"]))
async def transcriber(request: pytest.FixtureRequest) -> AsyncIterator[Transcriber]:
    try:
        engine = load("transcriber", request.param, {})
    except ExtraMissing as missing:
        pytest.skip(str(missing))
    yield engine
    await engine.close()


@pytest.fixture(scope="session")
def documents() -> tuple[Document, ...]:
    return load_documents(KNOWLEDGE)


@pytest.fixture(params=sorted(ENGINES["responder"]))
async def responder(
    request: pytest.FixtureRequest, documents: tuple[Document, ...]
) -> AsyncIterator[Responder]:
    try:
        engine = load("responder", request.param, {}, {TENANT: LexicalIndex(documents)})
    except ExtraMissing as missing:
        pytest.skip(str(missing))
    yield engine
    await engine.close()
