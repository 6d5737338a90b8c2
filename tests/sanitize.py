"""The wheel under AddressSanitizer and ThreadSanitizer: ``make sanitize``.

Builds a wheel for each (cached like any other), and runs the native classes' tests over it, with a
thousand calls. The address sanitizer looks at PJSIP as well, so the torture run is made under it:
what a hostile peer can break shows there. The thread sanitizer looks at our classes alone; PJSIP
takes its locks in orders that it guards by trying, which would drown all else.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CALLS = 1000
LIMIT_S = 1800
NATIVE = tuple(
    f"tests/native/test_{name}.py"
    for name in ("many_calls", "sip_gate", "pcm_port", "pcm_port_stress", "rtp_tap")
)


@dataclass(frozen=True, slots=True)
class Sanitizer:
    """``preloaded``: its libraries, which must come before Python's own allocator."""

    purpose: str
    preloaded: tuple[str, ...]
    options: Mapping[str, str]
    tests: Sequence[str]
    prefix: tuple[str, ...] = ()


SANITIZERS = (
    Sanitizer(
        "address",
        ("libasan.so", "libstdc++.so"),
        {"ASAN_OPTIONS": "detect_leaks=0:exitcode=99"},  # Python itself frees little at its end
        (*NATIVE, "tests/integration/test_torture.py"),
    ),
    Sanitizer(
        "thread",
        ("libtsan.so",),
        {
            "TSAN_OPTIONS": "exitcode=66:detect_deadlocks=0:"
            f"suppressions={ROOT / 'tests/native/thread.supp'}"
        },
        NATIVE,
        ("setarch", "-R"),  # its shadow memory wants the plain address layout
    ),
)


def run(sanitizer: Sanitizer, site: Path) -> int:
    """Build, unpack and test; pytest's exit status."""
    build = [sys.executable, str(ROOT / "deploy/pjsua2/build.py"), "--for", sanitizer.purpose]
    built = subprocess.run(build, stdout=subprocess.PIPE, text=True, check=True)
    with zipfile.ZipFile(built.stdout.split()[-1]) as wheel:
        wheel.extractall(site)
    environment = {
        **os.environ,
        **sanitizer.options,
        "PYTHONPATH": str(site),
        "PYTHONMALLOC": "malloc",
        "LD_PRELOAD": " ".join(library(name) for name in sanitizer.preloaded),
        "NATIVE_TEST_CALLS": str(CALLS),
        "NATIVE_TEST_LIMIT_S": str(LIMIT_S),
        "NATIVE_TEST_SANITIZED": "1",
    }
    test = [sys.executable, "-m", "pytest", "-q", f"--timeout={LIMIT_S}", *sanitizer.tests]
    print(f"{sanitizer.purpose} sanitizer, {CALLS} calls:", flush=True)
    command = [*sanitizer.prefix, *test]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def library(name: str) -> str:
    found = subprocess.run(
        ["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def main() -> int:
    worst = 0
    for sanitizer in SANITIZERS:
        with tempfile.TemporaryDirectory() as site:
            worst = max(worst, run(sanitizer, Path(site)))
    return worst


if __name__ == "__main__":
    sys.exit(main())
