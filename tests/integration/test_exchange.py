"""A telecom operator's day: one node, three trunks of different rules, and what comes at night."""

import threading
import time
from pathlib import Path

import pytest

from tests.bench.load import crowd
from tests.integration.test_torture import Hostile, answered_within_a_second
from tests.peers import softphone
from tests.peers.certificates import certificate
from tests.peers.edge import edge
from tests.peers.processes import free_port, node
from tests.peers.raw import RawCaller
from tests.peers.records import ended, events, outcome
from tests.peers.torture import messages, mutations

pytestmark = pytest.mark.alone

PROXY, CALLERS = "127.0.0.9", "127.0.0.5"
PARTNER, STRANGER = "127.0.0.2", "127.0.0.66"
CARRIED, DIRECT, TALK_S = 30, 20, 20
RULES = """
[media]
clock_hz = 16000
symmetric_rtp = true  # the softphone's RTP leaves from whichever address is nearest
[sip]
bind = "0.0.0.0"
max_calls = 500
proxies = ["{proxy}/32"]
[sip.tls]
certificate = "{certificate}"
key = "{key}"
[[sip.listeners]]
transport = "tls"
bind = "0.0.0.0"
port = {tls}
[[trunks]]  # behind Kamailio, which names it
name = "carrier"
codecs = ["PCMU"]
calls_per_s = 50
[[trunks]]  # a partner's own exchange, plain G.711
name = "partner"
networks = ["{partner}/32"]
codecs = ["PCMA", "PCMU"]
transfers = "none"
[[trunks]]  # an office: over TLS, its media encrypted, wideband
name = "office"
networks = ["127.0.0.1/32"]
codecs = ["G722"]
srtp = "required"
"""


@pytest.mark.interop(
    "SIPp behind Kamailio, SIPp, baresip over TLS",
    "three trunks of different rules at one node, while 360 odd messages, 5,000 mutations and "
    "strangers come",
    "every call is its trunk's and has one Outcome; a new one is answered within 1 s",
)
def test_three_trunks_talk_while_torture_and_strangers_come(tmp_path: Path) -> None:
    ours, key = certificate(tmp_path, "ours")
    tls = free_port()
    config = tmp_path / "sipagent.toml"
    config.write_text(
        RULES.format(proxy=PROXY, partner=PARTNER, certificate=ours, key=key, tls=tls)
    )
    with (
        node(tmp_path, config=config) as served,
        edge(tmp_path / "edge", [served.address], {CALLERS: "carrier"}, PROXY) as proxy,
    ):
        through = crowd(
            tmp_path / "carrier", proxy, calls=CARRIED, rate=15, seconds=TALK_S, source=CALLERS
        )
        direct = crowd(
            tmp_path / "partner",
            served.address,
            calls=DIRECT,
            rate=10,
            seconds=TALK_S,
            source=PARTNER,
        )
        time.sleep(3)
        night = threading.Thread(target=torture, args=(served.address,))
        night.start()
        target = f"sip:+97142000000@127.0.0.1:{tls};transport=tls"
        heard = softphone.call(
            tmp_path / "office",
            target,
            codecs=["G722/16000"],
            encryption="srtp-mand",
            rate_hz=16000,
        )
        with RawCaller(served.address, source=STRANGER) as stranger:
            stranger.invite(["X-Sipagent-Trunk: carrier"])
            stranger.expect(status=403, method="INVITE")
        night.join()
        through.wait(TALK_S + 60)
        direct.wait(TALK_S + 60)
        until = time.monotonic() + 20
        while list((served.data / "calls" / "open").iterdir()) and time.monotonic() < until:
            time.sleep(0.1)
        records = ended(served.data, count=CARRIED + DIRECT + 1)
    assert heard.loudness > 500, heard.trace[-2000:]
    whole = [record for record in records if events(record, "Answered")]
    of_trunk = {
        name: [one for one in whole if events(one, "Ringing")[0]["trunk"] == name]
        for name in ("carrier", "partner", "office")
    }
    # The torture came from the partner's address too, with another caller's number.
    of_trunk["partner"] = [
        one for one in of_trunk["partner"] if events(one, "Ringing")[0]["caller"] == "bench"
    ]
    assert [len(of_trunk[name]) for name in ("carrier", "partner")] == [CARRIED, DIRECT]
    for name in ("carrier", "partner"):
        assert {outcome(one) for one in of_trunk[name]} == {"caller-hung-up"}
    assert [events(one, "Answered")[0]["codec"] for one in of_trunk["office"]] == ["G722"]


def torture(server: tuple[str, int]) -> None:
    hostile = Hostile(server, PARTNER)
    hostile.send((message.data for message in messages(hostile.port, source=PARTNER)), 100)
    hostile.send(mutations(2, 5_000, hostile.port), 500)
    answered_within_a_second(server, PARTNER)
