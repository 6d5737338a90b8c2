"""When a renewed certificate is used."""

import os
import shutil
from pathlib import Path

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
