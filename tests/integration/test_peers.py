"""The node among the programs of others: SIPp, baresip behind Kamailio, and tshark looking on."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench.load import crowd
from tests.peers.phone import Phone
from tests.peers.processes import Node, node
from tests.peers.records import ended, events, outcome
from tools.demo.desk import desk


@pytest.mark.interop("SIPp", "100 G.711 calls at once over UDP", "each one Outcome, none left open")
def test_100_calls_at_once_each_have_one_outcome(own_node: Node, tmp_path: Path) -> None:
    callers = crowd(tmp_path / "sipp", own_node.address, calls=100, rate=25, seconds=6)
    time.sleep(5.0)
    assert len(list((own_node.data / "calls" / "open").glob("*.jsonl"))) == 100
    callers.wait(60)
    records = ended(own_node.data, count=100)
    assert [outcome(record) for record in records] == ["caller-hung-up"] * 100
    assert not list((own_node.data / "calls" / "open").iterdir())


@contextmanager
def watched(port: int, file: Path) -> Iterator[None]:
    """Capture a node's SIP on loopback."""
    command = ["dumpcap", "-q", "-i", "lo", "-P", "-w", str(file), "-f", f"udp port {port}"]
    capture = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    try:
        yield
    finally:
        time.sleep(0.5)
        capture.terminate()
        capture.wait(10)


def ladder(file: Path, port: int) -> list[str]:
    """The start lines and transfer results on the wire, in order, as tshark reads them."""
    command = ["tshark", "-r", str(file), "-d", f"udp.port=={port},sip", "-T", "json"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    steps = []
    for packet in json.loads(printed):
        sip = packet["_source"]["layers"]["sip"]
        start = sip.get("sip.Request-Line") or sip.get("sip.Status-Line")
        if start.startswith("NOTIFY"):
            start += json.dumps(sip.get("sip.msg_body", ""))
        steps.append(start)
    return steps


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A demo tenant whose desk is on another port, put in by the test."""
    knowledge = Path(__file__).parent.parent.parent / "kb" / "demo"
    text = (
        '[[tenants]]\nname = "demo"\nnumbers = ["+97142000000"]\n'
        f'knowledge = "{knowledge}"\ndesk = "DESK"\n'
    )
    path = tmp_path / "sipagent.toml"
    path.write_text(text)
    return path


@pytest.mark.interop(
    "baresip behind Kamailio, tshark",
    "transfer by REFER with the token in the user part",
    "answered; BYE follows the NOTIFY at once",
)
def test_a_supervisors_softphone_takes_the_caller_with_the_token(
    tmp_path: Path, configured: Path
) -> None:
    """BYE is the first thing after the NOTIFY that says 200, and there is none before it."""
    with desk(tmp_path / "desk") as supervisor:
        configured.write_text(configured.read_text().replace("DESK", supervisor.uri))
        file = tmp_path / "sip.pcap"
        with node(tmp_path, config=configured) as served, watched(served.port, file):
            Phone(served, tmp_path / "phone", "@1 let me speak to a human agent").talk()
            (record,) = ended(served.data)
        received = dict(supervisor.received())
    assert outcome(record) == "transferred"
    assert events(record, "TransferStep")[-1]["state"] == "answered"
    token = received["X-Sipagent-Token"]
    assert f"desk+{token}@" in " ".join(received.values())
    assert bytes.fromhex(received["User-to-User"].partition(";")[0][2:]).decode() == token
    assert received["Referred-By"]
    steps = ladder(file, served.port)
    (bye,) = [place for place, step in enumerate(steps) if step.startswith("BYE")]
    final = [
        place for place, step in enumerate(steps) if "SIP/2.0 200" in step and "NOTIFY" in step
    ]
    assert final
    assert final[0] < bye <= final[0] + 3, steps
