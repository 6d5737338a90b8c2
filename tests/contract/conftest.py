"""Every engine of the table, as the shared suites meet it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from sipagent.config import EngineSettings
from sipagent.engines import ENGINES, load
from sipagent.errors import ExtraMissing
from sipagent.knowledge.documents import Document, load_documents
from sipagent.knowledge.lexical import LexicalIndex
from sipagent.ports import Responder, Transcriber, Voice
from tests.contract.voices import equipped

TENANT: Final = "demo"
KNOWLEDGE: Final = Path(__file__).parents[2] / "kb" / "demo"


@contextmanager
def installed(kind: str, name: str) -> Iterator[None]:
    """Skips an engine whose extra is not installed. The embedded ones are always there."""
    try:
        yield
    except ExtraMissing as missing:
        if name == getattr(EngineSettings(), kind):
            raise
        pytest.skip(str(missing))


@pytest.fixture(params=sorted(ENGINES["voice"].keys() - {"xtts"}))  # that one: tests/models
async def voice(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Voice]:
    async with equipped(request.param, tmp_path) as settings:
        with installed("voice", request.param):
            engine = load("voice", request.param, settings)
        yield engine
        await engine.close()


@pytest.fixture(params=sorted(ENGINES["transcriber"]))
async def transcriber(request: pytest.FixtureRequest) -> AsyncIterator[Transcriber]:
    with installed("transcriber", request.param):
        engine = load("transcriber", request.param, {})
    yield engine
    await engine.close()


@pytest.fixture(scope="session")
def documents() -> tuple[Document, ...]:
    return load_documents(KNOWLEDGE)


@pytest.fixture(params=sorted(ENGINES["responder"]))
async def responder(
    request: pytest.FixtureRequest, documents: tuple[Document, ...]
) -> AsyncIterator[Responder]:
    with installed("responder", request.param):
        engine = load("responder", request.param, {}, {TENANT: LexicalIndex(documents)})
    yield engine
    await engine.close()
