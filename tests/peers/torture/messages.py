"""All torture messages, filled in as they are sent."""

import re
import time
from dataclasses import dataclass, replace
from typing import Final

from tests.peers.torture.bad import BAD_HEADERS, BAD_RESPONSES, BAD_SDP, BAD_START, NOISE
from tests.peers.torture.drafts import request
from tests.peers.torture.legal import (
    LEGAL_ADDRESSES,
    LEGAL_MEANING,
    LEGAL_SDP,
    LEGAL_STRAYS,
    LEGAL_SYNTAX,
)


@dataclass(frozen=True, slots=True)
class Torture:
    """One datagram.

    ``valid``: a well-made message, however odd, which a correct server must not reject as
    malformed. It may refuse it otherwise, and to an ACK or a response it says nothing.
    """

    name: str
    valid: bool
    data: bytes


DRAFTS: Final = tuple(
    Torture(name, valid, text.encode(errors="surrogateescape"))
    for valid, drafts in (
        (True, LEGAL_SYNTAX),
        (True, LEGAL_ADDRESSES),
        (True, LEGAL_MEANING),
        (True, {f"sdp-{name}": request(body=body) for name, body in LEGAL_SDP.items()}),
        (True, LEGAL_STRAYS),
        (False, BAD_START),
        (False, BAD_HEADERS),
        (False, BAD_RESPONSES),
        (False, {f"bad-sdp-{name}": request(body=body) for name, body in BAD_SDP.items()}),
    )
    for name, text in drafts.items()
) + tuple(Torture(name, False, data) for name, data in NOISE.items())

PLAIN: Final = request().encode()
BLANK_LINE: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r|\x00\x00")


def filled(draft: bytes, ident: str, port: int, number: str, source: str) -> bytes:
    """The datagram; ``{length}`` counts the body, up to ``{end}`` where there is one."""
    escaped = "".join(f"%{ord(char):02X}" if char.isdigit() else char for char in number)
    for name, value in (
        ("port", str(port)),
        ("number", number),
        ("escaped", escaped),
        ("source", source),
        ("call_id", ident),
        ("branch", f"z9hG4bK-{ident}"),
    ):
        draft = draft.replace(f"{{{name}}}".encode(), value.encode())
    _, _, after = draft.partition(b"{length}")
    body = (*BLANK_LINE.split(after, maxsplit=1), b"")[1].partition(b"{end}")[0]
    return draft.replace(b"{end}", b"").replace(b"{length}", b"%d" % len(body))


def messages(
    port: int, number: str = "+97142000000", source: str = "127.0.0.1"
) -> tuple[Torture, ...]:
    """Every message, as sent from ``port`` of ``source``; new dialogs at each call."""
    now = time.time_ns()
    return tuple(
        replace(draft, data=filled(draft.data, f"{draft.name}-{now:x}", port, number, source))
        for draft in DRAFTS
    )
