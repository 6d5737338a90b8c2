"""Trunks of different rules at one node, called by a softphone as a carrier would call."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tests.bench.load import crowd
from tests.peers import softphone
from tests.peers.certificates import certificate
from tests.peers.processes import Node, free_port, node, wait_for
from tests.peers.raw import PCMU_SDP, RawCaller
from tests.peers.records import ended, events, outcome
from tools.demo.processes import unconfigured

# The softphone cannot choose the source of its connections: what comes over TCP or TLS is SECURE.
SECURE, PLAIN, BROWSER, SECRET = "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"
KEY = "a-secret-of-twenty-x"


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, dict[str, int]]]:
    """A wideband node with UDP, TCP and TLS, and four trunks; its ports by transport."""
    folder = tmp_path_factory.mktemp("exchange")
    ours, key = certificate(folder, "first")
    ports = {"tcp": free_port(), "tls": free_port()}
    config = folder / "sipagent.toml"
    config.write_text(
        f"""
[media]
clock_hz = 16000
symmetric_rtp = true  # the softphone's RTP leaves from whichever address of this machine is nearest
[sip]
strangers = "refuse"
bind = "0.0.0.0"
[sip.tls]
certificate = "{ours}"
key = "{key}"
[[sip.listeners]]
transport = "tcp"
bind = "0.0.0.0"
port = {ports["tcp"]}
[[sip.listeners]]
transport = "tls"
bind = "0.0.0.0"
port = {ports["tls"]}
[[trunks]]
name = "plain"
networks = ["{PLAIN}/32"]
codecs = ["PCMA", "PCMU"]
[[trunks]]
name = "secure"
networks = ["{SECURE}/32"]
codecs = ["G722", "PCMU"]
srtp = "required"
[[trunks]]
name = "browser"
networks = ["{BROWSER}/32"]
codecs = ["opus", "PCMU"]
srtp = "required"
srtp_keying = ["dtls"]
[[trunks]]
name = "secret"
networks = ["{SECRET}/32"]
calls_per_s = 2
secret_header = "X-Trunk-Key"
secret = "{KEY}"
"""
    )
    with node(folder, config=config) as served:
        yield served, {"udp": served.port, **ports}


@pytest.mark.parametrize(
    ("source", "transport", "codecs", "rate_hz", "encryption", "trunk", "codec"),
    [
        (PLAIN, "udp", ["PCMU", "PCMA"], 8000, "", "plain", "PCMU"),
        (PLAIN, "udp", ["PCMA"], 8000, "", "plain", "PCMA"),
        (SECURE, "tcp", ["PCMU"], 8000, "srtp-mand", "secure", "PCMU"),
        (SECURE, "tls", ["PCMU"], 8000, "srtp-mand", "secure", "PCMU"),
        (SECURE, "tls", ["G722/16000"], 16000, "srtp-mand", "secure", "G722"),
        (BROWSER, "udp", ["opus/48000/2"], 48000, "dtls_srtp", "browser", "opus"),
        (BROWSER, "udp", ["PCMU"], 8000, "dtls_srtp", "browser", "PCMU"),
    ],
)
@pytest.mark.interop(
    "baresip",
    "UDP, TCP and TLS; PCMU, PCMA, G.722, Opus; no SRTP, SDES and DTLS demanded; at 16 kHz",
    "greeted; trunk and codec in the record; MOS over 4",
)
def test_a_softphone_is_answered_as_its_trunk_says(
    exchange: tuple[Node, dict[str, int]],
    tmp_path: Path,
    source: str,
    transport: str,
    codecs: list[str],
    rate_hz: int,
    encryption: str,
    trunk: str,
    codec: str,
) -> None:
    """It hears the greeting; the record has the trunk, the codec and the call's quality."""
    served, ports = exchange
    before = len(list((served.data / "calls").glob("*/*.jsonl")))
    heard = softphone.call(
        tmp_path,
        f"sip:+97142000000@127.0.0.1:{ports[transport]};transport={transport}",
        source=source,
        codecs=codecs,
        encryption=encryption,
        rate_hz=rate_hz,
        seconds=5,
    )
    assert heard.loudness > 500, heard.trace[-3000:]
    record = ended(served.data, count=before + 1)[-1]
    assert events(record, "Ringing")[0]["trunk"] == trunk
    assert events(record, "Answered")[0]["codec"] == codec
    quality = events(record, "Quality")[-1]
    assert quality["received"] > 100
    assert quality["mos"] > 4.0
    assert outcome(record) == "caller-hung-up"


