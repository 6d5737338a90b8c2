"""Nodes that the tests call. One is shared where a test leaves no trace in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.processes import Node, node


@pytest.fixture(scope="session")
def shared_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with node(tmp_path_factory.mktemp("node")) as running:
        yield running


@pytest.fixture
def own_node(tmp_path: Path) -> Iterator[Node]:
    with node(tmp_path) as running:
        yield running
