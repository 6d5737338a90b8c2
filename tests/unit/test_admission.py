"""When a node sends new calls elsewhere for its engines' sake."""

import pytest

from sipagent.engines.line import Line
from sipagent.sip.admission import Overload


def test_a_node_whose_engines_are_late_takes_no_call_until_they_have_caught_up() -> None:
    overload = Overload(limit_s=2.0)
    waits = [0.0, 1.9, 2.1, 1.5, 1.0, 0.9, 1.9, 2.1]
    assert [overload.look(wait) for wait in waits] == [
        *(False, False),
        *(True, True, True),
        *(False, False),
        True,
    ]


def test_a_line_is_as_long_as_its_first_has_waited() -> None:
    now = 0.0
    line = Line(lambda: now)
    assert line.waited_s == 0.0
    begin_first = line.join()
    now = 1.0
    begin_second = line.join()
    now = 3.0
    assert line.waited_s == pytest.approx(3.0)
    begin_first()
    begin_first()
    assert line.waited_s == pytest.approx(2.0)
    begin_second()
    assert line.waited_s == 0.0
