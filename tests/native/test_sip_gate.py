"""The gate, packet by packet: what passes, what is refused, and that it costs nothing more."""

import gc
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.peers.raw import Message, RawCaller

TRUNK, OTHER_TRUNK, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.66"


@dataclass(slots=True)
class Peer(RawCaller):
    """A raw caller that lets PJSIP work while it waits: both live on one thread."""

    poll: Callable[[int], object] = field(kw_only=True)

    def receive(self, timeout_s: float) -> Message | None:
        until = time.monotonic() + timeout_s
        self.sip.setblocking(False)
        while True:
            try:
                data = self.sip.recv(65536)
            except BlockingIOError:
                if time.monotonic() > until:
                    return None
                self.poll(2)
                continue
            message = Message.parse(data.decode())
            self.seen.append(message)
            return message

    def nothing_at_all(self, for_s: float = 0.1) -> None:
        assert self.receive(for_s) is None, self.seen[-1].start


@dataclass(slots=True)
class Door:
    """An endpoint with a gate before it and somebody behind it who answers every call."""

    bridge: Any
    legs: Any
    gate: Any
    server: tuple[str, int]

    def rules(self, **settings: Any) -> Any:
        """Two trunks, one address each, and a node that is ready."""
        rules = self.bridge.pj.GateRules()
        rules.ready = True
        for name, value in settings.items():
            setattr(rules, name, value)
        for address in (TRUNK, OTHER_TRUNK):
            rules.network(rules.trunk("", 0.0, "", ""), f"{address}/32")
        return rules

    def peer(self, source: str) -> Peer:
        return Peer(self.server, source=source, poll=self.bridge.endpoint.libHandleEvents)

    def counts(self) -> dict[str, int]:
        return {name: count for name, count in self.gate.counts().items() if count}


@pytest.fixture
def door(bridge: Any, legs: Any) -> Iterator[Door | None]:
    if bridge is None:
        yield None
        return
    pair = legs(bridge)
    gate = bridge.pj.SipGate()
    gate.open()
    host, _, port = pair.uri.rpartition("@")[2].rpartition(":")
    door = Door(bridge, pair, gate, (host, int(port)))
    gate.publish(door.rules())
    yield door
    gate.close()


@pytest.mark.interop("raw UDP", "strangers' INVITE, OPTIONS and more", "nothing, or 403 by setting")
def test_strangers_get_nothing_and_nothing_is_made_for_them(bridge: Any, door: Door) -> None:
    with door.peer(STRANGER) as stranger:
        stranger.invite()
        for method in ("OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE", "BYE", "CANCEL", "ACK"):
            stranger.request(method)
        stranger.nothing_at_all(0.3)
    assert door.counts() == {"stranger": 8}
    assert not door.legs.calls


def test_strangers_are_refused_where_the_setting_says_so(bridge: Any, door: Door) -> None:
    door.gate.publish(door.rules(answer_strangers=True))
    with door.peer(STRANGER) as stranger:
        stranger.invite()
        stranger.expect(status=403, method="INVITE")
        stranger.request("ACK")
        stranger.request("OPTIONS")
        stranger.expect(status=403, method="OPTIONS")
    assert not door.legs.calls


@pytest.mark.interop("raw UDP", "a stranger who insists", "banned; trunks never")
def test_a_stranger_who_insists_is_banned_and_a_trunk_never(bridge: Any, door: Door) -> None:
    door.gate.publish(door.rules(answer_strangers=True, stranger_most_per_s=5, ban_s=60))
    with door.peer(STRANGER) as stranger, door.peer(TRUNK) as trunk:
        for _ in range(5):
            stranger.request("OPTIONS")
            stranger.expect(status=403, method="OPTIONS")
        for _ in range(20):
            stranger.request("OPTIONS")
        stranger.nothing_at_all()
        assert door.gate.busiest(1)[0][:2] == (STRANGER, 25)
        for _ in range(40):
            trunk.request("OPTIONS")
            trunk.expect(status=200, method="OPTIONS")
    assert door.counts() == {"stranger": 25, "banned": 20, "pings": 40}


