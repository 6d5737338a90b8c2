"""What goes wrong: at start one line and exit 2, in mid-call an apology and a proper end."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.peers.phone import Phone
from tests.peers.processes import node
from tests.peers.raw import Message, RawCaller
from tests.peers.records import ended, events, outcome


def started(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {"SIPAGENT_DATA_DIR": str(folder / "data")}
    env |= {f"SIPAGENT_{name}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, *(arguments or ("-m", "sipagent", "serve"))],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=folder,
        env={**os.environ, **env},
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a person sees. Raises where there are more."""
    assert done.returncode == 2, done
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        line = one_line(started(tmp_path, SIP__PORT=str(port)))
    assert line == (
        f"sipagent: UDP 127.0.0.1:{port} is taken; "
        "stop the program that has it or set SIPAGENT_SIP__PORT"
    )


def test_an_address_that_is_not_ours_is_one_line(tmp_path: Path) -> None:
    assert "set SIPAGENT_SIP__BIND" in one_line(started(tmp_path, SIP__BIND="192.0.2.77"))


def test_too_few_open_files_for_the_calls_is_one_line(tmp_path: Path) -> None:
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (500, 500)); "
        "from sipagent.cli.main import main; import sys; sys.argv = ['sipagent', 'serve']; main()"
    )
    line = one_line(started(tmp_path, "-c", limited))
    assert "200 calls need 1048 open files and this process may have 500" in line
    assert "ulimit -Hn 1048" in line


def test_a_low_soft_limit_is_raised_without_a_word(tmp_path: Path) -> None:
    """What the shell gives is no limit: the node may raise it up to the hard one itself."""
    limited = (
        "import resource; hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (500, hard)); "
        "from sipagent.open_files import ensure; ensure(200); "
        "sys = __import__('sys'); sys.exit(resource.getrlimit(resource.RLIMIT_NOFILE)[0] != 1048)"
    )
    assert started(tmp_path, "-c", limited).returncode == 0


def test_a_missing_wheel_is_one_line(tmp_path: Path) -> None:
    without = (
        "import sys; sys.modules['pjsua2'] = None; from sipagent.cli.main import main; "
        "sys.argv = ['sipagent', 'serve']; main()"
    )
    assert one_line(started(tmp_path, "-c", without)).endswith("run: make setup")


def test_a_missing_model_is_one_line(tmp_path: Path) -> None:
    line = one_line(started(tmp_path, ENGINES__WHISPER__MODEL="large-v3"))
    assert "sipagent models pull large-v3" in line


def test_an_unknown_engine_is_one_line(tmp_path: Path) -> None:
    assert "espeak" in one_line(started(tmp_path, ENGINES__VOICE="parrot"))


def test_missing_knowledge_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "sipagent.toml").write_text(
        '[[tenants]]\nname = "a"\nnumbers = ["+97142000000"]\nknowledge = "nowhere"\n'
        'desk = "sip:desk@127.0.0.1"\n'
    )
    assert "nowhere" in one_line(started(tmp_path))


def test_an_unwritable_data_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    assert "set SIPAGENT_DATA_DIR" in one_line(started(tmp_path))


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.fail("needs /dev/full")
    (tmp_path / "data" / "calls" / "open").mkdir(parents=True)
    (tmp_path / "data" / "calls" / "open" / ".probe").symlink_to(full)
    assert "free space" in one_line(started(tmp_path))


def test_engines_that_are_late_send_new_calls_elsewhere_until_they_have_caught_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_s = tmp_path / "busy"
    busy_s.write_text("0")
    monkeypatch.setenv("BUSY_S", str(busy_s))
    settings = {"ENGINES__TRANSCRIBER": "BusyTranscriber"}
    with node(tmp_path, "tests.peers.faulty", None, **settings) as served:

        def pinged(status: int) -> Message:
            """The answer to OPTIONS, once it is the one that is due."""
            until = time.monotonic() + 5
            while time.monotonic() < until:
                with RawCaller(served.address) as caller:
                    caller.request("OPTIONS")
                    answer = caller.receive(1.0)
                if answer and answer.status == status:
                    return answer
                time.sleep(0.1)
            raise AssertionError(f"no {status} in time, but {answer}")

        with RawCaller(served.address) as talking:
            talking.answered()
            busy_s.write_text("3")
            assert pinged(503).one("retry-after")
            with RawCaller(served.address) as caller:
                caller.invite()
                assert caller.expect(status=503, method="INVITE").one("retry-after")
            busy_s.write_text("0.1")
            pinged(200)
            talking.request("BYE")
            talking.expect(status=200, method="BYE")
        with RawCaller(served.address) as caller:
            caller.answered()


@pytest.mark.parametrize(
    ("kind", "engine"),
    [
        ("TRANSCRIBER", "RaisingTranscriber"),
        ("TRANSCRIBER", "HangingTranscriber"),
        ("RESPONDER", "RaisingResponder"),
        ("RESPONDER", "HangingResponder"),
        ("VOICE", "RaisingVoice"),
        ("VOICE", "HangingVoice"),
    ],
)
def test_an_engine_that_fails_in_mid_call_costs_an_apology_and_a_proper_end(
    tmp_path: Path, kind: str, engine: str
) -> None:
    """The desk declines, so the call ends; within 3 s the caller had heard why."""
    with node(tmp_path, "tests.peers.faulty", None, **{f"ENGINES__{kind}": engine}) as faulty:
        question = "@1 what are your opening hours on friday"
        talk = Phone(faulty, tmp_path / "phone", question, options=("--no-follow",)).talk()
        (record,) = ended(faulty.data)
    assert events(record, "EngineFailed")
    kinds = [line["kind"] for line in events(record, "ReplyBegun")]
    assert kinds[0] == "greeting"
    assert kinds[-2:] == ["apology", "call-later"]
    assert [line["state"] for line in events(record, "TransferStep")][-1] == "refused"
    assert outcome(record) == "engine-failed"
    assert talk.result["responses_ms"][0] < 3000
