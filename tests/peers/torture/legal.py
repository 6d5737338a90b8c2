"""Odd but legal messages, in the spirit of RFC 4475 and RFC 5118."""

from collections.abc import Sequence
from typing import Final

from tests.peers.torture.drafts import (
    _CALL_ID,
    _TO_NOBODY,
    AUDIO,
    CALLER,
    CONTACT,
    FROM,
    LENGTH,
    MIXED,
    TARGET,
    TO,
    VIA,
    lines,
    parts,
    request,
    response,
    sdp,
)

LEGAL_SYNTAX: Final = {
    "folded-headers": request(
        "Subject: one\r\n two\r\n\tthree",
        via="Via:\r\n SIP/2.0/UDP\r\n  {source}:{port};\r\n\tbranch={branch};\r\n rport",
        sender=f'From:\r\n "Folded\r\n caller"\r\n {CALLER}\r\n\t;\r\n tag={{call_id}}',
        cseq="CSeq:\r\n 7\r\n\tINVITE",
        length="Content-Length:\r\n {length}",
    ),
    "whitespace-everywhere": request(
        "Supported :  timer  ,   100rel",
        via="Via  :  SIP / 2.0 / UDP  {source} : {port} ; branch = {branch} ; rport",
        sender=f"From\t:   {CALLER}  ;  tag  =  {{call_id}}",
        cseq="CSeq :    7     INVITE",
        length="Content-Length   :   {length}",
    ),
    "tabs-for-spaces": request(
        "Subject:\ta\tb",
        via="Via\t:\tSIP/2.0/UDP\t{source}:{port}\t;\tbranch={branch}\t;\trport",
        sender=f'From:\t"Tab\tbed"\t{CALLER}\t;\ttag={{call_id}}',
        cseq="CSeq:\t7\tINVITE",
    ),
    "no-whitespace": request(
        via="Via:SIP/2.0/UDP {source}:{port};branch={branch};rport",
        sender=f"From:caller{CALLER};tag={{call_id}}",
        to="To:<sip:{number}@127.0.0.1>",
        cseq="CSeq:7 INVITE",
        length="Content-Length:{length}",
    ),
    "compact-forms": request(
        "s: compact",
        "k: timer",
        "x: 1800",
        "u: refer",
        via="v: SIP/2.0/UDP {source}:{port};branch={branch};rport",
        sender=f"f: {CALLER};tag={{call_id}}",
        to="t: <sip:{number}@127.0.0.1>",
        call_id="i: {call_id}",
        contact="m: <sip:caller@{source}:{port}>",
        kind="c: application/sdp",
        length="l: {length}",
    ),
    "mixed-case": request(
        uri="SiP:{number}@127.0.0.1;USER=PhOnE",
        via="vIA: sip/2.0/udp {source}:{port};BRANCH={branch};RPORT",
        forwards="MAX-forwards: 70",
        sender=f"FROM: {CALLER};TAG={{call_id}}",
        to="tO: <SIP:{number}@127.0.0.1>",
        call_id="call-id: {call_id}",
        cseq="cSEQ: 7 INVITE",
        contact="CONTACT: <sip:caller@{source}:{port};Transport=UDP>",
        kind="content-TYPE: Application/SDP",
        length="CONTENT-length: {length}",
    ),
    "compact-and-folded": request(
        via="V :\r\n SIP/2.0/UDP {source}:{port}\r\n ;branch={branch}\r\n ;rport",
        sender=f"F\t:\r\n {CALLER}\r\n ;tag={{call_id}}",
        length="L :\r\n\t{length}",
    ),
    "headers-in-reverse": (
        lines(
            f"INVITE {TARGET} SIP/2.0",
            *(LENGTH, "Content-Type: application/sdp", CONTACT, "CSeq: 7 INVITE"),
            *(_CALL_ID, TO, FROM, "Max-Forwards: 70", VIA),
        )
        + "\r\n"
        + sdp()
    ),
    "empty-headers": request(
        *("Subject:", "Supported:", "Allow:", "Accept:", "Organization:", "X-Empty:")
    ),
    "unknown-headers": request(
        "X-Separators: ;;,,;,=<>@()[]?/",
        "X-Unbalanced: \"<(['",
        "!no.name-anybody-uses%*_+`'~: 1",
        "X-Folded: first\r\n second: not a header",
        "X-Direction: \u202e\u200f\ufeff",
    ),
    "hundred-unknown-headers": request(*(f"X-Number-{n}: {n}" for n in range(120))),
    "many-vias-one-line": request(
        via=f"{VIA}, SIP/2.0/TCP one.example.com;branch=z9hG4bKone , SIP/2.0/TLS "
        "two.example.com:5061;branch=z9hG4bKtwo;received=192.0.2.7,SIP/2.0/UDP 192.0.2.8"
    ),
    "vias-of-odd-transports": request(
        via=f"{VIA}\r\nVia: SIP/2.0/SCTP one.example.com;branch=z9hG4bKone\r\n"
        "Via: SIP/2.0/UNKNOWN two.example.com;branch=z9hG4bKtwo\r\n"
        "Via: OTHER/9.7/UDP three.example.com;ttl=1;branch=z9hG4bKthree"
    ),
    "hundred-vias": request(
        via=f"{VIA}\r\n"
        + "\r\n".join(f"Via: SIP/2.0/UDP 192.0.2.{n};branch=z9hG4bK{n}" for n in range(1, 121))
    ),
    "hundred-routes": request(*(f"Route: <sip:hop{n}.invalid;lr>" for n in range(120))),
    "hundred-record-routes": request(
        *(f"Record-Route: <sip:r{n}@{{source}}:{{port}};lr>" for n in range(110))
    ),
    "record-routes-one-line": request(
        "Record-Route: <sip:{source}:{port};lr>, "
        '"Named, route" <sip:{source}:{port};lr;x=y>;extra="z"'
    ),
    "long-headers": request(
        "Subject: " + "long " * 200,
        "X-Long: " + "x" * 700,
        via=f"{VIA};unknown={'v' * 300}",
        sender=f'From: "{"Caller " * 60}" {CALLER};{"p" * 200}={"q" * 200};tag={{call_id}}',
    ),
    "long-header-name": request("X-" + "Name" * 100 + ": 1"),
    "long-uri": request(uri=f"{TARGET};x={'u' * 4000}"),
    "header-of-15k": request("X-Huge: " + "h" * 15_000),
    "branch-of-300": request(via=f"{VIA.removesuffix(';rport')}{'b' * 300};rport"),
    "huge-from-tag": request(sender=f"{FROM}{'t' * 4000}"),
    "leading-crlfs": "\r\n\r\n" + request(),
    "no-content-length": request(length=""),
    "padded-numbers": request(
        forwards="Max-Forwards: 000070",
        cseq="CSeq: 00000000000000000007 INVITE",
        length="Content-Length: 00000000{length}",
    ),
    "cseq-greatest": request(cseq="CSeq: 2147483647 INVITE"),
    "cseq-zero": request(cseq="CSeq: 0 INVITE"),
    "max-forwards-zero": request(forwards="Max-Forwards: 0"),
    "max-forwards-255": request(forwards="Max-Forwards: 255"),
    "via-without-branch": request(via="Via: SIP/2.0/UDP {source}:{port}"),
    "via-with-unknown-params": request(via=f'{VIA};x;y="a;b,c";z=[2001:db8::1];alias'),
    "call-id-of-odd-characters": request(call_id="Call-ID: {call_id}%Z~)'([?]\"\\/<>:!*_+`@{[}]"),
    "version-in-lower-case": request(start=f"INVITE {TARGET} sip/2.0"),
    "unknown-method": request(method="FROB-1.0!%*_+`'~"),
    "method-in-lower-case": request(method="invite", body=sdp()),
    "long-method": request(method="M" * 500),
    "options": request("Accept: text/*;q=0.1, */*;q=0", method="OPTIONS"),
    "register-star": request("Expires: 0", method="REGISTER", contact="Contact: *"),
}

