"""Torture messages for a SIP server over UDP: odd but legal ones, bad ones, seeded mutations.

In the spirit of RFC 4475 and RFC 5118. Offers want their media at the discard port, so that an
answered call sends no RTP to the SIP socket.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

_LARGEST: Final = 59_999  # bytes of a datagram


@dataclass(frozen=True, slots=True)
class Torture:
    """One datagram.

    ``valid``: a well-made message, however odd, which a correct server must not reject as
    malformed. It may refuse it otherwise, and to an ACK or a response it says nothing.
    """

    name: str
    valid: bool
    data: bytes


# ---------------------------------------------------------------------- builders

_TARGET: Final = "sip:{number}@127.0.0.1"
_CALLER: Final = "<sip:+971501234567@127.0.0.1>"
_VIA: Final = "Via: SIP/2.0/UDP {source}:{port};branch={branch};rport"
_FROM: Final = f"From: {_CALLER};tag={{call_id}}"
_TO: Final = "To: <sip:{number}@127.0.0.1>"
_TO_NOBODY: Final = f"{_TO};tag=nobody"
_CALL_ID: Final = "Call-ID: {call_id}"
_CONTACT: Final = "Contact: <sip:caller@{source}:{port}>"
_LENGTH: Final = "Content-Length: {length}"
_AUDIO: Final = (
    "m=audio 9 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16"
)


def _lines(*lines: str) -> str:
    """What is not empty, one to a line."""
    return "".join(f"{line}\r\n" for line in lines if line)


def _sdp(
    *more: str,
    version: str = "v=0",
    origin: str = "o=- 1 1 IN IP4 {source}",
    name: str = "s=-",
    connection: str = "c=IN IP4 {source}",
    when: str = "t=0 0",
    media: str = _AUDIO,
) -> str:
    return _lines(version, origin, name, connection, when, media, *more)


def _request(
    *more: str,
    method: str = "INVITE",
    uri: str = _TARGET,
    start: str = "",
    via: str = _VIA,
    forwards: str = "Max-Forwards: 70",
    sender: str = _FROM,
    to: str = _TO,
    call_id: str = _CALL_ID,
    cseq: str | None = None,
    contact: str = _CONTACT,
    kind: str = "Content-Type: application/sdp",
    length: str = _LENGTH,
    body: str | None = None,
) -> str:
    """A request whose header lines can be replaced whole; an empty one is left out."""
    if body is None:
        body = _sdp() if method == "INVITE" else ""
    head = (
        start or f"{method} {uri} SIP/2.0",
        *(via, forwards, sender, to, call_id),
        f"CSeq: 7 {method}" if cseq is None else cseq,
        contact,
        *more,
        kind if body else "",
        length,
    )
    return _lines(*head) + "\r\n" + body


def _response(
    start: str, *more: str, via: str = _VIA, method: str = "INVITE", body: str = ""
) -> str:
    kind = "Content-Type: application/sdp" if body else ""
    head = (start, via, _FROM, _TO_NOBODY, _CALL_ID, f"CSeq: 7 {method}", *more, kind, _LENGTH)
    return _lines(*head) + "\r\n" + body


def _parts(*bodies: tuple[str, str], boundary: str = "part", end: bool = True) -> str:
    """A multipart body of (type, content) pairs."""
    text = "".join(
        f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n{content}\r\n" for kind, content in bodies
    )
    return text + (f"--{boundary}--\r\n" if end else "")


def _deep(depth: int) -> str:
    """Multiparts in multiparts, each with its own boundary."""
    body = _sdp()
    for level in range(depth):
        kind = f"multipart/mixed;boundary=p{level - 1}" if level else "application/sdp"
        boundary = "part" if level == depth - 1 else f"p{level}"
        body = _parts((kind, body), boundary=boundary)
    return body


_MIXED: Final = "Content-Type: multipart/mixed;boundary=part"

# ---------------------------------------------------------------------- legal

_LEGAL_SYNTAX: Final = {
    "folded-headers": _request(
        "Subject: one\r\n two\r\n\tthree",
        via="Via:\r\n SIP/2.0/UDP\r\n  {source}:{port};\r\n\tbranch={branch};\r\n rport",
        sender=f'From:\r\n "Folded\r\n caller"\r\n {_CALLER}\r\n\t;\r\n tag={{call_id}}',
        cseq="CSeq:\r\n 7\r\n\tINVITE",
        length="Content-Length:\r\n {length}",
    ),
    "whitespace-everywhere": _request(
        "Supported :  timer  ,   100rel",
        via="Via  :  SIP / 2.0 / UDP  {source} : {port} ; branch = {branch} ; rport",
        sender=f"From\t:   {_CALLER}  ;  tag  =  {{call_id}}",
        cseq="CSeq :    7     INVITE",
        length="Content-Length   :   {length}",
    ),
    "tabs-for-spaces": _request(
        "Subject:\ta\tb",
        via="Via\t:\tSIP/2.0/UDP\t{source}:{port}\t;\tbranch={branch}\t;\trport",
        sender=f'From:\t"Tab\tbed"\t{_CALLER}\t;\ttag={{call_id}}',
        cseq="CSeq:\t7\tINVITE",
    ),
    "no-whitespace": _request(
        via="Via:SIP/2.0/UDP {source}:{port};branch={branch};rport",
        sender=f"From:caller{_CALLER};tag={{call_id}}",
        to="To:<sip:{number}@127.0.0.1>",
        cseq="CSeq:7 INVITE",
        length="Content-Length:{length}",
    ),
    "compact-forms": _request(
        "s: compact",
        "k: timer",
        "x: 1800",
        "u: refer",
        via="v: SIP/2.0/UDP {source}:{port};branch={branch};rport",
        sender=f"f: {_CALLER};tag={{call_id}}",
        to="t: <sip:{number}@127.0.0.1>",
        call_id="i: {call_id}",
        contact="m: <sip:caller@{source}:{port}>",
        kind="c: application/sdp",
        length="l: {length}",
    ),
    "mixed-case": _request(
        uri="SiP:{number}@127.0.0.1;USER=PhOnE",
        via="vIA: sip/2.0/udp {source}:{port};BRANCH={branch};RPORT",
        forwards="MAX-forwards: 70",
        sender=f"FROM: {_CALLER};TAG={{call_id}}",
        to="tO: <SIP:{number}@127.0.0.1>",
        call_id="call-id: {call_id}",
        cseq="cSEQ: 7 INVITE",
        contact="CONTACT: <sip:caller@{source}:{port};Transport=UDP>",
        kind="content-TYPE: Application/SDP",
        length="CONTENT-length: {length}",
    ),
    "compact-and-folded": _request(
        via="V :\r\n SIP/2.0/UDP {source}:{port}\r\n ;branch={branch}\r\n ;rport",
        sender=f"F\t:\r\n {_CALLER}\r\n ;tag={{call_id}}",
        length="L :\r\n\t{length}",
    ),
    "headers-in-reverse": (
        _lines(
            f"INVITE {_TARGET} SIP/2.0",
            *(_LENGTH, "Content-Type: application/sdp", _CONTACT, "CSeq: 7 INVITE"),
            *(_CALL_ID, _TO, _FROM, "Max-Forwards: 70", _VIA),
        )
        + "\r\n"
        + _sdp()
    ),
    "empty-headers": _request(
        *("Subject:", "Supported:", "Allow:", "Accept:", "Organization:", "X-Empty:")
    ),
    "unknown-headers": _request(
        "X-Separators: ;;,,;,=<>@()[]?/",
        "X-Unbalanced: \"<(['",
        "!no.name-anybody-uses%*_+`'~: 1",
        "X-Folded: first\r\n second: not a header",
        "X-Direction: \u202e\u200f\ufeff",
    ),
    "hundred-unknown-headers": _request(*(f"X-Number-{n}: {n}" for n in range(120))),
    "many-vias-one-line": _request(
        via=f"{_VIA}, SIP/2.0/TCP one.example.com;branch=z9hG4bKone , SIP/2.0/TLS "
        "two.example.com:5061;branch=z9hG4bKtwo;received=192.0.2.7,SIP/2.0/UDP 192.0.2.8"
    ),
    "vias-of-odd-transports": _request(
        via=f"{_VIA}\r\nVia: SIP/2.0/SCTP one.example.com;branch=z9hG4bKone\r\n"
        "Via: SIP/2.0/UNKNOWN two.example.com;branch=z9hG4bKtwo\r\n"
        "Via: OTHER/9.7/UDP three.example.com;ttl=1;branch=z9hG4bKthree"
    ),
    "hundred-vias": _request(
        via=f"{_VIA}\r\n"
        + "\r\n".join(f"Via: SIP/2.0/UDP 192.0.2.{n};branch=z9hG4bK{n}" for n in range(1, 121))
    ),
    "hundred-routes": _request(*(f"Route: <sip:hop{n}.invalid;lr>" for n in range(120))),
    "hundred-record-routes": _request(
        *(f"Record-Route: <sip:r{n}@{{source}}:{{port}};lr>" for n in range(110))
    ),
    "record-routes-one-line": _request(
        "Record-Route: <sip:{source}:{port};lr>, "
        '"Named, route" <sip:{source}:{port};lr;x=y>;extra="z"'
    ),
    "long-headers": _request(
        "Subject: " + "long " * 200,
        "X-Long: " + "x" * 700,
        via=f"{_VIA};unknown={'v' * 300}",
        sender=f'From: "{"Caller " * 60}" {_CALLER};{"p" * 200}={"q" * 200};tag={{call_id}}',
    ),
    "long-header-name": _request("X-" + "Name" * 100 + ": 1"),
    "long-uri": _request(uri=f"{_TARGET};x={'u' * 4000}"),
    "header-of-15k": _request("X-Huge: " + "h" * 15_000),
    "branch-of-300": _request(via=f"{_VIA.removesuffix(';rport')}{'b' * 300};rport"),
    "huge-from-tag": _request(sender=f"{_FROM}{'t' * 4000}"),
    "leading-crlfs": "\r\n\r\n" + _request(),
    "no-content-length": _request(length=""),
    "padded-numbers": _request(
        forwards="Max-Forwards: 000070",
        cseq="CSeq: 00000000000000000007 INVITE",
        length="Content-Length: 00000000{length}",
    ),
    "cseq-greatest": _request(cseq="CSeq: 2147483647 INVITE"),
    "cseq-zero": _request(cseq="CSeq: 0 INVITE"),
    "max-forwards-zero": _request(forwards="Max-Forwards: 0"),
    "max-forwards-255": _request(forwards="Max-Forwards: 255"),
    "via-without-branch": _request(via="Via: SIP/2.0/UDP {source}:{port}"),
    "via-with-unknown-params": _request(via=f'{_VIA};x;y="a;b,c";z=[2001:db8::1];alias'),
    "call-id-of-odd-characters": _request(call_id="Call-ID: {call_id}%Z~)'([?]\"\\/<>:!*_+`@{[}]"),
    "version-in-lower-case": _request(start=f"INVITE {_TARGET} sip/2.0"),
    "unknown-method": _request(method="FROB-1.0!%*_+`'~"),
    "method-in-lower-case": _request(method="invite", body=_sdp()),
    "long-method": _request(method="M" * 500),
    "options": _request("Accept: text/*;q=0.1, */*;q=0", method="OPTIONS"),
    "register-star": _request("Expires: 0", method="REGISTER", contact="Contact: *"),
}

_LEGAL_ADDRESSES: Final = {
    "utf8-display-name": _request(
        "Subject: مرحبا \u03a9 \U0001f600",
        sender=f'From: "علي é \U0001f600" {_CALLER};tag={{call_id}}',
    ),
    "escaped-display-name": _request(
        sender=f'From: "a \\"b\\" \\\\ <sip:c@d>;tag=no, \\e" {_CALLER};tag={{call_id}}'
    ),
    "display-name-tokens": _request(sender=f"From: Mr. O'Neill-1 * ~ {_CALLER};tag={{call_id}}"),
    "empty-display-name": _request(sender=f'From: "" {_CALLER};tag={{call_id}}'),
    "crlf-escapes-in-display-name": _request(
        sender=f'From: "x%0D%0AVia: evil%00" {_CALLER};tag={{call_id}}'
    ),
    "uri-without-brackets": _request(
        sender="From: sip:+971501234567@127.0.0.1;tag={call_id}",
        to="To: sip:{number}@127.0.0.1",
        contact="Contact: sip:caller@{source}:{port}",
    ),
    "from-params-around-tag": _request(
        sender=f'From: {_CALLER};x;y="tag=no;z";host=[2001:db8::1];tag={{call_id}};last=1'
    ),
    "uri-escaped-digits": _request(uri="sip:{escaped}@127.0.0.1"),
    "uri-params": _request(
        uri=f"{_TARGET};user=phone;transport=udp;unknown;%6Cong=%41[b]:/&+$;method-like=BYE"
    ),
    "uri-user-params": _request(uri="sip:{number};isub=1;postd=pp22@127.0.0.1"),
    "uri-user-of-odd-characters": _request(uri="sip:&=+$,;?/-_.!~*'()%20{number}@127.0.0.1"),
    "uri-password": _request(uri="sip:{number}:pa%20ss&=+$,@127.0.0.1"),
    "uri-host-with-dot": _request(uri="sip:{number}@localhost.:5060"),
    "uri-null-escapes": _request(uri="sip:{number}%00-%00@127.0.0.1"),
    "uri-crlf-escapes": _request(
        uri="sip:{number}%0D%0AVia%3A%20evil%0d%0a%0d%0a@127.0.0.1;x=%0D%0AFrom%3A%20evil",
        sender="From: <sip:+9715%0D%0AContact%3A%20evil@127.0.0.1>;tag={call_id}",
    ),
    "uri-nothing-but-escapes": _request(uri="sip:" + "%25" * 100 + "@127.0.0.1"),
    "uri-unknown-scheme": _request(uri="no-such-scheme+1.0:anything?/at&all=1"),
    "uri-http": _request(uri="http://127.0.0.1/{number}"),
    "uri-tel": _request(
        uri="tel:{number};ext=1", sender="From: <tel:12-34;phone-context=a.example>;tag={call_id}"
    ),
    "uri-sips": _request(uri="sips:{number}@127.0.0.1"),
    "from-and-to-unknown-schemes": _request(
        sender="From: <mailto:caller@example.com>;tag={call_id}",
        to='To: "Desk" <isbn:2983792873>',
    ),
    "contact-params": _request(
        contact='Contact: "Last, \\"First\\"" <sip:caller%40home;x=y@{source}:{port};ob>'
        ';q=0.7;+sip.instance="<urn:uuid:00000000-0000-0000-0000-000000000001>";expires=60'
    ),
    "history-info": _request(
        "History-Info: <sip:{number}@127.0.0.1?Reason=SIP%3Bcause%3D302&Privacy=none>;index=1,"
        "<sip:x@example.com;cause=404>;index=1.1",
        'Diversion: "a;b" <tel:+9714;cpc=x>;reason="no-answer";counter=3;privacy=off',
        'P-Asserted-Identity: "A, B" <sip:+971501234567@127.0.0.1>, tel:+971501234567',
    ),
    "ipv6-uri": _request(uri="sip:{number}@[2001:db8::10]:5060"),
    "ipv6-uri-ambiguous-port": _request(uri="sip:{number}@[2001:db8::10:5060]"),
    "ipv6-mapped": _request(uri="sip:{number}@[::ffff:192.0.2.10]", to="To: <sip:x@[::]>"),
    "ipv6-via": _request(
        via=f"{_VIA}\r\nVia: SIP/2.0/UDP [2001:db8::9:1]:5060;"
        "received=2001:db8::9:255;branch=z9hG4bKsix"
    ),
    "ipv6-everywhere": _request(
        "Route: <sip:[2001:db8::2];lr>",
        sender="From: <sip:caller@[2001:db8::1]>;tag={call_id}",
        call_id="Call-ID: {call_id}@[2001:db8::1]",
        body=_sdp(origin="o=- 1 1 IN IP6 2001:db8::1"),
    ),
}

_LEGAL_MEANING: Final = {
    "unknown-require": _request("Require: 100rel, nothing-we-know"),
    "unknown-proxy-require": _request("Proxy-Require: nothing-we-know"),
    "hundred-supported": _request("Supported: " + ", ".join(f"option-{n}" for n in range(200))),
    "unknown-auth-scheme": _request('Authorization: NewScheme opaque="a,b", x=y'),
    "session-expires-too-short": _request("Session-Expires: 1;refresher=uas", "Min-SE: 90"),
    "replaces-of-nothing": _request("Replaces: no-such-call;to-tag=a;from-tag=b;early-only"),
    "to-tag-of-nothing": _request(to=_TO_NOBODY),
    "no-sdp": _request(body=""),
    "trailing-octets": _request(body=_sdp() + "{end}" + _request(body="")),
    "empty-body-with-type": _request("Content-Type: text/plain", method="MESSAGE"),
    "unknown-body-type": _request(kind="Content-Type: x-odd/x-odder+xml;a=b", body="<odd/>"),
    "content-type-params": _request(kind='Content-Type: application / sdp ; charset="utf-8";x=y'),
    "unknown-content-encoding": _request("Content-Encoding: x-squeeze"),
    "optional-body": _request(
        "Content-Disposition: x-odd;handling=optional",
        kind="Content-Type: application/x-odd",
        body="odd",
    ),
    "multipart-with-sdp": _request(
        kind=_MIXED, body=_parts(("text/plain", "hello"), ("application/sdp", _sdp()))
    ),
    "multipart-quoted-boundary": _request(
        kind='Content-Type: multipart/mixed; boundary="\'()+_,-./:=? a"',
        body="preamble\r\n"
        + _parts(("application/sdp", _sdp()), boundary="'()+_,-./:=? a")
        + "epilogue",
    ),
    "multipart-nested": _request(
        kind=_MIXED,
        body=_parts(
            (
                "multipart/alternative;boundary=inner",
                _parts(("text/plain", ""), ("application/sdp", _sdp()), boundary="inner"),
            )
        ),
    ),
}

_LEGAL_SDP: Final = {
    "no-media": _sdp(media=""),
    "port-zero": _sdp(media="m=audio 0 RTP/AVP 0"),
    "ipv6": _sdp(connection="c=IN IP6 2001:db8::1"),
    "held-by-address": _sdp(connection="c=IN IP4 0.0.0.0"),
    "multicast": _sdp(connection="c=IN IP4 233.252.0.1/127"),
    "unknown-host": _sdp(connection="c=IN IP4 nowhere.invalid"),
    "direction-overridden": _sdp("a=sendrecv", when="t=0 0\r\na=inactive"),
    "payloads-all-unknown": _sdp(media="m=audio 9 RTP/AVP 96\r\na=rtpmap:96 odd/48000/6"),
    "video-first": _sdp(media=f"m=video 9 RTP/AVP 31\r\n{_AUDIO}\r\nm=image 9 udptl t38"),
    "unknown-protocol": _sdp(media="m=audio 9 ODD/RTP/AVP 0"),
    "unknown-attributes": _sdp(*(f"a=x-odd-{n}:{n}" for n in range(200))),
    "every-optional-line": _sdp(
        name="s=\u0627\r\ni=about\r\nu=http://a.example/\r\ne=a@a.example (A)\r\np=+971 4 000",
        when="b=CT:100\r\nb=X-odd:1\r\nt=2873397496 2873404696\r\nr=7d 1h 0 25h",
        media=f"a=tool:x\r\n{_AUDIO}",
    ),
    "long-name": _sdp(name="s=" + "n" * 4000),
}

# ---------------------------------------------------------------------- legal, but out of the blue

_STRAY: Final[dict[str, Sequence[str]]] = {
    "ACK": (),
    "BYE": ('Reason: Q.850;cause=16;text="x"',),
    "PRACK": ("RAck: 1 7 INVITE",),
    "UPDATE": ("Session-Expires: 1800",),
    "INFO": ("Info-Package: nothing",),
    "NOTIFY": ("Event: refer;id=7", "Subscription-State: terminated;reason=noresource"),
    "REFER": ("Refer-To: <sip:+97142000001@127.0.0.1?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>",),
    "SUBSCRIBE": ("Event: dialog", "Expires: 60"),
    "PUBLISH": ("Event: presence", "Expires: 60"),
    "MESSAGE": (),
}

_LEGAL_STRAYS: Final = {
    "cancel": _request(method="CANCEL", contact=""),
    **{
        f"{name.lower()}-in-no-dialog": _request(*more, method=name, to=_TO_NOBODY)
        for name, more in _STRAY.items()
    },
    **{
        f"{name.lower()}-without-to-tag": _request(*more, method=name)
        for name, more in _STRAY.items()
    },
    "response-100": _response("SIP/2.0 100 Trying"),
    "response-183-reliable": _response("SIP/2.0 183 x", "Require: 100rel", "RSeq: 9", body=_sdp()),
    "response-200": _response("SIP/2.0 200 OK", _CONTACT, body=_sdp()),
    "response-200-bye": _response("SIP/2.0 200 OK", method="BYE"),
    "response-empty-reason": _response("SIP/2.0 200 ", _CONTACT),
    "response-utf8-reason": _response("SIP/2.0 486 \u0645\u0634\u063a\u0648\u0644 \U0001f600"),
    "response-302": _response("SIP/2.0 302 Moved", "Contact: <sip:a@192.0.2.1>;q=1, tel:+1;q=0.1"),
    "response-401": _response("SIP/2.0 401 No", 'WWW-Authenticate: Digest realm="a",nonce="b"'),
    "response-503": _response("SIP/2.0 503 Later", "Retry-After: 4294967295 (long);duration=1"),
    "response-699": _response("SIP/2.0 699 Odd", method="FROB"),
    "response-to-two-vias": _response("SIP/2.0 200 OK", via=f"{_VIA}\r\n{_VIA}"),
}

# ---------------------------------------------------------------------- bad

_BAD_START: Final = {
    "version-unknown": _request(start=f"INVITE {_TARGET} SIP/7.0"),
    "version-missing": _request(start=f"INVITE {_TARGET}"),
    "version-huge": _request(start=f"INVITE {_TARGET} SIP/{10**40}.{10**40}"),
    "version-of-http": _request(start=f"INVITE {_TARGET} HTTP/1.1"),
    "start-two-spaces": _request(start=f"INVITE  {_TARGET}  SIP/2.0"),
    "start-tabs": _request(start=f"INVITE\t{_TARGET}\tSIP/2.0"),
    "start-trailing-space": _request(start=f"INVITE {_TARGET} SIP/2.0  "),
    "start-leading-space": _request(start=f" INVITE {_TARGET} SIP/2.0"),
    "start-folded": _request(start=f"INVITE\r\n {_TARGET} SIP/2.0"),
    "start-without-uri": _request(start="INVITE SIP/2.0"),
    "start-method-alone": "INVITE\r\n\r\n",
    "start-line-alone": f"INVITE {_TARGET} SIP/2.0\r\n\r\n",
    "start-missing": _request(start=_VIA),
    "method-not-a-token": _request(start=f"INV@ITE<> {_TARGET} SIP/2.0"),
    "uri-in-brackets": _request(uri=f"<{_TARGET}>"),
    "uri-with-space": _request(uri="sip:{number} @127.0.0.1; lr"),
    "uri-with-headers": _request(uri=f"{_TARGET}?Subject=x%0D%0AEvil%3A%201&body=%00"),
    "uri-with-quotes": _request(uri='sip:"{number}"@127.0.0.1'),
    "uri-empty": _request(uri="sip:"),
    "uri-without-scheme": _request(uri="{number}@127.0.0.1"),
    "uri-without-user": _request(uri="sip:@127.0.0.1"),
    "uri-without-host": _request(uri="sip:{number}@"),
    "uri-two-ats": _request(uri="sip:{number}@127.0.0.1@127.0.0.1"),
    "uri-port-99999": _request(uri=f"{_TARGET}:99999"),
    "uri-port-negative": _request(uri=f"{_TARGET}:-1"),
    "uri-port-of-letters": _request(uri=f"{_TARGET}:port"),
    "uri-port-huge": _request(uri=f"{_TARGET}:{10**40}"),
    "uri-broken-escapes": _request(uri="sip:%{number}%Z%4%%@127.0.0.1;x=%;y=%f"),
    "uri-high-bytes": _request(uri="sip:{number}\udcff\udc80@127.0.0.1"),
    "uri-brackets-nested": _request(uri="sip:{number}@" + "[" * 500 + "::1" + "]" * 500),
    "uri-semicolons": _request(uri=_TARGET + ";" * 2000),
    "ipv6-without-brackets": _request(uri="sip:{number}@2001:db8::10"),
    "ipv6-bracket-open": _request(uri="sip:{number}@[2001:db8::10"),
    "ipv6-three-colons": _request(uri="sip:{number}@[2001:db8:::192.0.2.1]"),
    "ipv6-too-long": _request(uri="sip:{number}@[1:2:3:4:5:6:7:8:9:a:b:c]"),
    "ipv6-zone": _request(uri="sip:{number}@[fe80::1%25lo]"),
    "ipv6-received-in-brackets": _request(via=f"{_VIA};received=[2001:db8::9:255]"),
}

_MANDATORY: Final = {
    "via": _request(via=""),
    "max-forwards": _request(forwards=""),
    "from": _request(sender=""),
    "to": _request(to=""),
    "call-id": _request(call_id=""),
    "cseq": _request(cseq=""),
    "contact": _request(contact=""),
    "content-type": _request(kind=""),
    "every-header": _lines(f"INVITE {_TARGET} SIP/2.0", "Content-Length: 0") + "\r\n",
}

_BAD_HEADERS: Final = {
    **{f"missing-{name}": text for name, text in _MANDATORY.items()},
    "length-short": _request(length="Content-Length: 20"),
    "length-zero": _request(length="Content-Length: 0"),
    "length-long": _request(length="Content-Length: {length}0"),
    "length-negative": _request(length="Content-Length: -1"),
    "length-2-32": _request(length=f"Content-Length: {2**32}"),
    "length-2-31": _request(length=f"Content-Length: {2**31}"),
    "length-huge": _request(length=f"Content-Length: {10**40}"),
    "length-of-letters": _request(length="Content-Length: all of it"),
    "length-empty": _request(length="Content-Length:"),
    "length-twice": _request(_LENGTH),
    "length-twice-different": _request("Content-Length: 0", length=f"{_LENGTH}\r\nl: 99999"),
    "cseq-overflow": _request(cseq=f"CSeq: {2**32} INVITE"),
    "cseq-2-31": _request(cseq=f"CSeq: {2**31} INVITE"),
    "cseq-huge": _request(cseq=f"CSeq: {10**40} INVITE"),
    "cseq-negative": _request(cseq="CSeq: -1 INVITE"),
    "cseq-other-method": _request(cseq="CSeq: 7 OPTIONS"),
    "cseq-ack-of-invite": _request(cseq="CSeq: 7 ACK"),
    "cseq-without-method": _request(cseq="CSeq: 7"),
    "cseq-without-number": _request(cseq="CSeq: INVITE"),
    "cseq-hexadecimal": _request(cseq="CSeq: 0x7 INVITE"),
    "cseq-twice": _request("CSeq: 8 INVITE"),
    "max-forwards-256": _request(forwards="Max-Forwards: 256"),
    "max-forwards-negative": _request(forwards="Max-Forwards: -1"),
    "max-forwards-huge": _request(forwards=f"Max-Forwards: {10**40}"),
    "max-forwards-of-letters": _request(forwards="Max-Forwards: seventy"),
    "max-forwards-twice": _request("Max-Forwards: 0"),
    "call-id-empty": _request(call_id="Call-ID:"),
    "call-id-with-space": _request(call_id="Call-ID: {call_id} and more"),
    "call-id-twice": _request("Call-ID: {call_id}-other"),
    "call-id-of-10k": _request(call_id="Call-ID: {call_id}" + "@" * 10_000),
    "via-cookie-alone": _request(via="Via: SIP/2.0/UDP {source}:{port};branch=z9hG4bK;rport"),
    "via-empty": _request(via="Via:"),
    "via-without-host": _request(via="Via: SIP/2.0/UDP ;branch={branch}"),
    "via-without-transport": _request(via="Via: SIP/2.0 {source}:{port};branch={branch}"),
    "via-port-99999": _request(via="Via: SIP/2.0/UDP {source}:99999;branch={branch};rport"),
    "via-rport-nonsense": _request(via=f"{_VIA}=-1;rport=99999;rport=x;rport"),
    "via-ttl-nonsense": _request(via=f"{_VIA};ttl=-1;ttl=99999;maddr="),
    "via-commas": _request(via=_VIA + "," * 1000),
    "via-two-branches": _request(via=f"{_VIA};branch=z9hG4bKother;branch="),
    "from-unterminated-quote": _request(sender=f'From: "caller {_CALLER};tag={{call_id}}'),
    "from-quote-ends-in-backslash": _request(sender=f'From: "a\\" {_CALLER};tag={{call_id}}'),
    "from-unterminated-bracket": _request(
        sender="From: <sip:caller@127.0.0.1;tag={call_id}", to="To: sip:{number}@127.0.0.1>"
    ),
    "from-nested-brackets": _request(
        sender="From: " + "<" * 300 + "sip:a@127.0.0.1" + ">" * 300 + ";tag={call_id}"
    ),
    "from-display-name-with-comma": _request(sender=f"From: Last, First {_CALLER};tag={{call_id}}"),
    "from-display-name-latin1": _request(sender=f'From: "Ren\udce9" {_CALLER};tag={{call_id}}'),
    "from-display-name-overlong-utf8": _request(
        sender=f'From: "\udcc0\udc80\udced\udca0\udc80" {_CALLER};tag={{call_id}}'
    ),
    "from-empty": _request(sender="From:"),
    "from-without-tag": _request(sender=f"From: {_CALLER}"),
    "from-empty-tag": _request(sender=f"From: {_CALLER};tag="),
    "from-two-tags": _request(sender=f"{_FROM};tag=other"),
    "from-twice": _request(f"From: {_CALLER};tag=other"),
    "from-two-addresses": _request(sender=f"{_FROM}, <sip:other@127.0.0.1>;tag=other"),
    "to-twice": _request("To: <sip:other@127.0.0.1>"),
    "to-star": _request(to="To: *"),
    "contact-star": _request(contact="Contact: *"),
    "contact-twice": _request("Contact: <sip:other@127.0.0.1>"),
    "contact-nonsense": _request(contact="Contact: <>, ;;, <sip:>, sip:;q=9.9999;expires=-1"),
    "contact-with-headers": _request(
        contact="Contact: <sip:caller@{source}:{port}?Route=%3Csip:a%3E%0D%0AX:1>"
    ),
    "content-type-nonsense": _request(kind="Content-Type: / ;;= sdp"),
    "content-type-twice": _request("Content-Type: text/plain"),
    "empty-sdp": _request("Content-Type: application/sdp", body=""),
    "require-nonsense": _request('Require: ,,;=,"100rel', "Supported: <>"),
    "replaces-nonsense": _request("Replaces: ;;to-tag;from-tag=="),
    "replaces-without-tags": _request("Replaces: {call_id}"),
    "replaces-twice": _request(*2 * ("Replaces: x;to-tag=a;from-tag=b",)),
    "replaces-in-options": _request("Replaces: x;to-tag=a;from-tag=b", method="OPTIONS"),
    "replaces-huge": _request(f"Replaces: {'x' * 3000};to-tag={'a' * 3000};from-tag={'b' * 3000}"),
    "refer-to-nonsense": _request("Refer-To: <sip:?Replaces=%>>", method="REFER"),
    "refer-to-missing": _request(method="REFER", to=_TO_NOBODY),
    "refer-to-twice": _request(*2 * ("Refer-To: <sip:a@b>",), method="REFER"),
    "refer-to-crlf-escapes": _request(
        "Refer-To: <sip:a%0D%0A@127.0.0.1?Subject=x%0D%0AEvil%3A%201%0D%0A%0D%0A&%00=%00>",
        method="REFER",
    ),
    "rack-nonsense": _request(f"RAck: -1 {10**40} ", method="PRACK", to=_TO_NOBODY),
    "event-missing": _request(method="SUBSCRIBE"),
    "notify-sipfrag-nonsense": _request(
        *("Event: refer", "Subscription-State: active;expires=-1"),
        method="NOTIFY",
        to=_TO_NOBODY,
        kind="Content-Type: message/sipfrag",
        body="SIP/2.0 99999999999",
    ),
    "info-dtmf-nonsense": _request(
        method="INFO",
        to=_TO_NOBODY,
        kind="Content-Type: application/dtmf-relay",
        body="Signal=\x00999\r\nDuration=-1\r\nSignal",
    ),
    "session-expires-nonsense": _request(f"Session-Expires: {10**40};refresher=x", "Min-SE: -1"),
    "authorization-nonsense": _request('Authorization: Digest username="x, realm=,,,nonce=;='),
    "numbers-nonsense": _request(
        *("Expires: -1", f"Retry-After: {10**40}", "Timestamp: -1.-1", "RSeq: x", "Date: never")
    ),
    "route-nonsense": _request("Route: <sip:;lr", "Record-Route: ,,<>", 'Route: "<sip:a>'),
    "header-without-colon": _request("This line has no colon"),
    "header-without-name": _request(": nameless", ":"),
    "header-name-with-space": _request("Not A Name: 1"),
    "header-name-high-bytes": _request("X-\udcff\udcfe: 1"),
    "nul-in-header": _request("Subject: a\x00b\x00"),
    "nul-in-tag": _request(sender=f"{_FROM}\x00\x00"),
    "nul-in-uri": _request(uri="sip:{number}\x00@127.0.0.1"),
    "nul-in-call-id": _request(call_id="Call-ID: {call_id}\x00other"),
    "control-characters": _request("Subject: \x01\x07\x08\x0b\x0c\x1b[2J\x7f"),
    "bare-carriage-returns": _request("Subject: a\rEvil: 1\r\rb"),
    "fold-of-spaces-alone": _request("Subject: a\r\n   \r\n\t\r\n b"),
    "line-ends-lf": _request().replace("\r\n", "\n"),
    "line-ends-cr": _request().replace("\r\n", "\r"),
    "line-ends-nul": _request().replace("\r\n", "\x00"),
    "line-ends-doubled": _request().replace("\r\n", "\r\r\n\n"),
    "no-blank-line": _request(body="").removesuffix("\r\n"),
    "cut-in-header": _request()[:150],
    "subject-of-50k": _request("Subject: " + "s" * 50_000),
    "thousand-vias": _request(
        via=f"{_VIA}\r\nVia: " + ", ".join(["SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx"] * 1000)
    ),
    "multipart-without-boundary": _request(
        kind="Content-Type: multipart/mixed", body=_parts(("application/sdp", _sdp()))
    ),
    "multipart-empty-boundary": _request(
        kind='Content-Type: multipart/mixed;boundary=""',
        body=_parts(("application/sdp", _sdp()), boundary=""),
    ),
    "multipart-other-boundary": _request(
        kind=_MIXED, body=_parts(("application/sdp", _sdp()), boundary="other")
    ),
    "multipart-unclosed": _request(
        kind=_MIXED, body=_parts(("application/sdp", _sdp()), end=False)
    ),
    "multipart-ends-at-once": _request(kind=_MIXED, body="--part"),
    "multipart-parts-without-heads": _request(kind=_MIXED, body="--part\r\n" * 500),
    "multipart-in-multipart-200": _request(kind=_MIXED, body=_deep(200)),
    "two-bodies": _request(body=f"{_sdp()}\r\n\r\n{_sdp()}"),
    "two-offers": _request(
        kind=_MIXED,
        body=_parts(("application/sdp", _sdp()), ("application/sdp", _sdp("a=sendonly"))),
    ),
}

_BAD_RESPONSES: Final = {
    "response-42": _response("SIP/2.0 42 Odd"),
    "response-000": _response("SIP/2.0 000 Nothing"),
    "response-999": _response("SIP/2.0 999 Odd"),
    "response-huge-status": _response(f"SIP/2.0 {10**40} Odd"),
    "response-negative-status": _response("SIP/2.0 -200 OK"),
    "response-without-status": _response("SIP/2.0"),
    "response-without-via": _response("SIP/2.0 200 OK", via=""),
    "response-line-alone": "SIP/2.0 200 OK\r\n\r\n",
    "response-bad-sdp": _response("SIP/2.0 200 OK", _CONTACT, body="v=0\r\nm=audio\r\n"),
}

_BAD_SDP: Final = {
    "garbage": "\x00\udcff not \r\n sdp =\r\n=\r\n\x00=0",
    "no-version": _sdp(version=""),
    "version-nine": _sdp(version="v=9"),
    "no-origin": _sdp(origin=""),
    "origin-nonsense": _sdp(origin=f"o=- {10**40} -1 IN"),
    "no-time": _sdp(when=""),
    "time-nonsense": _sdp(when="t=now -1\r\nr=\r\nz=x"),
    "only-version": _sdp(origin="", name="", connection="", when="", media=""),
    "lines-backwards": "\r\n".join(reversed(_sdp().split("\r\n"))),
    "line-ends-lf": _sdp().replace("\r\n", "\n"),
    "unknown-line-types": _sdp("?=1", "aa=2", "=3", "a"),
    "cut": _sdp()[:-20],
    "port-99999": _sdp(media="m=audio 99999 RTP/AVP 0"),
    "port-negative": _sdp(media="m=audio -9 RTP/AVP 0"),
    "port-huge": _sdp(media=f"m=audio {10**40} RTP/AVP 0"),
    "port-count-huge": _sdp(media="m=audio 9/4294967297 RTP/AVP 0"),
    "media-empty": _sdp(media="m="),
    "media-kind-alone": _sdp(media="m=audio"),
    "media-without-payloads": _sdp(media="m=audio 9 RTP/AVP"),
    "media-200-payloads": _sdp(media="m=audio 9 RTP/AVP " + " ".join(map(str, range(200)))),
    "media-same-payload-200-times": _sdp(media="m=audio 9 RTP/AVP" + " 0" * 200),
    "media-payload-nonsense": _sdp(media=f"m=audio 9 RTP/AVP -1 128 {2**32} {10**40} x"),
    "media-lines-300": _sdp(media="\r\n".join(["m=audio 9 RTP/AVP 0"] * 300)),
    "rtpmap-nonsense": _sdp(
        *(
            "a=rtpmap",
            "a=rtpmap:",
            "a=rtpmap:0",
            "a=rtpmap:0 /",
            "a=rtpmap:0 PCMU",
            "a=rtpmap:x y/z",
        ),
        *("a=rtpmap:300 PCMU/8000", "a=rtpmap:-1 PCMU/-8000", "a=rtpmap:0 //8000"),
    ),
    "rtpmap-rate-zero": _sdp(
        media="m=audio 9 RTP/AVP 0 96\r\na=rtpmap:0 PCMU/0\r\na=rtpmap:96 L16/0"
    ),
    "rtpmap-huge": _sdp(media=f"m=audio 9 RTP/AVP 96\r\na=rtpmap:96 opus/{10**40}/{2**32}"),
    "rtpmap-long-name": _sdp(media=f"m=audio 9 RTP/AVP 96\r\na=rtpmap:96 {'n' * 5000}/8000"),
    "rtpmap-contradicts": _sdp("a=rtpmap:0 G722/16000", "a=rtpmap:0 opus/48000/2"),
    "fmtp-nonsense": _sdp(
        "a=fmtp:101 0-99999999999,,-,16-0,x", "a=fmtp:", f"a=fmtp:0 {';=' * 500}"
    ),
    "connection-missing": _sdp(connection=""),
    "connection-empty": _sdp(connection="c="),
    "connection-garbage": _sdp(connection="c=IN IP4 999.1.2.3.4/-1/x"),
    "connection-cut": _sdp(connection="c=IN IP4"),
    "connection-unknown-types": _sdp(connection="c=OUT IP5 somewhere"),
    "connection-ipv6-as-ipv4": _sdp(connection="c=IN IP4 2001:db8:::1"),
    "connection-ipv6-garbage": _sdp(connection="c=IN IP6 [::1]%lo:99:::"),
    "connection-host-of-5k": _sdp(connection="c=IN IP4 " + "h" * 5000),
    "ptime-negative": _sdp("a=ptime:-20", "a=maxptime:-1"),
    "ptime-zero": _sdp("a=ptime:0", "a=maxptime:0"),
    "ptime-huge": _sdp(f"a=ptime:{2**31}", f"a=maxptime:{10**40}"),
    "ptime-of-letters": _sdp("a=ptime:twenty", "a=ptime:", "a=ptime"),
    "direction-contradictions": _sdp("a=sendonly", "a=recvonly", "a=inactive", "a=sendrecv"),
    "fingerprint-nonsense": _sdp(
        *("a=fingerprint:", "a=fingerprint:sha-0 ZZ:--:", f"a=fingerprint:sha-256 {'AA:' * 1000}"),
        *("a=setup:both", "a=setup:active", "a=setup:passive"),
        media=_AUDIO.replace("RTP/AVP", "UDP/TLS/RTP/SAVPF"),
    ),
    "fingerprint-missing": _sdp(media=_AUDIO.replace("RTP/AVP", "UDP/TLS/RTP/SAVP")),
    "crypto-nonsense": _sdp(
        *("a=crypto:", "a=crypto:1", "a=crypto:-1 AES_CM_128_HMAC_SHA1_80 inline:"),
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:not*base64|2^99|1:999",
        f"a=crypto:{10**40} NO_SUCH_SUITE inline:{'A' * 3000}",
        media=_AUDIO.replace("RTP/AVP", "RTP/SAVP"),
    ),
    "crypto-short-key": _sdp(
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:QUJD",
        media=_AUDIO.replace("RTP/AVP", "RTP/SAVP"),
    ),
    "ice-nonsense": _sdp(
        *("a=ice-ufrag:", "a=ice-pwd:x", "a=candidate:", "a=candidate:1 9 udp -1 ::: 99999 typ"),
        *["a=candidate:1 1 UDP 1 192.0.2.1 9 typ host"] * 100,
    ),
    "rtcp-nonsense": _sdp("a=rtcp:99999 IN IP9 x", "a=rtcp:-1", "a=rtcp-mux:x", "a=ssrc:-1 cname:"),
    "bandwidth-nonsense": _sdp(media=f"b=AS:-1\r\nb=:\r\nb=CT:{10**40}\r\n{_AUDIO}"),
    "group-nonsense": _sdp("a=mid:0", "a=mid:0", media=f"a=group:BUNDLE 9 9 x\r\n{_AUDIO}"),
    "attribute-of-10k": _sdp("a=" + "a" * 10_000),
    "attributes-1000": _sdp(*["a=sendrecv"] * 1000),
    "nul-bytes": _sdp("a=x:\x00\x00", name="s=\x00"),
}

# ---------------------------------------------------------------------- not SIP

_CLIENT_HELLO: Final = b"\x03\x03" + bytes(range(32)) + b"\x00\x00\x04\x13\x01\xc0\x2f\x01\x00"
_NOISE: Final = {
    "nothing": b"",
    "one-byte": b"I",
    "one-nul": b"\x00",
    "one-crlf": b"\r\n",
    "crlfs": b"\r\n\r\n",
    "crlfs-2000": b"\r\n" * 2000,
    "spaces": b" " * 1400,
    "nuls": bytes(1400),
    "ones": b"\xff" * 1400,
    "every-byte": bytes(range(256)) * 4,
    "stun-binding": b"\x00\x01\x00\x00\x21\x12\xa4\x42sipagent-stu",
    "stun-length-lies": b"\x00\x01\xff\xfc\x21\x12\xa4\x42sipagent-stu\x00\x06\xff\xffname",
    "rtp": b"\x80\x00\x00\x01\x00\x00\x00\xa0\x00\x00\x5e\xed" + b"\xff" * 160,
    "rtp-extension-lies": b"\xbf\xff\xff\xff\x00\x00\x00\xa0\x00\x00\x5e\xed" + b"\xff" * 8,
    "rtcp": b"\x80\xc8\x00\x06" + bytes(24) + b"\x81\xcb\x00\x01" + bytes(4),
    "tls-hello": (
        b"\x16\x03\x01"
        + (4 + len(_CLIENT_HELLO)).to_bytes(2, "big")
        + b"\x01"
        + len(_CLIENT_HELLO).to_bytes(3, "big")
        + _CLIENT_HELLO
    ),
    "dtls-hello-cut": b"\x16\xfe\xff" + bytes(8) + b"\x00\x80\x01\x00\x00\x74" + bytes(9),
    "dns-query": b"\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03sip\x00\x00\x21\x00\x01",
    "http-get": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}

_DRAFTS: Final = tuple(
    Torture(name, valid, text.encode(errors="surrogateescape"))
    for valid, drafts in (
        (True, _LEGAL_SYNTAX),
        (True, _LEGAL_ADDRESSES),
        (True, _LEGAL_MEANING),
        (True, {f"sdp-{name}": _request(body=body) for name, body in _LEGAL_SDP.items()}),
        (True, _LEGAL_STRAYS),
        (False, _BAD_START),
        (False, _BAD_HEADERS),
        (False, _BAD_RESPONSES),
        (False, {f"bad-sdp-{name}": _request(body=body) for name, body in _BAD_SDP.items()}),
    )
    for name, text in drafts.items()
) + tuple(Torture(name, False, data) for name, data in _NOISE.items())

_PLAIN: Final = _request().encode()
_BLANK_LINE: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r|\x00\x00")


def _filled(draft: bytes, ident: str, port: int, number: str, source: str) -> bytes:
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
    body = (*_BLANK_LINE.split(after, maxsplit=1), b"")[1].partition(b"{end}")[0]
    return draft.replace(b"{end}", b"").replace(b"{length}", b"%d" % len(body))


def messages(
    port: int, number: str = "+97142000000", source: str = "127.0.0.1"
) -> tuple[Torture, ...]:
    """Every message, as sent from ``port`` of ``source``; new dialogs at each call."""
    now = time.time_ns()
    return tuple(
        replace(draft, data=_filled(draft.data, f"{draft.name}-{now:x}", port, number, source))
        for draft in _DRAFTS
    )


# ---------------------------------------------------------------------- mutations

_EXTREMES: Final = tuple(
    str(number).encode() for number in (-1, 0, 255, 65536, 2**31, 2**32, 2**64, 10**40)
)
_LINE_ENDS: Final = (b"\n", b"\r", b"\x00", b"")
_LENGTHS: Final = (1, 2, 3, 8, 40, 200)
_NUMBER: Final = re.compile(rb"\d+")
_TOKEN: Final = re.compile(rb"[\w.%*+-]+")
_LENGTH_HEADER: Final = re.compile(rb"^((?:content-length|l)[ \t]*:\s*)\d+", re.I | re.M)
_HIGH: Final = (
    b"\xff",
    b"\x80",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    "\u0627\u202e".encode(),
)
_NESTS: Final = (
    (b"<", b">"),
    (b'"', b'"'),
    (b"(", b")"),
    (b"[", b"]"),
    (b"{", b"}"),
    (b'\\"', b""),
    (b"%25", b""),
    (b"%0D%0A", b"%00"),
    (b"%", b"%"),
    (b";", b"="),
    (b",", b""),
)


def _span(data: bytes, rng: Random) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice(_LENGTHS))


def _put(data: bytes, at: tuple[int, int], new: bytes) -> bytes:
    return data[: at[0]] + new + data[at[1] :]


def _found(pattern: re.Pattern[bytes], data: bytes, rng: Random) -> tuple[int, int]:
    """Where a random match is; any empty place, where there is none."""
    spans = [match.span() for match in pattern.finditer(data)]
    place = rng.randrange(len(data) + 1)
    return rng.choice(spans) if spans else (place, place)


def _flip(data: bytes, rng: Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(rng.randint(1, 8) if data else 0):
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def _delete(data: bytes, rng: Random) -> bytes:
    return _put(data, _span(data, rng), b"")


def _duplicate(data: bytes, rng: Random) -> bytes:
    start, end = _span(data, rng)
    return _put(data, (start, end), data[start:end] * rng.choice((2, 3, 20)))


def _insert(data: bytes, rng: Random) -> bytes:
    start, _ = _span(data, rng)
    return _put(data, (start, start), rng.randbytes(rng.choice(_LENGTHS)))


def _swap_lines(data: bytes, rng: Random) -> bytes:
    lines = data.split(b"\r\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\r\n".join(lines)


def _repeat_line(data: bytes, rng: Random) -> bytes:
    lines = data.split(b"\r\n")
    at = rng.randrange(len(lines))
    lines[at:at] = [lines[at]] * rng.choice((1, 2, 30, 200))
    return b"\r\n".join(lines)


def _extreme(data: bytes, rng: Random) -> bytes:
    return _put(data, _found(_NUMBER, data, rng), rng.choice(_EXTREMES))


def _line_ends(data: bytes, rng: Random) -> bytes:
    end = rng.choice(_LINE_ENDS)
    if rng.random() < 0.3:
        return data.replace(b"\r\n", end)
    lines = data.split(b"\r\n")
    at = rng.randint(1, len(lines))
    return b"\r\n".join(lines[:at]) + end + b"\r\n".join(lines[at:])


def _truncate(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _long_token(data: bytes, rng: Random) -> bytes:
    start, end = _found(_TOKEN, data, rng)
    token = data[start:end] or b"x"
    length = rng.choice((64, 128, 256, 257, 1024, 4096, 14_000))
    return _put(data, (start, end), (token * (length // len(token) + 1))[:length])


def _high_bytes(data: bytes, rng: Random) -> bytes:
    at = _found(_TOKEN, data, rng)
    start = rng.randint(*at)
    return _put(data, (start, start), rng.choice(_HIGH) * rng.choice(_LENGTHS))


def _nest(data: bytes, rng: Random) -> bytes:
    start, end = _found(_TOKEN, data, rng)
    left, right = rng.choice(_NESTS)
    depth = rng.choice((1, 2, 3, 30, 500))
    inside = data[start:end]
    return _put(data, (start, end), left * depth + inside + right * (depth - rng.randint(0, 1)))


_MUTATORS: Final[tuple[Callable[[bytes, Random], bytes], ...]] = (
    *(_flip, _delete, _duplicate, _insert, _swap_lines, _repeat_line, _extreme, _extreme),
    *(_line_ends, _long_token, _high_bytes, _nest),
)


def _mutated(data: bytes, rng: Random) -> bytes:
    """One to four changes, each in the head, the body or the whole."""
    for _ in range(rng.randint(1, 4)):
        mutate = rng.choice(_MUTATORS)
        head, blank, body = data.partition(b"\r\n\r\n")
        where = rng.random()
        if not body or where < 0.2:
            data = mutate(data, rng)
        elif where < 0.7:
            data = mutate(head, rng) + blank + body
        else:
            data = head + blank + mutate(body, rng)
    return _truncate(data, rng) if rng.random() < 0.04 else data


def _mended(data: bytes) -> bytes:
    """With the Content-Length that the body has now, so that the body is read."""
    length = len(data.partition(b"\r\n\r\n")[2])
    return _LENGTH_HEADER.sub(rb"\g<1>%d" % length, data, count=1)


def mutations(seed: int, count: int, port: int) -> Iterator[bytes]:
    """``count`` broken datagrams, the same for the same seed and port.

    Most begin a dialog of their own; some take the dialog of the one before.
    """
    rng = Random(seed)
    ident = f"mutation-{seed}-0"
    for number in range(count):
        if rng.random() < 0.94:
            ident = f"mutation-{seed}-{number}"
        draft = _PLAIN if rng.random() < 0.4 else rng.choice(_DRAFTS).data
        data = _mutated(_filled(draft, ident, port, "+97142000000", "127.0.0.1"), rng)
        yield (_mended(data) if rng.random() < 0.5 else data)[:_LARGEST]
