"""The page of what was tried is its rows, and nothing of an older run."""

from tests.interop import Row, with_table

PAGE = "# Interop\n\n<!-- table -->\nold\n<!-- end of the table -->\n\nSeen.\n"


def test_a_run_replaces_the_table_and_leaves_the_rest() -> None:
    rows = [Row("SIPp", "100 calls", "answered", "tests/a.py::test_x", passed=2)]
    page = with_table(PAGE, rows, "Peers: SIPp 3.6.1.")
    assert page.startswith("# Interop\n\n<!-- table -->\n\nPeers: SIPp 3.6.1.\n")
    assert page.endswith("<!-- end of the table -->\n\nSeen.\n")
    assert "old" not in page
    assert "| SIPp | 100 calls | answered | 2 of 2 | `pytest tests/a.py::test_x` |" in page
    assert with_table(page, rows, "Peers: SIPp 3.6.1.") == page


def test_a_row_that_failed_says_so() -> None:
    row = Row("SIPp", "100 calls", "answered", "tests/a.py::test_x", passed=1, failed=1)
    assert str(row).startswith("| SIPp | 100 calls | **failed**; meant: answered | 1 of 2 |")
