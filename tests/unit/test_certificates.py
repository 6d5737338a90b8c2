"""When a renewed certificate is used."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from structlog.testing import capture_logs

from sipagent.sip.certificates import Certificates
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
