"""Reads what a SIP request says about itself: its headers, the dialled number, the caller.

PJSIP has already parsed and accepted the message; this picks fields out of its text
(RFC 3261 section 7.3) and opens no socket.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

COMPACT: Final = {"f": "from", "t": "to", "i": "call-id", "m": "contact", "v": "via"}
CALLER_ID: Final = {
    "asserted": "p-asserted-identity",
    "remote-party": "remote-party-id",
    "from": "from",
}
_USER: Final = re.compile(r"(?:sips?|tel):([^@\s;>?]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """A request's start line and headers; names in lower case, values in their order."""

    method: str
    uri: str
    headers: Mapping[str, tuple[str, ...]]

    def header(self, name: str) -> str:
        """The first value of a header, or an empty text."""
        return next(iter(self.headers.get(name.lower(), ())), "")


def parse(text: str) -> Request:
    """Parse a request's head. A folded line (RFC 3261 7.3.1) continues the one before."""
    head = text.partition("\r\n\r\n")[0]
    lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    method, _, rest = lines[0].partition(" ")
    headers: dict[str, tuple[str, ...]] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            key = COMPACT.get(key, key)
            headers[key] = (*headers.get(key, ()), value.strip())
    return Request(method, rest.partition(" ")[0], headers)


def user(value: str) -> str:
    """The user part of the first SIP or tel URI in a header value, unescaped."""
    found = _USER.search(value)
    return unquote(found[1]) if found else ""


def e164(value: str, country_code: str = "") -> str:
    """A user as +E.164 where it looks like an international number, or a national one of ours."""
    digits = re.sub(r"[\s().-]", "", value)
    if country_code and re.fullmatch(r"0[1-9]\d{5,12}", digits):
        return f"+{country_code}{digits[1:]}"
    if re.fullmatch(r"\+\d{6,15}", digits):
        return digits
    if re.fullmatch(r"00[1-9]\d{6,13}", digits):
        return "+" + digits[2:]
    return "+" + digits if re.fullmatch(r"[1-9]\d{9,14}", digits) else value


def dialled_candidates(request: Request, country_code: str = "") -> tuple[str, ...]:
    """Where the dialled number may stand, best first: Request-URI, Diversion, To.

    A carrier whose Origination URI fixes a user puts that into the Request-URI and the
    dialled number into Diversion (RFC 5806); the first Diversion is the latest.
    """
    values = (request.uri, request.header("diversion"), request.header("to"))
    return tuple(dict.fromkeys(e164(user(value), country_code) for value in values if user(value)))


def refer_id(request: Request) -> int | None:
    """The CSeq of the REFER that a NOTIFY is about, where it says (RFC 3515 section 2.4.6)."""
    found = re.search(r";\s*id\s*=\s*(\d{1,10})\b", request.header("event"), re.IGNORECASE)
    return int(found[1]) if found else None


def cseq(request: Request) -> int:
    """The number in CSeq, or 0."""
    number = request.header("cseq").partition(" ")[0]
    return int(number) if number.isdigit() and len(number) <= 10 else 0


def sipfrag(body: str) -> tuple[int, str]:
    """Status and reason of a sipfrag (RFC 3420); 0 where there is none."""
    found = re.match(r"\s*SIP/2\.0 (\d{3})[ \t]*([^\r\n]*)", body)
    return (int(found[1]), found[2].strip()) if found else (0, "")


def caller(request: Request, places: Sequence[str], country_code: str = "") -> str:
    """Who calls, from the first of ``places`` that says it; what an end device writes into From
    is worth no more than its trunk says (RFC 3325)."""
    said = (user(request.header(CALLER_ID[place])) for place in places)
    return e164(next(filter(None, said), ""), country_code)
