"""The native gate, told what the configuration and the node say (D10).

It refuses before PJSIP makes anything of a request; this file only fills in its rules. All of it
belongs to the PJSIP thread, but for ``counts``.
"""

from collections.abc import Sequence
from typing import Any, Final

from sipagent.config import SipSettings, Trunk

RETRY_AFTER_S: Final = 5


class Gate:
    """Closed until ``admit``: a node takes calls when all of it can."""

    def __init__(self, pj: Any, sip: SipSettings, trunks: Sequence[Trunk]) -> None:
        self._trunks = tuple(trunks)
        self._native = pj.SipGate()
        rules = pj.GateRules()
        rules.answer_strangers = sip.strangers == "refuse"
        rules.stranger_most_per_s = sip.stranger_requests_per_s
        rules.ban_s = round(sip.ban_s)
        rules.max_calls = sip.max_calls
        rules.retry_after_s = RETRY_AFTER_S
        for trunk in self._trunks:
            secret = trunk.secret.get_secret_value()
            number = rules.trunk(trunk.name, trunk.calls_per_s, trunk.secret_header, secret)
            for network in trunk.networks:
                rules.network(number, str(network))
        rules.trunk_header(sip.trunk_header)
        for network in sip.proxies:
            rules.proxy(str(network))
        self._rules = rules

    def open(self) -> None:
        """Stand before the endpoint, once it was created."""
        self._native.open()
        self._native.publish(self._rules)

    def close(self) -> None:
        self._native.close()

    def tap(self, *, listening: bool) -> None:
        """Keep raw SIP messages for ``messages``, or no more. Callable from any thread."""
        self._native.tap(listening)

    def messages(self) -> bytes:
        """What the tap kept since the last call, as records (``trace.py``). From any thread."""
        records: bytes = self._native.messages()
        return records

    def messages_lost(self) -> int:
        """Messages that the tap had no room for."""
        lost: int = self._native.tap_lost()
        return lost

    def admit(self, *, ready: bool) -> None:
        """Let new calls in, or send them elsewhere with 503 and Retry-After."""
        self._native.ready(ready, RETRY_AFTER_S)

    def admitted(self) -> Trunk | None:
        """The trunk of the INVITE that PJSIP is being given; asked in its own callback."""
        number: int = self._native.admitted()
        return self._trunks[number] if number >= 0 else None

    def digits(self) -> list[tuple[str, str, int]]:
        """What was keyed by INFO since the last time: SIP Call-ID, digit, duration in ms."""
        keyed: list[tuple[str, str, int]] = self._native.digits()
        return keyed

    def busiest(self, count: int) -> dict[str, int]:
        """The strangers that sent most, and how many requests that were."""
        return {address: requests for address, requests, _ in self._native.busiest(count)}

    def counts(self) -> dict[str, int]:
        """What passed and what did not, by reason, since the gate opened."""
        counted: dict[str, int] = self._native.counts()
        return counted