def test_options_tell_whether_the_node_takes_calls(bridge: Any, door: Door) -> None:
    with door.peer(TRUNK) as trunk:
        trunk.request("OPTIONS")
        able = trunk.expect(status=200, method="OPTIONS")
        assert "INVITE" in able.one("allow")
        door.gate.ready(False, 7)
        trunk.request("OPTIONS")
        unable = trunk.expect(status=503, method="OPTIONS")
        assert unable.one("retry-after") == "7"


@pytest.mark.interop("raw UDP", "calls to a node that drains", "503 with Retry-After, statelessly")
def test_a_node_that_is_not_ready_sends_callers_elsewhere(bridge: Any, door: Door) -> None:
    with door.peer(TRUNK) as trunk:
        trunk.answered()
        door.gate.ready(False, 9)
        with door.peer(TRUNK) as late:
            late.invite()
            assert late.expect(status=503, method="INVITE").one("retry-after") == "9"
            late.request("ACK")
        trunk.request("BYE")  # who is in stays in until he goes
        trunk.expect(status=200, method="BYE")
    assert door.counts() == {"passed": 1, "not_ready": 1}


def test_calls_beyond_the_limit_are_busy_elsewhere_not_here(bridge: Any, door: Door) -> None:
    """503, on which a carrier tries the next node; never PJSIP's own 486."""
    door.gate.publish(door.rules(max_calls=2))
    with door.peer(TRUNK) as one, door.peer(OTHER_TRUNK) as two, door.peer(TRUNK) as three:
        one.answered()
        two.answered()
        three.invite()
        three.expect(status=503, method="INVITE")
        one.request("BYE")
        one.expect(status=200, method="BYE")
        three.call_id = "again"
        three.answered()
    assert door.counts() == {"passed": 3, "full": 1}


def test_a_trunk_has_its_calls_a_second_and_no_more(bridge: Any, door: Door) -> None:
    rules = bridge.pj.GateRules()
    rules.ready = True
    rules.network(rules.trunk("", 3.0, "", ""), f"{TRUNK}/32")
    rules.network(rules.trunk("", 0.0, "", ""), f"{OTHER_TRUNK}/32")
    door.gate.publish(rules)
    statuses = []
    for source in [TRUNK] * 5 + [OTHER_TRUNK] * 3:
        with door.peer(source) as caller:
            caller.invite()
            final = None
            while final is None or final.status < 200:
                final = caller.receive(2.0)
            statuses.append(final.status)
    assert statuses == [200] * 3 + [503] * 2 + [200] * 3


def test_an_invite_that_is_repeated_is_one_call(bridge: Any, door: Door) -> None:
    """A repetition belongs to its transaction: it takes no second token of the trunk's rate."""
    rules = bridge.pj.GateRules()
    rules.ready = True
    rules.network(rules.trunk("", 1.0, "", ""), f"{TRUNK}/32")
    door.gate.publish(rules)
    with door.peer(TRUNK) as caller:
        caller.invite()
        ok = caller.expect(status=200, method="INVITE")
        again = "\r\n".join(
            [
                f"INVITE sip:{caller.number}@127.0.0.1 SIP/2.0",
                f"Via: {caller.via}",
                *(f"{name}: {ok.one(name)}" for name in ("from", "call-id", "cseq")),
                f"To: <sip:{caller.number}@127.0.0.1>",
                f"Contact: <sip:caller@{TRUNK}:{caller.port}>",
                "Max-Forwards: 70",
                "Content-Length: 0\r\n\r\n",
            ]
        )
        caller.sip.sendto(again.encode(), caller.server)
        assert caller.expect(status=200, method="INVITE").one("to") == ok.one("to")
        caller.accept(ok)
    assert door.counts() == {"passed": 1}


