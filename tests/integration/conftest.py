"""Nodes that the tests call. One is shared where a test leaves no trace in it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.peers import old_calls as stories
from tests.peers.processes import Node, node


@pytest.fixture(scope="session")
def shared_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with node(tmp_path_factory.mktemp("node")) as running:
        yield running


@pytest.fixture
def own_node(tmp_path: Path) -> Iterator[Node]:
    with node(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def old_calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stories.OldCalls]:
    """Begun when first asked for: who does so early waits less."""
    folder = tmp_path_factory.mktemp("old")
    with node(folder, SIP__MEDIA_TIMEOUT_S="0") as served, ThreadPoolExecutor(8) as threads:
        yield stories.begin(served, threads)
