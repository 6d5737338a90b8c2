"""What ``sipagent calls``, ``models`` and ``serve`` print, on what is made here."""

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from sipagent.cli import timeline
from sipagent.cli.calls import RecordMissing, calls, row
from sipagent.cli.models import models
from sipagent.cli.phone import call
from sipagent.cli.phone.command import read_server, read_words
from sipagent.cli.serve import _introduction
from sipagent.config import Settings, demo_tenants, load
from sipagent.errors import Blame, ModelMissing, SipagentError
from sipagent.events import (
    EVENTS,
    Answered,
    Event,
    HungUp,
    Interrupted,
    ReplyBegun,
    Ringing,
    TurnEnded,
    TurnTimed,
    TurnUnderstood,
    WordsHeard,
    WordsPlayed,
)
from sipagent.outcome import CALLER_HUNG_UP, Outcome
from sipagent.sip.quality import Counts, quality
from sipagent.store.calllog import CallLog, CallLogs, read
from sipagent.text.language import Language

RINGING = Ringing("loopback", "127.0.0.1:5099", "+97142000000", "abc@host", "phone", "+971501")


def run(*words: str) -> Result:
    return CliRunner().invoke(calls, words)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Two calls that are over, and one that is live."""
    logs = CallLogs(tmp_path)
    logs.prepare()
    talk(logs.open("aa11", "demo"))
    refused = logs.open("aa22", "")
    refused.record(RINGING)
    refused.end(Outcome("unknown-number", Blame.PEER))
    live = logs.open("bb33", "demo")
    live.record(RINGING)
    return tmp_path


def talk(record: CallLog) -> None:
    record.record(RINGING)
    record.record(Answered("PCMU", "127.0.0.1:4000"))
    record.clock = lambda: 2400
    record.record(TurnEnded(1000, 2000))
    record.record(WordsHeard("en", 0.93, False, 20, "when do"))
    record.record(WordsHeard("en", 0.93, True, 120, "when do you open"))
    record.record(TurnUnderstood("question", 0.1, "en", 0.9, "linear"))
    record.record(TurnTimed(320, 0, 12, 20, 352))
    source = ("hours.en.md", "Saturday", "On Saturday we open at 9.")
    record.record(ReplyBegun(2, "answer", "en", *source, "We open at 9."))
    record.clock = lambda: 3000
    record.record(Interrupted(2, "speech", "We open", "at 9."))
    record.record(WordsPlayed(2, False, "We open"))
    record.end(CALLER_HUNG_UP)


def test_calls_are_listed_with_their_outcome(data_dir: Path) -> None:
    for words in (("list", "--data-dir", str(data_dir)), ("--data-dir", str(data_dir))):
        result = run(*words)
        rows = {line.split()[0]: line for line in result.output.splitlines()}
        assert result.exit_code == 0
        assert rows.keys() == {"aa11", "aa22", "bb33"}
        assert "demo" in rows["aa11"]
        assert "caller-hung-up" in rows["aa11"]
        assert "unknown-number" in rows["aa22"]
        assert "(live)" in rows["bb33"]


def test_the_list_can_be_cut_short(data_dir: Path) -> None:
    assert len(run("list", "-n", "2", "--data-dir", str(data_dir)).output.splitlines()) == 2


def test_the_list_has_each_calls_trunk_and_number(data_dir: Path) -> None:
    listed = run("list", "--data-dir", str(data_dir)).output.splitlines()
    assert [line.split()[3:5] for line in listed] == [["loopback", "+97142000000"]] * 3


def test_a_folder_without_calls_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("list", "--data-dir", str(tmp_path)).output == (
        f"No calls in {tmp_path}; see --data-dir\n"
    )
    monkeypatch.chdir(tmp_path)
    assert run().output == f"No calls in {tmp_path / 'data'}; see --data-dir\n"


def test_a_call_is_told_with_what_was_heard_what_was_cut_and_the_source(data_dir: Path) -> None:
    lines = run("show", "aa11", "--data-dir", str(data_dir)).output.splitlines()
    told = [" ".join(line.split()) for line in lines]
    assert told[0].startswith("Call aa11, tenant demo, ")
    assert "dialled +97142000000 by +971501 from 127.0.0.1:5099 (trunk loopback)" in told
    assert "2.40 caller “when do you open”" in told
    assert "en, 93% sure, 120 ms" in told
    assert "2.40 agent “We open at 9.”" in told
    assert "source: hours.en.md, Saturday" in told
    assert "“On Saturday we open at 9.”" in told
    assert "3.00 caller interrupts by speech" in told
    assert "heard: We open" in told
    assert "cut: at 9." in told
    assert told[-1].startswith("3.00 end caller-hung-up (by caller), ")


def test_an_id_may_be_shortened_to_what_one_call_alone_has(data_dir: Path) -> None:
    assert run("show", "b", "--data-dir", str(data_dir)).output.startswith("Call bb33, ")


@pytest.mark.parametrize("call_id", ["zz", "aa"])
def test_an_id_that_names_none_or_several_is_one_line(data_dir: Path, call_id: str) -> None:
    result = run("show", call_id, "--data-dir", str(data_dir))
    assert isinstance(result.exception, RecordMissing)
    assert f"no call, or more than one, has the id {call_id}" in str(result.exception)
    assert "\n" not in str(result.exception)


def test_the_last_of_no_calls_is_one_line(tmp_path: Path) -> None:
    assert isinstance(run("show", "last", "--data-dir", str(tmp_path)).exception, RecordMissing)


BAD: Final = {
    "empty": ("", "(empty)"),
    "list": ("[1, 2]\n", "("),
    "text": ("hello\n", "("),
    "digits": ("1" * 5000 + "\n", "("),
    "lists": ('{"event": "New", "at_ms": 1, "wall": [], "tenant": "t"}\n', "(not a record)"),
    "other": ('{"event": "Ended"}\n', "(not a record)"),
    "types": (
        '{"event": "Ended", "code": 1, "duration_ms": "x", "wall": 3, "tenant": []}\n',
        "(not a record)",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_one_bad_record_does_not_hide_the_others(data_dir: Path, name: str) -> None:
    text, said = BAD[name]
    (data_dir / "calls" / "open" / f"{name}.jsonl").write_text(text)
    result = run("list", "--data-dir", str(data_dir))
    assert result.exit_code == 0, result.exception
    rows = {line.split()[0]: line for line in result.output.splitlines()}
    assert rows.keys() == {"aa11", "aa22", "bb33", name}
    assert said in rows[name]
    shown = run("show", name, "--data-dir", str(data_dir))
    assert isinstance(shown.exception, SipagentError)
    assert "\n" not in str(shown.exception)


def test_a_record_that_is_a_folder_does_not_hide_the_others(data_dir: Path) -> None:
    (data_dir / "calls" / "open" / "cc44.jsonl").mkdir()
    rows = run("list", "--data-dir", str(data_dir)).output.splitlines()
    assert len(rows) == 4
    assert any(row.startswith("cc44  (cannot be read: ") for row in rows)


def test_a_call_that_ends_while_it_is_listed_has_its_row(data_dir: Path) -> None:
    logs = CallLogs(data_dir)
    listed = logs.paths()
    (live,) = (path for path in listed if path.stem == "bb33")
    live.rename(next(path.parent for path in listed if path != live) / live.name)
    assert "demo" in row(logs, live)


def test_a_record_that_vanishes_while_it_is_listed_is_gone(data_dir: Path) -> None:
    gone = data_dir / "calls" / "open" / "dd55.jsonl"
    assert row(CallLogs(data_dir), gone) == "dd55  (gone)"


def test_json_gives_the_lines_as_they_were_written(data_dir: Path) -> None:
    result = run("show", "aa11", "--json", "--data-dir", str(data_dir))
    (path,) = (data_dir / "calls").glob("*/aa11.jsonl")
    assert result.output == path.read_text(encoding="utf-8")


def test_every_event_that_a_node_records_has_words_of_its_own() -> None:
    assert timeline.TELLERS.keys() == EVENTS.keys()


def test_an_event_of_another_version_is_shown_with_its_fields() -> None:
    event = {
        "call": "a",
        "tenant": "t",
        "seq": 1,
        "wall": "",
        "at_ms": 1500,
        "event": "New",
        "x": 2,
    }
    assert list(timeline.lines([event])) == ["    1.50           New x=2"]


def told(event: Event) -> list[str]:
    """An event's lines, without its time."""
    line = {"at_ms": 0, "event": type(event).__name__, **asdict(event)}
    return [" ".join(text.split()[1:]) for text in timeline.lines([line])]


