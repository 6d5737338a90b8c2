"""What a torture message is written with: its lines, its headers, its SDP.

Offers want their media at the discard port, so that an answered call sends no RTP to the SIP
socket.
"""

from typing import Final

LARGEST: Final = 59_999  # bytes of a datagram

TARGET: Final = "sip:{number}@127.0.0.1"
CALLER: Final = "<sip:+971501234567@127.0.0.1>"
VIA: Final = "Via: SIP/2.0/UDP {source}:{port};branch={branch};rport"
FROM: Final = f"From: {CALLER};tag={{call_id}}"
TO: Final = "To: <sip:{number}@127.0.0.1>"
_TO_NOBODY: Final = f"{TO};tag=nobody"
_CALL_ID: Final = "Call-ID: {call_id}"
CONTACT: Final = "Contact: <sip:caller@{source}:{port}>"
LENGTH: Final = "Content-Length: {length}"
AUDIO: Final = (
    "m=audio 9 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16"
)


def lines(*lines: str) -> str:
    """What is not empty, one to a line."""
    return "".join(f"{line}\r\n" for line in lines if line)


def sdp(
    *more: str,
    version: str = "v=0",
    origin: str = "o=- 1 1 IN IP4 {source}",
    name: str = "s=-",
    connection: str = "c=IN IP4 {source}",
    when: str = "t=0 0",
    media: str = AUDIO,
) -> str:
    return lines(version, origin, name, connection, when, media, *more)


def request(
    *more: str,
    method: str = "INVITE",
    uri: str = TARGET,
    start: str = "",
    via: str = VIA,
    forwards: str = "Max-Forwards: 70",
    sender: str = FROM,
    to: str = TO,
    call_id: str = _CALL_ID,
    cseq: str | None = None,
    contact: str = CONTACT,
    kind: str = "Content-Type: application/sdp",
    length: str = LENGTH,
    body: str | None = None,
) -> str:
    """A request whose header lines can be replaced whole; an empty one is left out."""
    if body is None:
        body = sdp() if method == "INVITE" else ""
    head = (
        start or f"{method} {uri} SIP/2.0",
        *(via, forwards, sender, to, call_id),
        f"CSeq: 7 {method}" if cseq is None else cseq,
        contact,
        *more,
        kind if body else "",
        length,
    )
    return lines(*head) + "\r\n" + body


def response(start: str, *more: str, via: str = VIA, method: str = "INVITE", body: str = "") -> str:
    kind = "Content-Type: application/sdp" if body else ""
    head = (start, via, FROM, _TO_NOBODY, _CALL_ID, f"CSeq: 7 {method}", *more, kind, LENGTH)
    return lines(*head) + "\r\n" + body


def parts(*bodies: tuple[str, str], boundary: str = "part", end: bool = True) -> str:
    """A multipart body of (type, content) pairs."""
    text = "".join(
        f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n{content}\r\n" for kind, content in bodies
    )
    return text + (f"--{boundary}--\r\n" if end else "")


def deep(depth: int) -> str:
    """Multiparts in multiparts, each with its own boundary."""
    body = sdp()
    for level in range(depth):
        kind = f"multipart/mixed;boundary=p{level - 1}" if level else "application/sdp"
        boundary = "part" if level == depth - 1 else f"p{level}"
        body = parts((kind, body), boundary=boundary)
    return body


MIXED: Final = "Content-Type: multipart/mixed;boundary=part"
