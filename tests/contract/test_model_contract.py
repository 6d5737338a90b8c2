"""The contract of language models over the server of the tests."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.contract.model_contract import ModelContract, Served
from tests.peers.openai_server import MODEL, OpenAiServer, openai_server


@dataclass(frozen=True, slots=True)
class Loopback:
    server: OpenAiServer

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def key(self) -> str:
        return self.server.key

    @property
    def model(self) -> str:
        return MODEL

    @property
    def endless(self) -> dict[str, object]:
        return {}

    async def running(self) -> int:
        return sum(not one.over and not one.aborted.is_set() for one in self.server.exchanges)


class TestTheServerOfTheTests(ModelContract):
    @pytest.fixture
    async def served(self) -> AsyncIterator[Served]:
        async with openai_server(key="k3y", pace_s=0.001) as server:
            yield Loopback(server)
