"""What is compiled into the wheel, and that it needs nothing from the machine it runs on."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# What any glibc system has; everything else must have come in the wheel.
SYSTEM = re.compile(r"(linux-vdso|ld-linux.*|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s))\.so.*")

TONE = b"\x00\x40" * 8 + b"\x00\xc0" * 8


@pytest.fixture(scope="module")
def extension() -> Path:
    ask = "import _pjsua2; print(_pjsua2.__file__)"
    return Path(subprocess.check_output([sys.executable, "-c", ask], text=True).strip())


def needed(library: Path) -> list[str]:
    environment = {k: v for k, v in os.environ.items() if k != "LD_LIBRARY_PATH"}
    listed = subprocess.check_output(["ldd", str(library)], text=True, env=environment)
    return [line.strip() for line in listed.splitlines()]


def test_every_shared_library_is_the_systems_base_or_the_wheels_own(extension: Path) -> None:
    bundled = extension.parent / "pjsua2.libs"
    libraries = [extension, *sorted(bundled.glob("*.so*"))]
    assert len(libraries) > 4
    for library in libraries:
        for line in needed(library):
            name, _, where = line.partition(" => ")
            assert "not found" not in line, f"{library.name}: {line}"
            if SYSTEM.fullmatch(Path(name.split()[0]).name):
                continue
            assert Path(where.split(" (")[0]).resolve().parent == bundled.resolve(), line


def test_it_imports_without_a_library_path_beside_pythons_own_openssl() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "LD_LIBRARY_PATH"}
    code = "import ssl, pjsua2, hashlib; ssl.create_default_context(); print(pjsua2.__name__)"
    for first in ("", "import pjsua2;"):
        said = subprocess.check_output([sys.executable, "-c", first + code], env=environment)
        assert said.strip() == b"pjsua2"


def test_codecs_are_g711_g722_and_opus_and_no_others(bridge: Any) -> None:
    codecs = {codec.codecId for codec in bridge.endpoint.codecEnum2()}
    assert codecs == {"PCMU/8000/1", "PCMA/8000/1", "G722/16000/1", "opus/48000/2"}


def test_the_version_is_2_17_or_newer(bridge: Any) -> None:
    version = bridge.endpoint.libVersion()
    assert (version.major, version.minor) >= (2, 17)


def test_sockets_are_polled_by_epoll(bridge: Any) -> None:
    links = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")[:-1]]
    assert sum("eventpoll" in link for link in links) >= 2, "one for SIP and one for media"


def test_an_error_says_what_went_wrong(bridge: Any) -> None:
    with pytest.raises(bridge.pj.Error, match="positive numbers"):
        bridge.pj.PcmPort().open(0, 0)


def test_limits_lie_above_any_admission_limit(bridge: Any) -> None:
    pj = bridge.pj
    config = pj.EpConfig()
    assert config.medConfig.maxMediaPorts >= 3 * 1200
    bridge.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, pj.TransportConfig())
    accounts = [pj.Account() for _ in range(64)]
    for number, account in enumerate(accounts):
        settings = pj.AccountConfig()
        settings.idUri = f"sip:trunk{number}@127.0.0.1"
        account.create(settings)
    assert all(account.isValid() for account in accounts)
    del account
    accounts.clear()


def test_1200_calls_may_be_configured() -> None:
    code = """
import pjsua2 as pj
ep = pj.Endpoint(); ep.libCreate()
config = pj.EpConfig()
config.uaConfig.maxCalls = 1200; config.uaConfig.threadCnt = 0
config.logConfig.level = config.logConfig.consoleLevel = 1
ep.libInit(config)
print("max", ep.mediaMaxPorts(), config.uaConfig.maxCalls)
ep.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
"""
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert int(said.splitlines()[-1].split()[1]) >= 3600


def test_a_tls_transport_shakes_hands(bridge: Any, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl program to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [*request, *subject, "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    transport = bridge.pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    transport.tlsConfig.certFile = str(certificate)
    transport.tlsConfig.privKeyFile = str(key)
    number = bridge.endpoint.transportCreate(bridge.pj.PJSIP_TRANSPORT_TLS, transport)
    address = bridge.endpoint.transportGetInfo(number).localName
    context = ssl.create_default_context(cafile=str(certificate))
    plain = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=5)
    plain.setblocking(False)
    with context.wrap_socket(
        plain, server_hostname="localhost", do_handshake_on_connect=False
    ) as secure:

        def shaken() -> bool:
            try:
                secure.do_handshake()
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return False
            return True

        bridge.run_until(shaken)
        assert secure.version() in ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize("keying", ["SDES", "DTLS_SRTP"])
def test_encrypted_audio_is_heard(bridge: Any, legs: Any, keying: str) -> None:
    pj = bridge.pj
    account = pj.AccountConfig()
    account.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
    account.mediaConfig.srtpSecureSignaling = 0
    keyings = pj.IntVector()
    keyings.append(getattr(pj, f"PJMEDIA_SRTP_KEYING_{keying}"))
    account.mediaConfig.srtpOpt.keyings = keyings
    pair = legs(bridge, account)
    caller, callee = pair.talk()
    loud = 0

    def heard() -> bool:
        nonlocal loud
        caller.port.write(TONE[: caller.port.room() * 2])
        loud += sum(abs(sample) > 8000 for sample in memoryview(callee.port.read()).cast("h"))
        return loud > 8000

    bridge.run_until(heard)
    assert re.search(
        r"SRTP status: Active Crypto-suite: AES_CM_\d+|AES_256_CM", caller.dump(True, " ")
    )
    pair.hang_up()
    pair.forget()


def test_dtls_handshakes_never_lock_the_bridge(bridge: Any, legs: Any) -> None:
    """patches/dtls-handshake-races.patch: without it one in some twenty calls hangs or fails."""
    account = bridge.pj.AccountConfig()
    account.mediaConfig.srtpUse = bridge.pj.PJMEDIA_SRTP_MANDATORY
    account.mediaConfig.srtpSecureSignaling = 0
    account.mediaConfig.srtpOpt.keyings = bridge.pj.IntVector(
        [bridge.pj.PJMEDIA_SRTP_KEYING_DTLS_SRTP]
    )
    pair = legs(bridge, account)

    def one_call() -> None:
        caller, _ = pair.talk()
        before = caller.port.frames()
        bridge.run_until(lambda: "AES" in caller.dump(True, " "))
        bridge.run_until(lambda: caller.port.frames() > before + 20)
        pair.hang_up()

    for _ in range(6):
        one_call()
        pair.forget()