@pytest.mark.parametrize(
    ("header", "let_in"),
    [("X-Secret: open sesame", True), ("X-Secret: open sesam", False), ("X-Other: a", False)],
)
def test_a_trunk_with_a_secret_is_believed_only_with_it(
    bridge: Any, door: Door, header: str, let_in: bool
) -> None:
    rules = bridge.pj.GateRules()
    rules.ready, rules.answer_strangers = True, True
    rules.network(rules.trunk("", 0.0, "X-Secret", "open sesame"), "0.0.0.0/0")
    door.gate.publish(rules)
    with door.peer(STRANGER) as caller:
        caller.invite([header])
        caller.expect(status=200 if let_in else 403, method="INVITE")


def test_a_proxy_says_which_trunk_a_call_came_from(bridge: Any, door: Door) -> None:
    """And is never banned: behind it are all the others."""
    rules = bridge.pj.GateRules()
    rules.ready, rules.stranger_most_per_s = True, 1
    rules.network(rules.trunk("direct", 0.0, "", ""), f"{TRUNK}/32")
    behind = rules.trunk("behind", 0.0, "X-Secret", "open sesame")
    rules.proxy(f"{OTHER_TRUNK}/32")
    door.gate.publish(rules)
    named = "X-Sipagent-Trunk: behind"
    for headers in ([], ["X-Sipagent-Trunk: nobody"], ["X-Sipagent-Trunk:"], [named]):
        with door.peer(OTHER_TRUNK) as proxy:
            proxy.invite(headers)
            proxy.expect(status=403, method="INVITE")
    with door.peer(OTHER_TRUNK) as proxy:
        proxy.request("OPTIONS")
        proxy.expect(status=200, method="OPTIONS")
    with door.peer(OTHER_TRUNK) as proxy, door.peer(TRUNK) as direct:
        proxy.invite([named, "X-Secret: open sesame"])
        proxy.expect(status=200, method="INVITE")
        assert door.gate.admitted() == behind
        direct.invite([named])
        direct.expect(status=200, method="INVITE")
        assert door.gate.admitted() == 0, "who is no proxy is not believed"


def test_the_narrowest_network_is_the_trunk(bridge: Any, door: Door) -> None:
    rules = bridge.pj.GateRules()
    for network in ("0.0.0.0/0", "127.0.0.0/8", "127.0.0.2/32", "2001:db8::/32", "::/0"):
        rules.network(rules.trunk("", 0.0, "", ""), network)
    sources = {
        "192.0.2.1:5060": 0,
        "127.0.0.9:1": 1,
        "127.0.0.2:65535": 2,
        "[2001:db8::1]:5060": 3,
        "[2001:db9::1]:5060": 4,
        "[::ffff:127.0.0.2]:5060": 2,
        "nonsense": -1,
    }
    assert {source: rules.trunk_of(source) for source in sources} == sources


@pytest.mark.parametrize("network", ["", "x", "127.0.0.1/33", "::/129", "127.0.0.1/", "1.2.3.4/8x"])
def test_what_is_no_network_is_an_error(bridge: Any, door: Door, network: str) -> None:
    rules = bridge.pj.GateRules()
    trunk = rules.trunk("", 0.0, "", "")
    with pytest.raises(bridge.pj.Error, match="not a network"):
        rules.network(trunk, network)
    with pytest.raises(bridge.pj.Error, match="no such trunk"):
        rules.network(trunk + 1, "127.0.0.1/32")


@pytest.mark.parametrize("method", ["REGISTER", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "FOO"])
def test_what_nobody_needs_outside_a_call_is_not_allowed(
    bridge: Any, door: Door, method: str
) -> None:
    """PJSUA would answer 200 to MESSAGE and SUBSCRIBE of anybody."""
    with door.peer(TRUNK) as trunk:
        trunk.request(method)
        assert "INVITE" in trunk.expect(status=405, method=method).one("allow")


