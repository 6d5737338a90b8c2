"""The opaque token that a transferred call carries instead of its context.

Every hop logs headers, so they hold no name, number or word: only a token of 160 bits, with a
short life, behind which the context is looked up once.
"""

import base64
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

TOKEN_OCTETS: Final = 20
HEADER: Final = "X-Sipagent-Token"


@dataclass(frozen=True, slots=True)
class Context:
    """What a desk may learn of a transferred call."""

    call_id: str
    tenant: str
    reason: str


class Tokens:
    """Gives out tokens and takes each back once. ``now`` is a monotonic clock in seconds."""

    def __init__(self, life_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self._life_s = life_s
        self._now = now
        self._open: dict[str, tuple[float, Context]] = {}

    def give(self, context: Context) -> str:
        """A new token, of lower-case letters and digits: safe in a user part and a header."""
        self._expire()
        octets = secrets.token_bytes(TOKEN_OCTETS)
        token = base64.b32encode(octets).decode().lower()
        self._open[token] = (self._now() + self._life_s, context)
        return token

    def take(self, token: str) -> Context | None:
        """The context behind a token, the first time it is asked for within its life."""
        self._expire()
        _, context = self._open.pop(token, (0.0, None))
        return context

    def _expire(self) -> None:
        now = self._now()
        for token in [token for token, (until, _) in self._open.items() if until < now]:
            del self._open[token]


def target(desk: str, token: str) -> str:
    """The desk's URI with the token in its user part: ``sip:desk+token@host``.

    That is the one place which every hop must keep, since it routes by it.
    """
    user, _, host = desk.partition("@")
    return f"{user}+{token}@{host}"


def headers(token: str) -> Mapping[str, str]:
    """The headers that Refer-To carries: User-to-User (RFC 7433, hex) and our own."""
    return {"User-to-User": f"00{token.encode().hex()};encoding=hex", HEADER: token}
