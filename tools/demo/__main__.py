"""Runs the demo: a node, a desk, one call in English and one in Arabic, and what is left of them.

Everything runs on loopback, on free ports, and ends by itself. The exit status is 0 if every
conversation and every transfer went well.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from sipagent.cli import timeline
from sipagent.config import demo_tenants
from tools.demo import record
from tools.demo.conversation import Conversation, conversations, faults
from tools.demo.desk import Desk, desk
from tools.demo.picture import draw
from tools.demo.processes import HOST, DemoFailed, free_port, running, wait_for_sip

OUTPUT: Final = Path("demo-output")
SIPAGENT: Final = (sys.executable, "-m", "sipagent")


def main() -> int:
    """The exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    output = Path(os.environ.get("OUTPUT") or OUTPUT)
    data_dir = output / "data"
    data_dir.mkdir(parents=True, exist_ok=True)
    for old in (*output.glob("english.*"), *output.glob("arabic.*")):
        old.unlink()  # of another run, which may have had other calls
    talks = conversations(os.environ.get("ASK", "").strip())
    try:
        with desk(output) as supervisor, _node(output, data_dir, supervisor) as server:
            good = [_talk(talk, server, supervisor, output, data_dir) for talk in talks]
    except DemoFailed as failed:
        print(f"demo: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: stopped", file=sys.stderr)
        return 130
    _farewell(output)
    return 0 if all(good) else 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _node(output: Path, data_dir: Path, supervisor: Desk) -> Iterator[str]:
    """``sipagent serve`` with the demo tenant, whose desk is the proxy; yields HOST:PORT.

    An empty file stands in for a ``sipagent.toml`` of the user's.
    """
    port, log = free_port(), output / "server.log"
    tenant = demo_tenants()[0].model_copy(update={"desk": supervisor.uri})
    environment = {
        "SIPAGENT_SIP__BIND": HOST,
        "SIPAGENT_SIP__PORT": str(port),
        "SIPAGENT_DATA_DIR": str(data_dir),
        "SIPAGENT_TENANTS": json.dumps([tenant.model_dump(mode="json")]),
    }
    command = [*SIPAGENT, "serve", "--config", os.devnull]
    with running(command, log, environment) as node:
        wait_for_sip("sipagent serve", port, node, log)
        yield f"{HOST}:{port}"


def _talk(talk: Conversation, server: str, supervisor: Desk, output: Path, data_dir: Path) -> bool:
    """One call, shown while it lasts; whether it went well."""
    print(f"\n— A call in {talk.name.title()} —", flush=True)
    result, sound = output / f"{talk.name}.json", output / f"{talk.name}.wav"
    result.unlink(missing_ok=True)
    command = [*SIPAGENT, "call", *talk.steps, "--server", server, "--language", talk.language]
    command += ["--quiet", "--json", str(result), "--wav", str(sound)]
    known = record.names(data_dir)
    with running(command, output / "phone.log") as phone:
        events = record.follow(data_dir, known, lambda: phone.poll() is None)
        told = (event for event in events if event["event"] in record.TOLD)
        for line in timeline.lines(told):
            print(line, flush=True)
        phone.wait()
    if not result.exists():
        why = (output / "phone.log").read_text(errors="replace").strip()
        raise DemoFailed(f"the phone failed: {why.splitlines()[-1] if why else 'no output'}")
    return _look_back(talk, json.loads(result.read_text()), supervisor, output, data_dir)


def _look_back(
    talk: Conversation, report: dict[str, Any], supervisor: Desk, output: Path, data_dir: Path
) -> bool:
    """What the desk received, what was measured, and the files of the call."""
    path = record.find(data_dir, report["sip_call_id"])
    if path is None:
        raise DemoFailed(f"the node kept no record of the call {report['sip_call_id']}")
    events = record.read(path)
    log = output / f"{talk.name}.jsonl"
    shutil.copyfile(path, log)
    print("\nThe supervisor's softphone received")
    for name, value in supervisor.received():
        print(f"  {name}: {value}")
    print("Measured on RTP, at the caller")
    print(f"  response times: {_list(report['responses_ms'])}")
    print(f"  silent after a barge-in: {_list(report['barge_ins_ms'])}")
    sound, picture = output / f"{talk.name}.wav", output / f"{talk.name}.png"
    draw(picture, sound, report, events)
    print(f"Files: {sound} (left caller, right agent), {log}, {picture}")
    found = faults(talk, report, events)
    for fault in found:
        print(f"demo: {talk.name}: {fault}", file=sys.stderr)
    return not found


def _list(values_ms: list[int]) -> str:
    return ", ".join(map(str, values_ms)) + " ms" if values_ms else "none"


def _farewell(output: Path) -> None:
    number = demo_tenants()[0].numbers[0]
    print(f"\nAll programs have ended; recordings and pictures are in {output}/.")
    print(f"To talk to it yourself: make serve, then dial sip:{number}@{HOST}:5060 from a")
    print("softphone on this machine (UDP, G.711, no registration), or run: sipagent call")
    print('Your own question: make demo ASK="what is the late payment fee"')


if __name__ == "__main__":
    sys.exit(main())
