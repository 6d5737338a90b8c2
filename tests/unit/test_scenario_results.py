"""What is told of a run: rows, failures, the JUnit file."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import parse

from sipagent.cli.phone.report import Referral
from sipagent.cli.scenario import junit, table
from sipagent.cli.scenario.evidence import Episode, Span, Speech
from sipagent.cli.scenario.judging import Fault
from sipagent.cli.scenario.keeping import keep, keep_records
from sipagent.cli.scenario.own_node import at_desk
from sipagent.cli.scenario.reading import Loaded
from sipagent.cli.scenario.result import Result
from sipagent.cli.scenario.schema import Scenario
from sipagent.config import demo_tenants
from sipagent.text.language import Language

HEARD = (("twenty dirhams", Language.EN),)


def scenario(name: str = "fee") -> Scenario:
    steps = [{"say": "how much is it"}, {"say": "okay"}, {"silence_s": 3}]
    return Scenario.model_validate({"name": name, "tags": ["en", "fee"], "steps": steps})


def answered(step: int, at_ms: int, response_ms: int) -> Episode:
    said = Speech(at_ms + 1000 + response_ms, at_ms + 4000, heard=HEARD)
    return Episode(step, at_ms, at_ms + 5000, (Span(at_ms, at_ms + 1000),), (said,))


def result(*faults: Fault, path: str = "calls.yaml") -> Result:
    episodes = (
        Episode(-1, 0, 3000),
        answered(0, 3000, 600),
        answered(1, 8000, 700),
        Episode(2, 13_000, 16_000, ended_by="caller"),
    )
    ended = "the caller hung up, all was said"
    return Result(scenario(), Path(path), episodes, faults, 17.0, "id@host", ended)


BAD = result(Fault(1, "“thirty” was not heard, but “twenty\x07”"), Fault(0, "it broke"))


def test_a_row_tells_turns_times_and_what_failed_first() -> None:
    rows = table.Table([Loaded(scenario(), Path())])
    assert rows.heading() == "scenario  turns      p50      max  result"
    assert rows.row(result()) == "fee           3   650 ms   700 ms  ok"
    told = "FAILED  step 1: “thirty” was not heard, but “twenty\x07”"
    assert rows.row(BAD) == f"fee           3   650 ms   700 ms  {told}"


def test_a_row_tells_that_the_first_call_could_not_be_judged() -> None:
    row = table.Table([Loaded(scenario(), Path())]).row(replace(result(), stood_still_ms=624.4))
    assert row.endswith("ok      (second call: in the first the line stood still 624 ms)")


def test_a_scenario_without_a_call_has_a_row_too() -> None:
    refused = Result(scenario(), Path(), (), (Fault(0, "refused: 403"),), 0.1)
    row = table.Table([Loaded(scenario(), Path())]).row(refused)
    assert row == "fee           0        -        -  FAILED  refused: 403"


def test_the_run_is_told_in_one_line() -> None:
    told = "2 scenarios, 1 failed, in 60 s; response p50 650 ms, p95 700 ms, max 700 ms"
    assert table.summary([result(), BAD], 60.2) == told


def test_a_failure_is_told_whole_with_its_conversation() -> None:
    told = list(table.failures([result(), BAD]))
    assert told[1:4] == [
        "fee (calls.yaml)",
        "  step 1: “thirty” was not heard, but “twenty\x07”",
        "  it broke",
    ]
    assert told[4] == "      3.00  caller “how much is it” (step 1)"
    assert told[5] == ("      4.60  agent  “twenty dirhams” (to 7.00, 600 ms after the caller)")
    assert told[-1] == "     16.00         the caller hung up, all was said"


def test_a_transfer_stands_in_the_conversation_with_its_headers() -> None:
    referral = Referral(9000, "", "desk+ab", {"X-Token": "ab"})
    one = Result(scenario(), Path(), (Episode(0, 0, 9500, referrals=(referral,)),), (), 9.0)
    assert list(one.conversation())[-1] == ("    9.00  agent  transfers to desk+ab; X-Token: ab")


def test_the_junit_file_has_a_suite_per_file_and_a_case_per_scenario(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    junit.write(path, [result(), BAD, result(path="other.yaml")])
    suites = parse(path).getroot().findall("testsuite")
    told = [(one.get("name"), one.get("tests"), one.get("failures")) for one in suites]
    assert told == [("calls", "2", "1"), ("other", "1", "0")]
    good, bad = suites[0].findall("testcase")
    assert (good.get("classname"), good.get("name"), good.get("time")) == ("calls", "fee", "17.000")
    assert good.find("failure") is None
    failure = bad.find("failure")
    assert failure is not None
    assert failure.get("message") == "step 1: “thirty” was not heard, but “twenty\ufffd”"
    assert failure.text is not None
    assert "it broke" in failure.text
    facts = {one.get("name"): one.get("value") for one in good.iter("property")}
    assert facts["response_p50_ms"] == "650"
    assert facts["tags"] == "en fee"
    out = good.findtext("system-out")
    assert out is not None
    assert "twenty dirhams" in out


def test_the_record_of_a_call_is_kept_beside_its_conversation(tmp_path: Path) -> None:
    day = tmp_path / "data" / "calls" / "2026-01-01"
    day.mkdir(parents=True)
    (day / "a.jsonl").write_text(json.dumps({"sip_call_id": "other"}) + "\n")
    (day / "b.jsonl").write_text(json.dumps({"sip_call_id": "id@host"}) + "\n")
    kept = tmp_path / "kept"
    keep(kept, result(), None)
    keep_records(kept, [result()], tmp_path / "data")
    assert json.loads((kept / "fee.jsonl").read_text())["sip_call_id"] == "id@host"
    assert "twenty dirhams" in (kept / "fee.txt").read_text()


def test_a_nodes_desks_are_moved_to_the_run_and_keep_their_user_parts() -> None:
    tenant = demo_tenants()[0].model_copy(
        update={"desk": "sip:a.b@desk.example:5070;x=1", "emergency_desk": "sip:fire@[::1]:5060"}
    )
    moved = at_desk(tenant, "127.0.0.1:9")
    assert moved.desk == "sip:a.b@127.0.0.1:9;x=1"
    assert moved.emergency_desk == "sip:fire@127.0.0.1:9"


def test_a_line_that_stood_still_is_told_beside_what_was_heard() -> None:
    told = list(replace(result(), gap_ms=960.4).conversation())
    assert told[-1].strip() == "the agent's packets stopped for 960 ms: a busy machine?"
    assert "stopped" not in "".join(replace(result(), gap_ms=41.0).conversation())