@pytest.mark.parametrize(
    ("source", "encryption", "codecs"),
    [(SECURE, "", ["PCMU"]), (BROWSER, "srtp-mand", ["PCMU"]), (PLAIN, "", ["opus/48000/2"])],
)
@pytest.mark.interop(
    "baresip",
    "plain media where SRTP is demanded; another codec; SDES where DTLS is demanded",
    "488, 488; 480, which is PJSIP's",
)
def test_what_the_trunk_does_not_allow_is_not_acceptable_here(
    exchange: tuple[Node, dict[str, int]],
    tmp_path: Path,
    source: str,
    encryption: str,
    codecs: list[str],
) -> None:
    """Plain media where SRTP is required, the wrong way of keying, a codec that is not wanted."""
    _, ports = exchange
    heard = softphone.call(
        tmp_path,
        f"sip:+97142000000@127.0.0.1:{ports['udp']};transport=udp",
        source=source,
        codecs=codecs,
        encryption=encryption,
        seconds=3,
    )
    refused = 480 if source == BROWSER else 488  # PJSIP's, where keys cannot be agreed on
    assert f"SIP/2.0 {refused} " in heard.trace, heard.trace[-3000:]
    assert not heard.loudness


@pytest.mark.interop(
    "raw UDP",
    "a trunk with a secret header and two calls a second",
    "403 without; 503 with Retry-After above",
)
def test_a_trunk_with_a_secret_needs_it_and_keeps_its_pace(
    exchange: tuple[Node, dict[str, int]],
) -> None:
    served, _ = exchange
    with RawCaller(served.address, source=SECRET) as guess:
        guess.invite(["X-Trunk-Key: something-else-of-it"])
        guess.expect(status=403, method="INVITE")
        guess.request("ACK")
    statuses = []
    callers = [RawCaller(served.address, source=SECRET) for _ in range(4)]
    for caller in callers:
        with caller:
            caller.invite([f"X-Trunk-Key: {KEY}"])
            final = None
            while final is None or final.status < 200:
                final = caller.receive(5.0)
                assert final is not None
            statuses.append(final.status)
            if final.status == 200:
                caller.accept(final)
                caller.request("BYE")
                caller.expect(status=200, method="BYE")
            else:
                assert int(final.one("retry-after")) > 0
                caller.request("ACK")
    assert statuses == [200, 200, 503, 503]


def test_what_the_gate_refused_is_one_line_of_the_log(tmp_path: Path) -> None:
    """Refusals have no record: an operator finds them counted, by reason."""
    with node(tmp_path, TRUNKS=f'[{{"name": "a", "networks": ["{PLAIN}/32"]}}]') as served:
        for source in (PLAIN, SECRET, SECRET):
            with RawCaller(served.address, source=source) as caller:
                caller.request("OPTIONS")
                caller.expect(status=200 if source == PLAIN else 403, method="OPTIONS")
    lines = [json.loads(line) for line in served.log.read_text().splitlines() if '"gate"' in line]
    assert len(lines) == 1
    assert {name: count for name, count in lines[0].items() if count in (1, 2)} == {
        "pings": 1,
        "stranger": 2,
    }