LEGAL_ADDRESSES: Final = {
    "utf8-display-name": request(
        "Subject: مرحبا \u03a9 \U0001f600",
        sender=f'From: "علي é \U0001f600" {CALLER};tag={{call_id}}',
    ),
    "escaped-display-name": request(
        sender=f'From: "a \\"b\\" \\\\ <sip:c@d>;tag=no, \\e" {CALLER};tag={{call_id}}'
    ),
    "display-name-tokens": request(sender=f"From: Mr. O'Neill-1 * ~ {CALLER};tag={{call_id}}"),
    "empty-display-name": request(sender=f'From: "" {CALLER};tag={{call_id}}'),
    "crlf-escapes-in-display-name": request(
        sender=f'From: "x%0D%0AVia: evil%00" {CALLER};tag={{call_id}}'
    ),
    "uri-without-brackets": request(
        sender="From: sip:+971501234567@127.0.0.1;tag={call_id}",
        to="To: sip:{number}@127.0.0.1",
        contact="Contact: sip:caller@{source}:{port}",
    ),
    "from-params-around-tag": request(
        sender=f'From: {CALLER};x;y="tag=no;z";host=[2001:db8::1];tag={{call_id}};last=1'
    ),
    "uri-escaped-digits": request(uri="sip:{escaped}@127.0.0.1"),
    "uri-params": request(
        uri=f"{TARGET};user=phone;transport=udp;unknown;%6Cong=%41[b]:/&+$;method-like=BYE"
    ),
    "uri-user-params": request(uri="sip:{number};isub=1;postd=pp22@127.0.0.1"),
    "uri-user-of-odd-characters": request(uri="sip:&=+$,;?/-_.!~*'()%20{number}@127.0.0.1"),
    "uri-password": request(uri="sip:{number}:pa%20ss&=+$,@127.0.0.1"),
    "uri-host-with-dot": request(uri="sip:{number}@localhost.:5060"),
    "uri-null-escapes": request(uri="sip:{number}%00-%00@127.0.0.1"),
    "uri-crlf-escapes": request(
        uri="sip:{number}%0D%0AVia%3A%20evil%0d%0a%0d%0a@127.0.0.1;x=%0D%0AFrom%3A%20evil",
        sender="From: <sip:+9715%0D%0AContact%3A%20evil@127.0.0.1>;tag={call_id}",
    ),
    "uri-nothing-but-escapes": request(uri="sip:" + "%25" * 100 + "@127.0.0.1"),
    "uri-unknown-scheme": request(uri="no-such-scheme+1.0:anything?/at&all=1"),
    "uri-http": request(uri="http://127.0.0.1/{number}"),
    "uri-tel": request(
        uri="tel:{number};ext=1", sender="From: <tel:12-34;phone-context=a.example>;tag={call_id}"
    ),
    "uri-sips": request(uri="sips:{number}@127.0.0.1"),
    "from-and-to-unknown-schemes": request(
        sender="From: <mailto:caller@example.com>;tag={call_id}",
        to='To: "Desk" <isbn:2983792873>',
    ),
    "contact-params": request(
        contact='Contact: "Last, \\"First\\"" <sip:caller%40home;x=y@{source}:{port};ob>'
        ';q=0.7;+sip.instance="<urn:uuid:00000000-0000-0000-0000-000000000001>";expires=60'
    ),
    "history-info": request(
        "History-Info: <sip:{number}@127.0.0.1?Reason=SIP%3Bcause%3D302&Privacy=none>;index=1,"
        "<sip:x@example.com;cause=404>;index=1.1",
        'Diversion: "a;b" <tel:+9714;cpc=x>;reason="no-answer";counter=3;privacy=off',
        'P-Asserted-Identity: "A, B" <sip:+971501234567@127.0.0.1>, tel:+971501234567',
    ),
    "ipv6-uri": request(uri="sip:{number}@[2001:db8::10]:5060"),
    "ipv6-uri-ambiguous-port": request(uri="sip:{number}@[2001:db8::10:5060]"),
    "ipv6-mapped": request(uri="sip:{number}@[::ffff:192.0.2.10]", to="To: <sip:x@[::]>"),
    "ipv6-via": request(
        via=f"{VIA}\r\nVia: SIP/2.0/UDP [2001:db8::9:1]:5060;"
        "received=2001:db8::9:255;branch=z9hG4bKsix"
    ),
    "ipv6-everywhere": request(
        "Route: <sip:[2001:db8::2];lr>",
        sender="From: <sip:caller@[2001:db8::1]>;tag={call_id}",
        call_id="Call-ID: {call_id}@[2001:db8::1]",
        body=sdp(origin="o=- 1 1 IN IP6 2001:db8::1"),
    ),
}

