"""The rings under PcmPort, raced at full speed under the thread sanitizer."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROUNDS = 60_000


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
@pytest.mark.parametrize("sanitizer", ["thread", "address,undefined"])
def test_flush_is_exact_and_free_of_data_races_at_full_speed(
    sanitizer: str, tmp_path: Path, wheel_folder: Path
) -> None:
    program = tmp_path / "rings_race"
    source = Path(__file__).with_name("rings_race.cpp")
    flags = ["-std=c++17", "-O1", "-g", "-Wall", "-Wextra", "-Werror", f"-fsanitize={sanitizer}"]
    subprocess.run(
        [
            "g++",
            *flags,
            f"-I{wheel_folder / 'native'}",
            str(source),
            "-o",
            str(program),
            "-pthread",
        ],
        check=True,
    )
    # The sanitizer's shadow memory wants the plain address layout.
    ran = subprocess.run(
        ["setarch", "-R", str(program), str(ROUNDS)], capture_output=True, text=True, timeout=100
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
