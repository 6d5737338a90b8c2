"""Session timers (RFC 4028). Six calls grow old from the first test of the session that asks."""

import re
from collections.abc import Iterator

import pytest

from tests.peers.old_calls import OLD_S, THEY, TIMER, OldCalls, hang_up
from tests.peers.processes import Node, node
from tests.peers.raw import PCMU_SDP, Message, RawCaller

SHORTEST_S = 90
pytestmark = pytest.mark.usefixtures("old_calls")


def version(message: Message) -> str:
    """Origin and version of an SDP."""
    found = re.search(r"o=\S+ (\d+ \d+)", message.body)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with node(tmp_path_factory.mktemp("line"), SIP__MEDIA_TIMEOUT_S="0") as running:
        yield running


@pytest.mark.parametrize(
    ("asked", "agreed", "required"),
    [
        ([*TIMER, "Session-Expires: 90;refresher=uac"], "90;refresher=uac", True),
        ([*TIMER, "Session-Expires: 90;refresher=uas"], "90;refresher=uas", False),
        ([*TIMER, "Session-Expires: 1800", "Min-SE: 120"], "1800;refresher=uac", True),
        (["Session-Expires: 1800"], "1800;refresher=uas", False),
        (["Supported: timer"], "", False),
    ],
)
@pytest.mark.interop(
    "raw UDP", "session timers, asked for in five ways", "agreed as RFC 4028 wants"
)
def test_the_caller_says_how_often_and_mostly_who(
    line: Node, asked: list[str], agreed: str, required: bool
) -> None:
    """RFC 4028 section 9: who does not know timers leaves the refresh to us."""
    with RawCaller(line.address) as caller:
        ok = caller.answered(asked)
        assert ok.all("session-expires") == [agreed] * bool(agreed)
        assert ("timer" in ok.all("require")) == required
        hang_up(caller)


@pytest.mark.interop("raw UDP", "a session interval of 89 s", "422 with Min-SE: 90")
def test_an_interval_below_ours_is_422_with_our_least(line: Node) -> None:
    too_short = ["Supported: timer", f"Session-Expires: {SHORTEST_S - 1}"]
    with RawCaller(line.address) as caller:
        caller.invite(too_short)
        refused = caller.expect(status=422, method="INVITE")
        assert refused.one("min-se") == str(SHORTEST_S)
        caller.request("ACK")
        caller.answered([*TIMER, THEY])
        for method in ("INVITE", "UPDATE"):
            caller.request(method, too_short)
            refused = caller.expect(status=422, method=method)
            assert refused.one("min-se") == str(SHORTEST_S)
            if method == "INVITE":
                caller.request("ACK")
        hang_up(caller)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.interop(
    "raw UDP", "refresh by the caller, re-INVITE and UPDATE", "the same SDP version"
)
def test_a_refresh_that_changes_nothing_keeps_the_sdp_version(line: Node, method: str) -> None:
    with RawCaller(line.address) as caller:
        first = caller.answered([*TIMER, THEY])
        sdp = PCMU_SDP.format(port=caller.rtp.getsockname()[1])
        for _ in range(2):
            caller.request(method, [*TIMER, THEY], sdp)
            ok = caller.expect(status=200, method=method)
            if method == "INVITE":
                caller.request("ACK")
            assert version(ok) == version(first)
            assert ok.one("session-expires") == "90;refresher=uac"
        hang_up(caller)


def test_an_update_without_sdp_refreshes(line: Node) -> None:
    with RawCaller(line.address) as caller:
        caller.answered([*TIMER, THEY])
        caller.request("UPDATE", [*TIMER, THEY])
        ok = caller.expect(status=200, method="UPDATE")
        assert ok.one("session-expires") == "90;refresher=uac"
        assert not ok.body
        hang_up(caller)


@pytest.mark.interop(
    "raw UDP", "refresh by us", "re-INVITE with the same SDP after half the interval"
)
def test_we_refresh_by_re_invite_with_the_same_sdp(old_calls: OldCalls) -> None:
    ok, refresh = old_calls.re_invite.result(OLD_S)
    assert refresh.method == "INVITE"
    assert version(refresh) == version(ok)
    assert refresh.one("session-expires") == "90;refresher=uac"
    assert 40 < refresh.at - ok.at < 50


@pytest.mark.interop("raw UDP", "refresh by us, UPDATE in the peer's Allow", "UPDATE without SDP")
def test_we_refresh_by_update_without_sdp_where_the_peer_allows_it(old_calls: OldCalls) -> None:
    _, refresh = old_calls.update.result(OLD_S)
    assert refresh.method == "UPDATE"
    assert not refresh.body


@pytest.mark.interop(
    "raw UDP", "our refresh crossed by the peer's re-INVITE", "491 both ways; the call goes on"
)
def test_our_re_invite_and_the_peers_may_cross(old_calls: OldCalls) -> None:
    old_calls.collided.result(OLD_S)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.interop(
    "raw UDP", "our refresh answered 491 twice", "asked again within 2 s; the call goes on"
)
def test_a_refresh_that_was_answered_491_is_repeated(old_calls: OldCalls, which: int) -> None:
    """RFC 3261 14.1, after up to 2 s. PJSIP alone gives up, and says BYE when time is over."""
    refreshes = old_calls.crossed[which].result(OLD_S)
    assert refreshes[2].method == "INVITE"
    assert refreshes[2].at - refreshes[1].at < 2.5


@pytest.mark.interop("raw UDP", "a caller who stops refreshing", "BYE with cause 408")
def test_a_peer_that_does_not_refresh_is_hung_up_on(old_calls: OldCalls) -> None:
    """RFC 4028 section 10: at two thirds of the interval, or 32 s before its end."""
    after_s, bye = old_calls.abandoned.result(OLD_S)
    assert bye.method == "BYE"
    assert 55 < after_s < 65
    assert "cause=408" in bye.one("reason")
