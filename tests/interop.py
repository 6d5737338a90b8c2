"""What was tried with which peer, and what came out: docs/interop.md, by ``make interop``.

A test that carries ``@pytest.mark.interop(peer, what, came_out)`` is a row. As a plugin of pytest
this runs such tests alone, and writes the table with how each went.
"""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

BEGIN, END = "<!-- table -->", "<!-- end of the table -->"
VERSIONS = (
    ("SIPp", ["sipp", "-v"], r"SIPp v([\d.]*\d)"),
    ("baresip", ["baresip", "-h"], r"baresip v?([\d.]*\d)"),
    ("Kamailio", ["/usr/sbin/kamailio", "-v"], r"kamailio ([\d.]*\d)"),
    ("tshark", ["tshark", "-v"], r"([\d.]*\d)"),
)


@dataclass(slots=True)
class Row:
    """A marked test: its cases so far."""

    peer: str
    what: str
    came_out: str
    test: str
    passed: int = 0
    failed: int = 0

    def __str__(self) -> str:
        cases = f"{self.passed} of {self.passed + self.failed}"
        came_out = self.came_out if not self.failed else f"**failed**; meant: {self.came_out}"
        return f"| {self.peer} | {self.what} | {came_out} | {cases} | `pytest {self.test}` |"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--interop", type=Path, help="a page with a table to be written anew")


def pytest_configure(config: pytest.Config) -> None:
    page = config.getoption("--interop")
    if page is not None:
        config.pluginmanager.register(Table(page, config.rootpath), "interop table")


class Table:
    """Collects the marked tests and writes the page when all have run."""

    def __init__(self, page: Path, root: Path) -> None:
        self._page = page
        self._root = root
        self._rows: dict[str, Row] = {}

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        marked = [item for item in items if item.get_closest_marker("interop")]
        config.hook.pytest_deselected(items=[item for item in items if item not in marked])
        items[:] = marked
        for item in marked:
            mark = item.get_closest_marker("interop")
            assert mark is not None
            test = item.nodeid.partition("[")[0]
            peer, what, came_out = mark.args
            self._rows.setdefault(test, Row(peer, what, came_out, test))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        row = self._rows[report.nodeid.partition("[")[0]]
        if report.failed:
            row.failed += 1
        elif report.when == "call":
            row.passed += 1

    def pytest_sessionfinish(self) -> None:
        """Rows by peer, in the order of their tests."""
        rows = sorted(self._rows.values(), key=lambda row: row.peer.lower())
        self._page.write_text(with_table(self._page.read_text(), rows, versions()))


def with_table(page: str, rows: Sequence[Row], peers: str) -> str:
    """``page`` with everything between its two marks replaced."""
    head, _, rest = page.partition(BEGIN)
    tail = rest.partition(END)[2]
    titles = ["| peer | what | what came out | cases | command |", "|---|---|---|---|---|"]
    return "\n".join([head + BEGIN, "", peers, "", *titles, *map(str, rows), "", END + tail])


def versions() -> str:
    """The peers as they are installed."""
    found = []
    for name, command, pattern in VERSIONS:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        version = re.search(pattern, done.stdout + done.stderr)
        found.append(f"{name} {version[1] if version else '(unknown)'}")
    return f"Peers: {', '.join(found)}."
