"""Our own share of a response: what is left when all that must take time is taken off."""

from collections.abc import Sequence

import pytest

from tests.bench.answers import TurnHeard
from tests.bench.delays import BROKEN_OFF, WHOLE
from tests.bench.report import Findings, Part, Row, document, section
from tests.bench.response import ENGINES_MS, FIXED, OFFLINE, RULES, _where, figures, path_ms
from tests.bench.response_run import Profile, Run
from tests.bench.talkers import Said, Timetable, lags_ms, spoken


def test_the_engines_are_the_longer_path_after_a_whole_question() -> None:
    assert path_ms(WHOLE) == RULES.pause_ms + ENGINES_MS == 642


def test_the_silence_is_the_longer_path_after_words_that_break_off() -> None:
    assert path_ms(BROKEN_OFF) > 1000


def _run(profile: Profile, responses: Sequence[float | None]) -> Run:
    heard = [
        TurnHeard(turn, turn % 2, response, 80.0, 10.0) for turn, response in enumerate(responses)
    ]
    return Run(profile, 1, 0, heard, [4.0], [20.0], {}, [70.0, 80.0, 90.0])


def test_our_own_share_is_the_response_without_path_floor_and_lag() -> None:
    run = _run(FIXED, [642.0 + 35 + 70 + 12, None, 642.0 + 35 + 90 + 20])
    assert run.own_ms(35.0) == pytest.approx([12, 20])
    assert run.own_ms(35.0, lag=True) == pytest.approx([82, 110])
    assert run.own_ms(35.0, kind=1) == []


def test_where_the_engines_times_are_not_known_nothing_is_our_own() -> None:
    assert _run(OFFLINE, [700.0]).own_ms(35.0) == []


def test_the_rows_of_a_run_hold_their_budgets_and_count_what_was_not_answered() -> None:
    rows = {row.what: row for row in figures(_run(FIXED, [780.0, None]), [30.0, 40.0])}
    assert rows["fixed, 1: our own share, p50"].budget == 40
    assert rows["fixed, 1: our own share and the VAD's lag, p95"].budget == 60
    assert rows["fixed, 1: barge-in, p95"].within == "yes"
    assert rows["fixed, 1: turns not answered, of 2"].within == "no"
    assert rows["fixed, 1: response, p50 of 1"].plain == 30


def test_the_parts_of_a_response_add_up_to_it() -> None:
    run = _run(FIXED, [642.0 + 35 + 70 + 12])
    line = next(row for row in _where([(run, 35.0)]).splitlines() if WHOLE in row)
    floor, lag, silence, engines, own, budget, response = map(int, line.split("|")[2:-1])
    assert (floor, lag, own, budget) == (35, 70, 12, 40)
    assert floor + lag + silence + engines + own == response == 759


def test_a_timetable_says_each_thing_in_its_turn() -> None:
    table = Timetable((Said("where can i park"), Said("i am calling because")), turns=3)
    assert [table.kind(turn) for turn in range(3)] == [0, 1, 0]
    assert len(table.sound()) == round(table.seconds * 8000)
    end_s = table.at_s(1) + len(spoken(table.says[1])) / 8000
    assert table.last_packet(1) == pytest.approx(50 * end_s, abs=1)


def test_the_vad_sees_speech_end_within_a_few_windows_of_its_last_packet() -> None:
    lags = lags_ms(Timetable(FIXED.says, turns=2))
    assert len(lags) == 2
    assert all(0 < lag < 160 for lag in lags)


def test_findings_are_written_with_caption_baseline_and_what_follows() -> None:
    found = Findings([Row("a", "ms", 1, 2, 3)], "echo", "How it was measured.", "And a list.")
    text = section(found)
    assert text.startswith("How it was measured.\n\n|  | measured | budget | within | echo |")
    assert text.endswith("| a | 1 ms | 2 ms | yes | 3 ms |\n\nAnd a list.")
    assert "## part\n\nCommand: `make`" in document("a machine", [Part("part", "make", found)])