def test_only_a_header_that_pjsip_does_not_parse_may_hold_a_secret(bridge: Any, door: Door) -> None:
    """The others are no text in memory; read as text, they ended the node."""
    rules = bridge.pj.GateRules()
    for header in ("From", "Max-Forwards", "X", ""):
        with pytest.raises(bridge.pj.Error, match="X- header"):
            rules.trunk_header(header)
    with pytest.raises(bridge.pj.Error, match="X- header"):
        rules.trunk("", 0.0, "From", "open sesame")


def test_a_stranger_gets_nothing_for_too_much_either(bridge: Any, door: Door) -> None:
    with door.peer(STRANGER) as caller:
        caller.invite([f"X-{number}: x" for number in range(200)])
        caller.nothing_at_all()
    assert door.counts() == {"stranger": 1}


def test_too_much_is_refused_and_survived(bridge: Any, door: Door) -> None:
    door.gate.publish(door.rules(max_bytes=4000, max_headers=40))
    with door.peer(TRUNK) as trunk:
        trunk.invite([f"X-Long: {'a' * 4000}"])
        trunk.expect(status=413, method="INVITE")
        trunk.invite([f"X-{number}: a" for number in range(40)])
        trunk.expect(status=413, method="INVITE")
        trunk.sip.sendto(b"INVITE sip:a SIP/2.0\r\nnonsense\r\n\r\n", trunk.server)
        trunk.sip.sendto(b"\x16\x03\x01\x02\x00 hello", trunk.server)
        trunk.nothing_at_all()
        trunk.answered()
    counts = door.counts()
    assert counts.pop("malformed") >= 1
    assert counts == {"too_large": 2, "passed": 1}


def test_who_knows_the_call_may_speak_in_it_from_anywhere(bridge: Any, door: Door) -> None:
    """A carrier's BYE may come from another of its addresses; a guess from there gets nothing."""
    with door.peer(TRUNK) as trunk, door.peer(STRANGER) as moved:
        trunk.answered()
        moved.call_id, moved.to, moved.target = trunk.call_id, trunk.to, trunk.target
        moved.cseq = trunk.cseq
        right, moved.to = moved.to, moved.to + "x"
        moved.request("BYE")
        moved.nothing_at_all()
        moved.to = right
        moved.request("BYE")
        moved.expect(status=200, method="BYE")


@pytest.mark.parametrize(
    ("kind", "body", "digits"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", [("5", 160)]),
        ("application/dtmf-relay", "Signal= *\r\nDuration= 250\r\n", [("*", 250)]),
        ("application/DTMF-Relay", "signal: a\n", [("A", 0)]),
        ("application/dtmf-relay", "Signal= 5\r\nDuration= x\r\n", [("5", 0)]),
        ("application/dtmf-relay", "Signal=10\r\nDuration=90\r\n", [("*", 90)]),
        ("application/dtmf-relay", "Signal=11\r\n", [("#", 0)]),
        ("application/dtmf-relay", "Signal=15\r\n", [("D", 0)]),
        ("application/dtmf-relay", "Duration=90\r\nSignal=d", [("D", 90)]),
        ("application/dtmf-relay;x=y", "Signal=#\r\n\r\n", [("#", 0)]),
        ("Application/Dtmf", "b", [("B", 0)]),
        ("application/dtmf", "7", [("7", 0)]),
        ("application/dtmf", " 1#2\r\n", [("1", 0), ("#", 0), ("2", 0)]),
    ],
)
@pytest.mark.interop("raw UDP", "INFO in odd but legal bodies, repeated", "each digit once")
def test_digits_by_info_are_answered_and_told_once(
    bridge: Any, door: Door, kind: str, body: str, digits: list[tuple[str, int]]
) -> None:
    with door.peer(TRUNK) as trunk:
        trunk.answered()
        trunk.request("INFO", body=body, body_type=kind)
        trunk.expect(status=200, method="INFO")
        repeated = trunk.branch
        trunk.cseq -= 1
        original, time_ns = time.time_ns, int(repeated.removeprefix("z9hG4bK"))
        try:
            time.time_ns = lambda: time_ns  # the same branch: a repetition
            trunk.request("INFO", body=body, body_type=kind)
        finally:
            time.time_ns = original
        trunk.expect(status=200, method="INFO")
        assert door.gate.digits() == [(trunk.call_id, key, ms) for key, ms in digits]
        assert door.gate.digits() == []


