"""The scenarios beside this file, run as a tenant runs them: each is a case of its own here."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, parse

import pytest

from sipagent.cli.scenario.reading import Loaded, read
from tools.demo.processes import free_port, unconfigured

FOLDER = Path(__file__).parent
LONGEST_S = 300.0
SCENARIOS = read([FOLDER]).scenarios

pytestmark = [
    pytest.mark.alone,  # a dozen calls at once, and each is timed
    pytest.mark.timeout(LONGEST_S + 60),
]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of all scenarios wrote. ``cases`` by name."""

    status: int
    took_s: float
    printed: str
    cases: dict[str, Element]
    kept: Path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("scenarios")
    junit, kept = folder / "junit.xml", folder / "calls"
    began = time.monotonic()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "sipagent", "scenario", "run", str(FOLDER), "--start"),
            *("--junit", str(junit), "--keep", str(kept)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=unconfigured(),
        cwd=folder,
    )
    try:
        printed, _ = process.communicate(timeout=LONGEST_S + 30)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
    assert junit.is_file(), printed
    cases = {str(case.get("name")): case for case in parse(junit).iter("testcase")}
    return Run(process.returncode, time.monotonic() - began, printed, cases, kept)


@pytest.mark.parametrize("loaded", SCENARIOS, ids=lambda loaded: loaded.scenario.name)
def test_the_agent_does_what_the_scenario_expects(run: Run, loaded: Loaded) -> None:
    name = loaded.scenario.name
    failure = run.cases[name].find("failure")
    if failure is not None:
        talk = run.cases[name].findtext("system-out")
        pytest.fail(f"{failure.text}\n{talk}\n{run.kept / name}.wav, .jsonl", pytrace=False)


def test_all_end_within_five_minutes(run: Run) -> None:
    assert run.took_s < LONGEST_S


def test_the_exit_status_tells_whether_all_went_well(run: Run) -> None:
    failed = any(case.find("failure") is not None for case in run.cases.values())
    assert run.status == (1 if failed else 0), run.printed


def test_a_recording_a_conversation_and_a_record_are_kept_of_each_call(run: Run) -> None:
    names = [loaded.scenario.name for loaded in SCENARIOS]
    missing = [
        f"{name}{suffix}"
        for name in names
        for suffix in (".wav", ".txt", ".jsonl")
        if not (run.kept / f"{name}{suffix}").is_file()
    ]
    assert not missing


def sipagent(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "sipagent", "scenario", *arguments],
        capture_output=True,
        text=True,
        env=unconfigured(),
        cwd=folder,
        timeout=60,
        check=False,
    )


def test_a_fault_in_a_file_is_told_with_its_line_and_nobody_is_called(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("scenarios:\n  - name: one\n    steps: [{sing: la}]\n")
    ended = sipagent(tmp_path, "run", "bad.yaml", "--start")
    assert ended.returncode == 2
    assert ended.stderr.startswith("sipagent: bad.yaml:3: scenarios.0.steps.0.sing: unknown")
    assert ended.stdout == ""


def test_a_server_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("scenarios:\n  - name: one\n    steps: [{keys: '1'}]\n")
    ended = sipagent(tmp_path, "run", "one.yaml", "--server", f"127.0.0.1:{free_port()}")
    assert ended.returncode == 2
    assert ended.stderr.startswith("sipagent: nothing answers SIP at 127.0.0.1:")


def test_files_are_checked_without_a_call(tmp_path: Path) -> None:
    ended = sipagent(tmp_path, "check", str(FOLDER))
    assert (ended.returncode, ended.stdout) == (0, f"{len(SCENARIOS)} scenarios\n")
