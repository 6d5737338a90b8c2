"""When a renewed certificate is used."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from structlog.testing import capture_logs

from sipagent.config.faults import Unusable
from sipagent.sip.certificates import Certificates, authorities_fault
from tests.peers.certificates import certificate


def replace(pair: tuple[Path, Path], by: tuple[Path, Path]) -> None:
    for old, new in zip(pair, by, strict=True):
        shutil.copyfile(new, old)
        os.utime(old, ns=(0, old.stat().st_mtime_ns + 1))


def test_a_renewed_pair_is_told_once(tmp_path: Path) -> None:
    pair = certificate(tmp_path, "first")
    certificates = Certificates(*pair)
    assert not certificates.renewed()
    replace(pair, certificate(tmp_path, "second"))
    assert certificates.renewed()
    assert not certificates.renewed()


def test_a_pair_that_does_not_fit_or_is_half_there_is_not_used(tmp_path: Path) -> None:
    pair = certificate(tmp_path, "first")
    second = certificate(tmp_path, "second")
    certificates = Certificates(*pair)
    shutil.copyfile(second[0], pair[0])
    assert not certificates.renewed()  # its key is still on its way
    pair[1].unlink()
    assert not certificates.renewed()
    shutil.copyfile(second[1], pair[1])
    assert certificates.renewed()
    pair[0].write_text("no certificate")
    assert not certificates.renewed()


def test_an_end_that_is_near_is_told_once_a_day_and_then_that_it_came(tmp_path: Path) -> None:
    pair = certificate(tmp_path, "first", lasts=timedelta(days=20))
    certificates, now = Certificates(*pair), datetime.now(UTC)
    with capture_logs() as told:
        for hours in range(0, 24 * 22, 6):
            certificates.warn(now + timedelta(hours=hours))
    assert [entry["event"] for entry in told] == [
        *("certificate ends soon",) * 14,
        "certificate has ended",
    ]
    replace(pair, certificate(tmp_path, "second", lasts=timedelta(days=90)))
    assert certificates.renewed()
    with capture_logs() as told:
        certificates.warn(now)
    assert told == []


def refused(certificate: Path, key: Path) -> tuple[str, str]:
    """The name of the setting that is wrong, and what is said of it without the folder."""
    with pytest.raises(Unusable) as caught:
        Certificates(certificate, key)
    assert caught.value.place[:2] == ("sip", "tls")
    return str(caught.value.place[-1]), str(caught.value).replace(f"{certificate.parent}/", "")


def test_the_key_of_another_certificate_is_told_as_that(tmp_path: Path) -> None:
    ours, _ = certificate(tmp_path, "ours")
    _, their_key = certificate(tmp_path, "theirs")
    other = (
        "key",
        "theirs.key is the key of another certificate than ours.pem; "
        "name the key that this one was made with",
    )
    assert refused(ours, their_key) == other
    made = rsa.generate_private_key(65537, 2048)
    text = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    their_key.write_bytes(text)
    assert refused(ours, their_key) == other


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_key_is_told_and_nobody_is_asked_for_its_pass_phrase(
    tmp_path: Path, form: PrivateFormat
) -> None:
    ours, path = certificate(tmp_path, "ours")
    key = load_pem_private_key(path.read_bytes(), None)
    path.write_bytes(key.private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"secret")))
    assert refused(ours, path) == (
        "key",
        "ours.key is encrypted; write the key without its pass phrase: "
        "openssl pkey -in ours.key -out FILE",
    )


def test_a_file_of_the_wrong_kind_is_told_with_its_setting(tmp_path: Path) -> None:
    ours, key = certificate(tmp_path, "ours")
    nothing = tmp_path / "nothing.pem"
    nothing.write_bytes(b"\xff\x00")
    wrong = "name the PEM file with the certificate's private key"
    assert refused(ours, ours) == ("key", f"ours.pem holds a certificate; {wrong}")
    assert refused(ours, nothing) == ("key", f"nothing.pem holds no private key; {wrong}")
    right = "name a PEM file with our certificate"
    assert refused(key, key) == ("certificate", f"ours.key holds a private key; {right}")
    assert refused(nothing, key) == ("certificate", f"nothing.pem holds no certificate; {right}")
    assert refused(ours, tmp_path)[0] == "key"
    damaged = tmp_path / "damaged.pem"
    damaged.write_text(ours.read_text().replace("M", "%", 1))
    assert refused(damaged, key)[0] == "certificate"


def test_authorities_that_are_none_are_told(tmp_path: Path) -> None:
    ours, key = certificate(tmp_path, "ours")
    assert authorities_fault(ours) is None
    found = authorities_fault(key)
    assert found is not None
    assert found[0] == ("sip", "tls", "authorities")
    assert "holds no certificates" in found[1]
