"""A carrier that wants us to register: asked for the password, kept up to date, and left."""

import json
import signal
from pathlib import Path

import pytest

from tests.integration.test_dialling import PASSWORD, USER, digest
from tests.peers.processes import node
from tests.peers.raw import RawCaller


@pytest.mark.interop(
    "raw UDP, as registrar",
    "REGISTER, 401, a short life, the end of the node",
    "registered, before its end again, and taken back",
)
def test_a_trunk_is_registered_kept_and_taken_back(tmp_path: Path) -> None:
    with RawCaller(("127.0.0.1", 0)) as carrier:
        trunk = {
            "name": "carrier",
            "networks": ["127.0.0.0/8"],
            "registrar": f"sip:127.0.0.1:{carrier.port}",
            "username": USER,
            "password": PASSWORD,
        }
        with node(tmp_path, config=None, TRUNKS=json.dumps([trunk])) as served:
            carrier.server = served.address
            first = carrier.expect(method="REGISTER")
            challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'
            carrier.respond(first, 401, "Unauthorized", [challenge], tag="a")
            second = carrier.expect(method="REGISTER")
            given, right = digest(second.one("authorization"), "REGISTER")
            assert given == right
            contact = second.one("contact").partition(";")[0]
            assert f"127.0.0.1:{served.port}" in contact
            carrier.respond(second, 200, "OK", [f"Contact: {contact};expires=8"], tag="a")
            again = carrier.expect(method="REGISTER", timeout_s=10)
            carrier.respond(again, 200, "OK", [f"Contact: {contact};expires=60"], tag="a")
            carrier.answered()
            carrier.request("BYE")
            carrier.expect(status=200, method="BYE")
            served.process.send_signal(signal.SIGTERM)
            last = carrier.expect(method="REGISTER", timeout_s=10)
            assert "0" in (last.all("expires") or [""])[0] or "expires=0" in last.one("contact")
            carrier.respond(last, 200, "OK", tag="a")