def test_a_call_without_rtp_is_told_without_an_opinion() -> None:
    assert told(quality("PCMU", Counts(0, 0, 0, 0.0, 0.0, 250, 0))) == [
        "leg no RTP received; 250 packets sent"
    ]


def test_nobody_hung_up_on_a_call_that_was_not_acknowledged() -> None:
    assert told(HungUp("us", 408, "no ACK")) == ["leg ended: no ACK (408)"]
    assert told(HungUp("peer", 200, "OK")) == ["leg hung up by peer: 200 OK"]


HOSTILE: Final = "\x1b]0;owned\x07\x9b2J\x7f\r\n\t\u202e\u2066\u2028\udce9"
SHOWN: Final = r"\u001b]0;owned\u0007\u009b2J\u007f\u000d\u000a\u0009\u202e\u2066\u2028\udce9"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A call whose peer sends what would act on a terminal, and speaks Arabic."""
    logs = CallLogs(tmp_path)
    logs.prepare()
    record = logs.open("cc44", "demo")
    record.record(Ringing("t", "s", "d", "i", HOSTILE, "c"))
    record.record(WordsHeard("ar", 0.93, True, 120, f"ما هي\u200f أوقات العمل؟{HOSTILE}"))
    record.end(Outcome(HOSTILE, Blame.PEER, HOSTILE))
    return tmp_path


@pytest.mark.parametrize(
    ("words", "count"), [(("list",), 1), (("show", "cc44"), 7), (("show", "cc44", "--json"), 3)]
)
def test_nothing_from_the_wire_acts_on_the_terminal(
    hostile: Path, words: tuple[str, ...], count: int
) -> None:
    result = run(*words, "--data-dir", str(hostile))
    assert result.exit_code == 0, result.exception
    lines = result.output.split("\n")
    assert len(lines) == count + 1
    acting = {sign for sign in HOSTILE if not sign.isascii() or not sign.isprintable()}
    assert not acting & set("".join(lines))
    assert r"\u001b]0;owned\u0007\u009b2J" in result.output


def test_arabic_stays_readable_beside_what_is_escaped(hostile: Path) -> None:
    output = run("show", "cc44", "--data-dir", str(hostile)).output
    assert f"“ما هي\u200f أوقات العمل؟{SHOWN}”" in output


def test_an_encoding_without_arabic_stops_no_command(hostile: Path) -> None:
    for words in (["list"], ["show", "cc44"], ["show", "cc44", "--json"]):
        latin = CliRunner(charset="latin-1")
        result = latin.invoke(calls, [*words, "--data-dir", str(hostile)])
        assert result.exit_code == 0, result.exception


def test_json_keeps_what_came_over_the_wire(hostile: Path) -> None:
    output = run("show", "cc44", "--json", "--data-dir", str(hostile)).output
    (path,) = (hostile / "calls").glob("*/cc44.jsonl")
    assert [json.loads(line) for line in output.splitlines()] == list(read(path))


@pytest.mark.parametrize(
    ("bind", "port", "number", "address", "command"),
    [
        ("127.0.0.1", 5060, "+97142000000", "127.0.0.1:5060", "sipagent call"),
        ("0.0.0.0", 5060, "+97142000000", "127.0.0.1:5060", "sipagent call"),
        ("::", 5060, "+97142000000", "127.0.0.1:5060", "sipagent call"),
        (
            "0.0.0.0",
            5080,
            "+97142000001",
            "127.0.0.1:5080",
            "sipagent call --server 127.0.0.1:5080 +97142000001",
        ),
        (
            "127.0.0.5",
            5060,
            "+97142000000",
            "127.0.0.5:5060",
            "sipagent call --server 127.0.0.5:5060",
        ),
        ("127.0.0.1", 5060, "+97142000001", "127.0.0.1:5060", "sipagent call +97142000001"),
    ],
)
def test_a_node_that_is_ready_says_how_to_call_it(
    bind: str, port: int, number: str, address: str, command: str
) -> None:
    (tenant,) = demo_tenants()
    tenants = [tenant.model_copy(update={"numbers": (number,)})]
    settings = Settings.model_validate({"sip": {"bind": bind, "port": port}, "tenants": tenants})
    ready = _introduction(settings)[-1]
    assert ready == f"Ready. Dial sip:{number}@{address}, or run: {command}"
    given = call.make_context("call", shlex.split(command)[2:]).params
    host, called_port = read_server(given["server"])
    assert f"{host}:{called_port}" == address
    assert read_words(given["words"], Language.EN)[0] == number


@pytest.mark.parametrize(
    ("sip", "trunks", "taken"),
    [
        ({}, [{"networks": ["127.0.0.0/8"]}], True),
        ({}, [{"networks": ["127.0.0.0/8"], "srtp": "optional"}], True),
        ({"bind": "10.0.0.5"}, [{"networks": ["127.0.0.0/8"]}], False),
        ({"bind": "10.0.0.5"}, [{"networks": ["10.0.0.0/24"]}], True),
        ({}, [{"networks": ["10.0.0.0/24"]}], False),
        ({}, [{"networks": ["127.0.0.0/8"], "srtp": "required"}], False),
        ({}, [{"networks": ["127.0.0.0/8"], "secret_header": "X-Key", "secret": "0" * 16}], False),
        ({"proxies": ["127.0.0.1/32"]}, [{"networks": ["127.0.0.0/8"]}], False),
        (
            {},
            [
                {"networks": ["127.0.0.0/8"]},
                {"networks": ["127.0.0.1/32"], "srtp": "required"},
            ],
            False,
        ),
    ],
)
def test_the_command_is_told_only_where_its_call_would_be_taken(
    sip: dict[str, object], trunks: list[dict[str, object]], taken: bool
) -> None:
    named = [{"name": f"t{number}", **trunk} for number, trunk in enumerate(trunks)]
    ready = _introduction(Settings.model_validate({"sip": sip, "trunks": named}))[-1]
    assert ("or run: sipagent call" in ready) is taken


def test_a_node_with_trunks_and_no_tenant_says_that_the_demo_tenant_answers() -> None:
    trunks = [{"name": "a", "networks": ["10.0.0.0/24"]}]
    said = "No tenant is configured: the demo tenant answers."
    assert said in _introduction(Settings.model_validate({"trunks": trunks}))
    (tenant,) = demo_tenants()
    own = [tenant.model_copy(update={"name": "noor"})]
    assert said not in _introduction(Settings.model_validate({"trunks": trunks, "tenants": own}))


def test_the_sample_of_the_environment_holds_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = Path(__file__).parent.parent.parent / ".env.sample"
    lines = sample.read_text(encoding="utf-8").splitlines()
    monkeypatch.chdir(tmp_path)
    usual = load()
    for line in lines:
        if not line.startswith("#"):
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value)
    assert load() == usual
    assert any("set -a; . ./.env; set +a" in line for line in lines)


def test_embedded_and_fetched_models_are_listed(tmp_path: Path) -> None:
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    (tmp_path / "models" / "tiny" / "model.bin").write_bytes(bytes(2_000_000))
    (tmp_path / "models" / "broken").mkdir()
    result = CliRunner().invoke(models, ["list", "--data-dir", str(tmp_path)])
    rows = {line.split()[0]: " ".join(line.split()) for line in result.output.splitlines()}
    assert rows.keys() == {"demo-asr", "tiny"}
    assert rows["demo-asr"].endswith("embedded in use")
    assert rows["tiny"] == "tiny 2.0 MB fetched"


def test_a_model_that_cannot_be_fetched_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(name: str, output_dir: str) -> None:
        raise OSError("Name or service not known\nand more")

    monkeypatch.setattr("faster_whisper.download_model", unreachable)
    result = CliRunner().invoke(models, ["pull", "tiny", "--data-dir", str(tmp_path)])
    assert isinstance(result.exception, ModelMissing)
    assert "cannot fetch tiny: Name or service not known; " in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_fetched_model_lies_where_the_recogniser_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetched(name: str, output_dir: str) -> None:
        Path(output_dir).mkdir(parents=True)
        (Path(output_dir) / "model.bin").write_text(json.dumps(name))

    monkeypatch.setattr("faster_whisper.download_model", fetched)
    result = CliRunner().invoke(models, ["pull", "owner/small", "--data-dir", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "models" / "owner--small" / "model.bin").read_text() == '"owner/small"'
    assert "SIPAGENT_ENGINES__WHISPER__MODEL=owner--small" in result.output