@pytest.mark.interop("tshark", "a call in the node's own pcap", "every message in its order")
def test_a_trace_holds_what_was_said_in_its_order(tmp_path: Path) -> None:
    file = tmp_path / "sip.pcap"
    with node(tmp_path, SIP__TRACE=str(file)) as served:
        with RawCaller(served.address) as caller:
            caller.answered()
            caller.request("BYE")
            caller.expect(status=200, method="BYE")
        port = served.port
    shown = subprocess.run(
        ["tshark", "-r", str(file), "-d", f"udp.port=={port},sip", "-T", "fields"]
        + [f"-e{name}" for name in ("udp.dstport", "sip.Method", "sip.Status-Code")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    said = [line.split("\t") for line in shown]
    assert [(method or status) for _, method, status in said] == [
        *("INVITE", "100", "200", "ACK", "BYE", "200"),
    ]
    assert [to == str(port) for to, *_ in said] == [True, False, False, True, True, False]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.interop("raw UDP", "INFO with application/dtmf-relay and application/dtmf", "digits")
def test_digits_by_info_count_as_digits(exchange: tuple[Node, dict[str, int]]) -> None:
    served, _ = exchange
    before = len(list((served.data / "calls").glob("*/*.jsonl")))
    with RawCaller(served.address, source=PLAIN) as caller:
        caller.answered()
        for kind, body in (
            ("application/dtmf-relay", "Signal=7\r\nDuration=100\r\n"),
            ("application/dtmf", "8"),
        ):
            caller.request("INFO", body=body, body_type=kind)
            caller.expect(status=200, method="INFO")
        time.sleep(0.1)
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
    record = ended(served.data, count=before + 1)[-1]
    assert [line["digit"] for line in events(record, "DigitPressed")] == ["7", "8"]


@pytest.mark.interop(
    "Python's ssl", "a certificate renewed while the node runs", "new connections get it"
)
def test_a_new_certificate_is_used_without_a_restart(
    exchange: tuple[Node, dict[str, int]], tmp_path: Path
) -> None:
    served, ports = exchange
    first = ssl.get_server_certificate(("127.0.0.1", ports["tls"]))
    folder = served.data.parent
    second, key = certificate(tmp_path, "second")
    (folder / "first.key").write_bytes(key.read_bytes())
    (folder / "first.pem").write_bytes(second.read_bytes())
    until = time.monotonic() + 8
    while (now := ssl.get_server_certificate(("127.0.0.1", ports["tls"]))) == first:
        assert time.monotonic() < until, "the old certificate is still in use"
        time.sleep(0.2)
    assert now == second.read_text()


def verified(port: int, authority: Path) -> ssl.SSLSocket:
    """A connection of a peer that looks at the certificate. Raises ``SSLCertVerificationError``."""
    context = ssl.create_default_context(cafile=authority)
    return context.wrap_socket(
        socket.create_connection(("127.0.0.1", port), 5), server_hostname="127.0.0.1"
    )


def pinged(connection: ssl.SSLSocket) -> bytes:
    """The first line of the answer to OPTIONS."""
    host, port = connection.getsockname()
    lines = (
        "OPTIONS sip:127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/TLS {host}:{port};branch=z9hG4bK{time.time_ns()};rport",
        "Max-Forwards: 70",
        f"From: <sip:ping@{host}>;tag=ping",
        "To: <sip:127.0.0.1>",
        f"Call-ID: {time.time_ns()}",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
    )
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return connection.recv(4096).partition(b"\r\n")[0]


@pytest.mark.interop(
    "Python's ssl",
    "a certificate that expires while the node runs, then is renewed",
    "open connections live; new ones fail at the peer until the renewal",
)
def test_a_certificate_that_ends_in_the_run_ends_no_connection_and_is_told(tmp_path: Path) -> None:
    """New ones are refused by their peers until there is a new certificate; then they come."""
    ours, key = certificate(tmp_path, "ours", lasts=timedelta(seconds=12))
    tls = free_port()
    settings = {
        "SIP__TLS__CERTIFICATE": str(ours),
        "SIP__TLS__KEY": str(key),
        "SIP__LISTENERS": f'[{{"transport": "tls", "bind": "127.0.0.1", "port": {tls}}}]',
    }
    with node(tmp_path, config=None, **settings) as served, verified(tls, ours) as early:
        assert pinged(early) == b"SIP/2.0 200 OK"
        wait_for("certificate has ended", served.log, served.process)
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            verified(tls, ours)
        assert pinged(early) == b"SIP/2.0 200 OK"
        (tmp_path / "new").mkdir()
        renewed, new_key = certificate(tmp_path / "new", "ours")
        key.write_bytes(new_key.read_bytes())
        ours.write_bytes(renewed.read_bytes())
        wait_for("certificate renewed", served.log, served.process)
        with verified(tls, renewed) as late:
            assert pinged(late) == b"SIP/2.0 200 OK"
        assert pinged(early) == b"SIP/2.0 200 OK"


@pytest.mark.interop(
    "Python's ssl",
    "TLS 1.2 where 1.3 is demanded; a peer without a certificate of our authorities",
    "no connection; with one, OPTIONS is answered",
)
def test_tls_is_as_new_and_as_mutual_as_the_settings_say(tmp_path: Path) -> None:
    ours, key = certificate(tmp_path, "ours")
    theirs, their_key = certificate(tmp_path, "theirs")
    tls = free_port()
    settings = {
        "SIP__TLS__CERTIFICATE": str(ours),
        "SIP__TLS__KEY": str(key),
        "SIP__TLS__OLDEST": "1.3",
        "SIP__TLS__AUTHORITIES": str(theirs),
        "SIP__LISTENERS": f'[{{"transport": "tls", "bind": "127.0.0.1", "port": {tls}}}]',
    }

    def connected(*, known: bool, newest: ssl.TLSVersion) -> bytes:
        context = ssl.create_default_context(cafile=ours)
        context.maximum_version = newest
        if known:
            context.load_cert_chain(theirs, their_key)
        with (
            socket.create_connection(("127.0.0.1", tls), 5) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
        ):
            return pinged(connection)

    with node(tmp_path, config=None, **settings):
        assert connected(known=True, newest=ssl.TLSVersion.TLSv1_3) == b"SIP/2.0 200 OK"
        for known, newest in ((True, ssl.TLSVersion.TLSv1_2), (False, ssl.TLSVersion.TLSv1_3)):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                connected(known=known, newest=newest)


def not_started(folder: Path, text: str) -> str:
    """The one line of a node that does not start with such a ``sipagent.toml``."""
    (folder / "sipagent.toml").write_text(f'data_dir = "{folder}/data"\n{text}')
    done = subprocess.run(
        [sys.executable, "-m", "sipagent", "serve"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        cwd=folder,
        env=unconfigured(),
        check=False,
    )
    assert done.returncode == 2, done
    (line,) = done.stderr.splitlines()
    assert "Ready" not in done.stdout
    return line.removeprefix("sipagent: ")


def secured(folder: Path, bind: str, port: int, sip_port: int) -> str:
    """A configuration with one TLS listener, whose table begins at line 7."""
    ours, key = certificate(folder, "ours")
    return (
        f"[sip]\nport = {sip_port}\n"
        f'[sip.tls]\ncertificate = "{ours}"\nkey = "{key}"\n'
        f'[[sip.listeners]]\ntransport = "tls"\nbind = "{bind}"\nport = {port}\n'
    )


@pytest.mark.parametrize("held", ["127.0.0.1", "0.0.0.0"])
def test_a_tls_port_that_another_program_has_is_one_line(tmp_path: Path, held: str) -> None:
    with socket.create_server((held, 0)) as other:
        port = other.getsockname()[1]
        line = not_started(tmp_path, secured(tmp_path, "127.0.0.1", port, free_port()))
    assert line == (
        f"sipagent.toml:10: sip.listeners.0.port: TLS 127.0.0.1:{port} is taken; "
        "stop the program that has it or set another port in [[sip.listeners]]"
    )


def test_a_tls_address_that_is_not_ours_is_one_line(tmp_path: Path) -> None:
    line = not_started(tmp_path, secured(tmp_path, "203.0.113.7", 15061, free_port()))
    assert line == (
        "sipagent.toml:9: sip.listeners.0.bind: cannot listen on TLS 203.0.113.7:15061: "
        "Cannot assign requested address; set bind in [[sip.listeners]]"
    )


def test_a_udp_port_that_is_taken_is_told_with_its_line(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        line = not_started(tmp_path, f"[sip]\nport = {port}\n")
    assert line.startswith(f"sipagent.toml:3: sip.port: UDP 127.0.0.1:{port} is taken; ")


def test_an_encrypted_key_stops_the_node_without_a_question(tmp_path: Path) -> None:
    text = secured(tmp_path, "127.0.0.1", free_port(), free_port())
    key = load_pem_private_key((tmp_path / "ours.key").read_bytes(), None)
    hidden = BestAvailableEncryption(b"secret")
    (tmp_path / "ours.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)
    )
    line = not_started(tmp_path, text)
    assert line.startswith(f"sipagent.toml:6: sip.tls.key: {tmp_path}/ours.key is encrypted; ")


def test_each_listener_has_its_line_of_the_log(tmp_path: Path) -> None:
    ours, key = certificate(tmp_path, "ours")
    ports = {"tcp": free_port(), "tls": free_port()}
    listeners = [
        {"transport": name, "bind": "127.0.0.1", "port": port} for name, port in ports.items()
    ]
    settings = {
        "SIP__TLS__CERTIFICATE": str(ours),
        "SIP__TLS__KEY": str(key),
        "SIP__LISTENERS": json.dumps(listeners),
    }
    with node(tmp_path, config=None, **settings) as served:
        ports["udp"] = served.port
    lines = [json.loads(line) for line in served.log.read_text().splitlines() if line[0] == "{"]
    told = {line["transport"]: line["address"] for line in lines if "transport" in line}
    assert told == {name: f"127.0.0.1:{port}" for name, port in ports.items()}


def test_a_node_that_is_told_to_stop_while_it_starts_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sipagent", "serve", "--config", os.devnull]
    env = {"SIPAGENT_DATA_DIR": str(tmp_path), "SIPAGENT_SIP__PORT": str(free_port())}
    log = tmp_path / "log"
    with log.open("wb") as output:
        starting = subprocess.Popen(
            command, stdout=output, stderr=output, env={**unconfigured(), **env}
        )
    until = time.monotonic() + 20
    while not (tmp_path / "calls" / ".lock").exists() and time.monotonic() < until:
        time.sleep(0.01)  # it loads its engines next
    starting.send_signal(signal.SIGTERM)
    assert starting.wait(20) == 0
    (line,) = log.read_text().splitlines()
    assert json.loads(line)["event"] == "stopped before it listened"


@pytest.mark.interop("raw UDP", "a call without any RTP", "no RTP received, and no MOS")
def test_a_call_without_rtp_has_no_opinion(tmp_path: Path) -> None:
    with node(tmp_path) as served:
        with RawCaller(served.address) as caller:
            caller.answered()
            caller.audio(1.5)  # it is looked at once a second
            caller.request("BYE")
            caller.expect(status=200, method="BYE")
        (record,) = ended(served.data)
    quality = events(record, "Quality")[-1]
    assert (quality["received"], quality["mos"]) == (0, None)
    assert quality["sent"] > 20


@pytest.mark.interop("raw TCP", "80 connections that say nothing", "closed within 10 s")
def test_who_connects_and_says_nothing_is_let_go(tmp_path: Path) -> None:
    tcp = free_port()
    listener = f'[{{"transport": "tcp", "bind": "127.0.0.1", "port": {tcp}}}]'
    with node(tmp_path, config=None, SIP__LISTENERS=listener), ExitStack() as stack:
        silent = [
            stack.enter_context(socket.create_connection(("127.0.0.1", tcp), 5)) for _ in range(80)
        ]
        until = time.monotonic() + 10
        for one in silent:
            one.settimeout(max(0.1, until - time.monotonic()))
            assert one.recv(1) == b"", "the node closes it"


@pytest.mark.interop(
    "raw UDP", "a node with a public address", "it is in Contact and in the SDP, for media too"
)
def test_peers_are_told_the_public_address(tmp_path: Path) -> None:
    public = "198.51.100.7"
    with (
        node(tmp_path, config=None, SIP__PUBLIC_ADDRESS=public) as served,
        RawCaller(served.address) as caller,
    ):
        caller.invite()
        ok = caller.expect(status=200, method="INVITE")
        assert f"@{public}:{served.port}" in ok.one("contact")
        assert f"c=IN IP4 {public}\r\n" in ok.body


@pytest.mark.parametrize("transport", ["t1", "tn"])
@pytest.mark.interop(
    "SIPp", "20 calls over one TCP connection, and over one each", "each one Outcome"
)
def test_sipp_calls_over_tcp(tmp_path: Path, transport: str) -> None:
    """Twenty calls over one connection, and over one each."""
    port = free_port()
    listeners = f'[{{"transport": "tcp", "bind": "127.0.0.1", "port": {port}}}]'
    with node(tmp_path, SIP__LISTENERS=listeners) as served:
        callers = crowd(
            tmp_path / "sipp",
            ("127.0.0.1", port),
            calls=20,
            rate=10,
            seconds=3,
            transport=transport,
        )
        callers.wait(30)
        records = ended(served.data, count=20)
    assert [outcome(record) for record in records] == ["caller-hung-up"] * 20
    assert all(events(record, "Quality")[-1]["received"] > 40 for record in records)


@pytest.mark.interop("SIPp", "a call over IPv6, its media too", "greeted and heard")
def test_a_call_over_ipv6_is_answered_and_heard(tmp_path: Path) -> None:
    trunk = '[{"name": "six", "networks": ["::1/128"]}]'
    with node(tmp_path, SIP__BIND="::1", TRUNKS=trunk) as served:
        callers = crowd(tmp_path / "sipp", ("[::1]", served.port), calls=1, rate=1, seconds=3)
        callers.wait(20)
        (record,) = ended(served.data)
    assert events(record, "Answered")[0]["remote"].startswith("[::1]:")
    assert events(record, "Quality")[-1]["received"] > 40
    assert outcome(record) == "caller-hung-up"


@pytest.mark.interop("raw UDP", "RTP that stops", "the call ends after the set time, not on hold")
def test_a_stream_that_stops_ends_the_call(tmp_path: Path) -> None:
    with node(tmp_path, SIP__MEDIA_TIMEOUT_S="2") as served:
        with RawCaller(served.address) as caller:
            caller.answered()
            for direction, status in (("sendonly", "recvonly"), ("sendrecv", "sendrecv")):
                caller.invite(sdp=PCMU_SDP + f"a={direction}\r\n")
                ok = caller.expect(status=200, method="INVITE")
                assert f"a={status}" in ok.body
                caller.accept(ok)
                if direction == "sendonly":
                    caller.nothing(method="BYE", for_s=4)
            began = time.monotonic()
            caller.respond(caller.expect(method="BYE", timeout_s=8), 200, "OK")
            assert 0.9 < time.monotonic() - began < 5  # it is looked at once a second
        (record,) = ended(served.data)
    assert outcome(record) == "media-stopped"
    assert events(record, "MediaStopped")