@pytest.mark.parametrize("body", ["", "flash", "Signal=\r\n", "9" * 40, "\x00\x01", "خمسة"])
def test_an_info_that_holds_no_digit_is_a_bad_request(bridge: Any, door: Door, body: str) -> None:
    with door.peer(TRUNK) as trunk:
        trunk.answered()
        trunk.request("INFO", body=body or " ", body_type="application/dtmf")
        trunk.expect(status=400, method="INFO")
        assert door.gate.digits() == []


def test_the_tap_shows_both_directions_and_only_while_it_listens(bridge: Any, door: Door) -> None:
    with door.peer(TRUNK) as trunk:
        trunk.request("OPTIONS")
        trunk.expect(status=200, method="OPTIONS")
        assert door.gate.messages() == b""
        door.gate.tap(True)
        trunk.request("OPTIONS")
        trunk.expect(status=200, method="OPTIONS")
        here = f"{TRUNK}:{trunk.port}"
        seen = list(records(door.gate.messages()))
        assert [(sent, peer, text.split("\r\n")[0]) for _, sent, peer, text in seen] == [
            (0, here, f"OPTIONS sip:{trunk.number}@127.0.0.1 SIP/2.0"),
            (1, here, "SIP/2.0 200 OK"),
        ]
        assert abs(seen[0][0] / 1e9 - time.time()) < 5
        door.gate.tap(False)
        trunk.request("OPTIONS")
        trunk.expect(status=200, method="OPTIONS")
        assert door.gate.messages() == b""


def records(packed: bytes) -> Iterator[tuple[int, int, str, str]]:
    while packed:
        ns, sent, peer, size = struct.unpack_from("<QBxHI", packed)
        end = 16 + peer + size
        yield ns, sent, packed[16 : 16 + peer].decode(), packed[16 + peer : end].decode()
        packed = packed[end:]


@pytest.mark.interop("raw UDP", "a flood of strangers", "a call from a trunk is answered")
def test_a_flood_of_strangers_leaves_room_for_a_call(bridge: Any, door: Door) -> None:
    """From 200 forged addresses, 4,000 INVITEs; then a call that is answered at once."""
    door.gate.publish(door.rules(answer_strangers=True, stranger_most_per_s=5))
    for number in range(200):
        with door.peer(f"127.0.1.{number + 1}") as stranger:
            for _ in range(20):
                stranger.invite()
            bridge.endpoint.libHandleEvents(0)
    with door.peer(TRUNK) as caller:
        caller.answered()
    counts = door.counts()
    assert counts["stranger"] + counts.get("malformed", 0) >= 3900
    assert counts["banned"] >= 200 * 14
    assert counts["passed"] == 1
    assert len(door.gate.busiest(1000)) == 200


def test_a_gate_can_be_dropped_at_any_time(bridge: Any, door: Door) -> None:
    with pytest.raises(bridge.pj.Error):
        bridge.pj.SipGate().open()
    door.gate.close()
    door.gate.close()
    second = bridge.pj.SipGate()
    second.open()
    bridge.endpoint.libDestroy()
    second.close()
    bridge.endpoint = door.legs = None
    gc.collect()
    bridge.start()
    third = bridge.pj.SipGate()
    third.open()
    del third
    bridge.run(0.05)