LEGAL_MEANING: Final = {
    "unknown-require": request("Require: 100rel, nothing-we-know"),
    "unknown-proxy-require": request("Proxy-Require: nothing-we-know"),
    "hundred-supported": request("Supported: " + ", ".join(f"option-{n}" for n in range(200))),
    "unknown-auth-scheme": request('Authorization: NewScheme opaque="a,b", x=y'),
    "session-expires-too-short": request("Session-Expires: 1;refresher=uas", "Min-SE: 90"),
    "replaces-of-nothing": request("Replaces: no-such-call;to-tag=a;from-tag=b;early-only"),
    "to-tag-of-nothing": request(to=_TO_NOBODY),
    "no-sdp": request(body=""),
    "trailing-octets": request(body=sdp() + "{end}" + request(body="")),
    "empty-body-with-type": request("Content-Type: text/plain", method="MESSAGE"),
    "unknown-body-type": request(kind="Content-Type: x-odd/x-odder+xml;a=b", body="<odd/>"),
    "content-type-params": request(kind='Content-Type: application / sdp ; charset="utf-8";x=y'),
    "unknown-content-encoding": request("Content-Encoding: x-squeeze"),
    "optional-body": request(
        "Content-Disposition: x-odd;handling=optional",
        kind="Content-Type: application/x-odd",
        body="odd",
    ),
    "multipart-with-sdp": request(
        kind=MIXED, body=parts(("text/plain", "hello"), ("application/sdp", sdp()))
    ),
    "multipart-quoted-boundary": request(
        kind='Content-Type: multipart/mixed; boundary="\'()+_,-./:=? a"',
        body="preamble\r\n"
        + parts(("application/sdp", sdp()), boundary="'()+_,-./:=? a")
        + "epilogue",
    ),
    "multipart-nested": request(
        kind=MIXED,
        body=parts(
            (
                "multipart/alternative;boundary=inner",
                parts(("text/plain", ""), ("application/sdp", sdp()), boundary="inner"),
            )
        ),
    ),
}

