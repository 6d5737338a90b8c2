"""Calls whose timers run out: each is a story that takes most of a minute.

The shortest interval of RFC 4028 is 90 s, so all are told at once, while other tests run.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from tests.peers.processes import Node
from tests.peers.raw import PCMU_SDP, Message, RawCaller

Address = tuple[str, int]

HELD = PCMU_SDP + "a=sendonly\r\n"  # the agent says nothing, and does not give up a silent caller
THEY, WE = "Session-Expires: 90;refresher=uac", "Session-Expires: 90;refresher=uas"
TIMER = ["Supported: timer", "Require: timer"]
KNOWS_UPDATE = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE"
OLD_S = 75.0


def request_of(caller: RawCaller, timeout_s: float) -> Message:
    """The next request of the node's that is no ACK."""
    until = time.monotonic() + timeout_s
    while (left := until - time.monotonic()) > 0:
        message = caller.receive(left)
        if message and not message.status and message.method != "ACK":
            return message
    raise AssertionError(f"no request within {timeout_s} s")


def agree(caller: RawCaller, refresh: Message) -> None:
    body = HELD.format(port=caller.rtp.getsockname()[1]) if refresh.body else ""
    caller.respond(refresh, 200, "OK", [*TIMER, WE.replace("uas", "uac")], body=body)


def hang_up(caller: RawCaller) -> None:
    """The call was alive until now."""
    caller.request("BYE")
    caller.expect(status=200, method="BYE")


def refreshed(address: Address, *headers: str) -> tuple[Message, Message]:
    """Our 200, and our refresh."""
    with RawCaller(address) as caller:
        ok = caller.answered([*TIMER, WE, *headers], HELD)
        refresh = request_of(caller, OLD_S)
        agree(caller, refresh)
        if refresh.method == "INVITE":
            caller.expect(method="ACK")
        hang_up(caller)
        return ok, refresh


def abandoned(address: Address) -> tuple[float, Message]:
    """When our BYE came, to a caller who promised to refresh and does not."""
    with RawCaller(address) as caller:
        ok = caller.answered([*TIMER, THEY], HELD)
        bye = request_of(caller, OLD_S)
        caller.respond(bye, 200, "OK")
        return bye.at - ok.at, bye


def crossed(address: Address, *headers: str) -> list[Message]:
    """Our refreshes, of which the first two are answered 491."""
    with RawCaller(address) as caller:
        caller.answered([*TIMER, WE, *headers], HELD)
        refreshes = [request_of(caller, OLD_S)]
        while len(refreshes) < 3:
            caller.respond(refreshes[-1], 491, "Request Pending")
            refreshes.append(request_of(caller, 10))
        agree(caller, refreshes[-1])
        caller.nothing(method="INVITE", for_s=3.0)
        hang_up(caller)
        return refreshes


def collided(address: Address) -> None:
    """Their re-INVITE while ours is open, and again after both were refused."""
    with RawCaller(address) as caller:
        caller.answered([*TIMER, WE], HELD)
        ours = request_of(caller, OLD_S)
        caller.invite([*TIMER, THEY], HELD)
        caller.expect(method="INVITE", status=491)
        caller.request("ACK")
        caller.respond(ours, 491, "Request Pending")
        caller.expect(method="ACK")
        caller.invite([*TIMER, THEY], HELD)
        caller.expect(method="INVITE", status=200)
        caller.request("ACK")
        caller.nothing(method="INVITE", for_s=3.0)
        hang_up(caller)


def unacknowledged(address: Address) -> tuple[float, str]:
    """When our BYE came, to a caller who never sends ACK; and the Call-ID."""
    with RawCaller(address) as caller:
        caller.invite()
        ok = caller.expect(status=200, method="INVITE")
        bye = request_of(caller, OLD_S)
        caller.respond(bye, 200, "OK")
        return bye.at - ok.at, caller.call_id


@dataclass(frozen=True, slots=True)
class OldCalls:
    """What came out, or will."""

    served: Node
    re_invite: Future[tuple[Message, Message]]
    update: Future[tuple[Message, Message]]
    abandoned: Future[tuple[float, Message]]
    crossed: tuple[Future[list[Message]], Future[list[Message]]]
    collided: Future[None]
    unacknowledged: Future[tuple[float, str]]


def begin(served: Node, threads: ThreadPoolExecutor) -> OldCalls:
    tell, address = threads.submit, served.address
    return OldCalls(
        served,
        tell(refreshed, address),
        tell(refreshed, address, KNOWS_UPDATE),
        tell(abandoned, address),
        (tell(crossed, address), tell(crossed, address, KNOWS_UPDATE)),
        tell(collided, address),
        tell(unacknowledged, address),
    )