LEGAL_SDP: Final = {
    "no-media": sdp(media=""),
    "port-zero": sdp(media="m=audio 0 RTP/AVP 0"),
    "ipv6": sdp(connection="c=IN IP6 2001:db8::1"),
    "held-by-address": sdp(connection="c=IN IP4 0.0.0.0"),
    "multicast": sdp(connection="c=IN IP4 233.252.0.1/127"),
    "unknown-host": sdp(connection="c=IN IP4 nowhere.invalid"),
    "direction-overridden": sdp("a=sendrecv", when="t=0 0\r\na=inactive"),
    "payloads-all-unknown": sdp(media="m=audio 9 RTP/AVP 96\r\na=rtpmap:96 odd/48000/6"),
    "video-first": sdp(media=f"m=video 9 RTP/AVP 31\r\n{AUDIO}\r\nm=image 9 udptl t38"),
    "unknown-protocol": sdp(media="m=audio 9 ODD/RTP/AVP 0"),
    "unknown-attributes": sdp(*(f"a=x-odd-{n}:{n}" for n in range(200))),
    "every-optional-line": sdp(
        name="s=\u0627\r\ni=about\r\nu=http://a.example/\r\ne=a@a.example (A)\r\np=+971 4 000",
        when="b=CT:100\r\nb=X-odd:1\r\nt=2873397496 2873404696\r\nr=7d 1h 0 25h",
        media=f"a=tool:x\r\n{AUDIO}",
    ),
    "long-name": sdp(name="s=" + "n" * 4000),
}

# ---------------------------------------------------------------------- legal, but out of the blue

STRAY: Final[dict[str, Sequence[str]]] = {
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

LEGAL_STRAYS: Final = {
    "cancel": request(method="CANCEL", contact=""),
    **{
        f"{name.lower()}-in-no-dialog": request(*more, method=name, to=_TO_NOBODY)
        for name, more in STRAY.items()
    },
    **{
        f"{name.lower()}-without-to-tag": request(*more, method=name)
        for name, more in STRAY.items()
    },
    "response-100": response("SIP/2.0 100 Trying"),
    "response-183-reliable": response("SIP/2.0 183 x", "Require: 100rel", "RSeq: 9", body=sdp()),
    "response-200": response("SIP/2.0 200 OK", CONTACT, body=sdp()),
    "response-200-bye": response("SIP/2.0 200 OK", method="BYE"),
    "response-empty-reason": response("SIP/2.0 200 ", CONTACT),
    "response-utf8-reason": response("SIP/2.0 486 \u0645\u0634\u063a\u0648\u0644 \U0001f600"),
    "response-302": response("SIP/2.0 302 Moved", "Contact: <sip:a@192.0.2.1>;q=1, tel:+1;q=0.1"),
    "response-401": response("SIP/2.0 401 No", 'WWW-Authenticate: Digest realm="a",nonce="b"'),
    "response-503": response("SIP/2.0 503 Later", "Retry-After: 4294967295 (long);duration=1"),
    "response-699": response("SIP/2.0 699 Odd", method="FROB"),
    "response-to-two-vias": response("SIP/2.0 200 OK", via=f"{VIA}\r\n{VIA}"),
}
