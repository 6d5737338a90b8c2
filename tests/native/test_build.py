"""deploy/pjsua2/build.py without building: its cache, its lock, its search for sources."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

DEB822 = """\
# comment
Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm

Types: deb deb-src
URIs: http://first.example/debian
 http://second.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


@pytest.fixture
def source(wheel_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    return load(wheel_folder / "source.py", "source", monkeypatch)


@pytest.fixture
def build(wheel_folder: Path, source: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    return load(wheel_folder / "build.py", "pjsua2_build", monkeypatch)


def load(path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(sys, "path", list(sys.path))
    specification.loader.exec_module(module)
    return module


def command(wheel_folder: Path) -> list[str]:
    return [sys.executable, str(wheel_folder / "build.py")]


def fill_cache(build: Any, cache: Path) -> Path:
    name: str = build.input_hash(build.python_target(sys.executable))
    folder = cache / "sipagent" / "pjsua2" / name
    folder.mkdir(parents=True)
    wheel = folder / "pjsua2-1-cp311-cp311-any.whl"
    wheel.write_bytes(b"wheel")
    return wheel


def test_a_cached_wheel_is_printed_at_once_and_alone(
    build: Any, wheel_folder: Path, tmp_path: Path
) -> None:
    wheel = fill_cache(build, tmp_path)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    started = time.monotonic()
    done = subprocess.run(command(wheel_folder), env=environment, capture_output=True, text=True)
    assert done.stdout == f"{wheel}\n"
    assert done.stderr == ""
    assert time.monotonic() - started < 2


def test_whoever_waited_for_a_build_takes_its_wheel(
    build: Any, wheel_folder: Path, tmp_path: Path
) -> None:
    root = tmp_path / "sipagent" / "pjsua2"
    root.mkdir(parents=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = subprocess.Popen(
            command(wheel_folder),
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert waiting.stderr is not None
        assert "waiting" in waiting.stderr.readline()
        target = build.python_target(sys.executable)
        made = root / build.input_hash(target) / "pjsua2-1-cp311-cp311-any.whl"
        made.write_bytes(b"wheel")
    said, _ = waiting.communicate(timeout=20)
    assert said == f"{made}\n"


def test_the_hash_follows_the_interpreter_and_the_named_source(
    build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PJPROJECT_SOURCE", raising=False)
    target = build.python_target(sys.executable)
    plain = build.input_hash(target)
    assert build.input_hash(target) == plain
    assert build.input_hash({**target, "tag": "cp399"}) != plain
    (tmp_path / "version.mak").write_text("export PJ_VERSION_MAJOR  := 2\n")
    monkeypatch.setenv("PJPROJECT_SOURCE", str(tmp_path))
    assert build.input_hash(target) != plain


def test_the_hash_covers_the_native_classes(build: Any, tmp_path: Path) -> None:
    (tmp_path / "native").mkdir()
    (tmp_path / "native" / "pcm_port.hpp").write_text("one")
    build.HERE = tmp_path
    target = build.python_target(sys.executable)
    before = build.input_hash(target)
    (tmp_path / "README.md").write_text("not an input")
    assert build.input_hash(target) == before
    (tmp_path / "native" / "pcm_port.hpp").write_text("two")
    assert build.input_hash(target) != before


@pytest.mark.parametrize(
    ("named", "said"),
    [("missing", "neither a tarball nor a folder"), ("old", "too old"), ("empty", "neither")],
)
def test_a_wrong_source_is_one_clear_line(
    source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    old = tmp_path / "old"
    old.mkdir()
    (old / "version.mak").write_text(
        "export PJ_VERSION_MAJOR  := 2\nexport PJ_VERSION_MINOR  := 10\n"
    )
    monkeypatch.setenv("PJPROJECT_SOURCE", str(tmp_path / named))
    work = tmp_path / "work"
    work.mkdir()

    def fetch() -> None:
        source.named_source_identity()
        source.pjproject(work, source.Shell(tmp_path / "log"))

    with pytest.raises(source.BuildError) as raised:
        fetch()
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_failing_command_names_the_log_that_holds_its_words(source: Any, tmp_path: Path) -> None:
    shell = source.Shell(tmp_path / "build.log")
    with pytest.raises(source.BuildError, match=r"libsrtp does not build .*build\.log") as raised:
        shell.run(["sh", "-c", "echo the reason; exit 3"], "libsrtp does not build")
    assert "ended with 3" in str(raised.value)
    assert "the reason" in (tmp_path / "build.log").read_text()


def test_a_missing_interpreter_is_one_clear_line(wheel_folder: Path) -> None:
    done = subprocess.run(
        [*command(wheel_folder), "--python", "/nowhere/python"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "--python" in done.stderr


def test_the_mirror_is_debians_main_archive_in_deb822(source: Any, tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    mirror = source.configured_mirror(tmp_path)
    assert mirror.uri == "http://first.example/debian"
    assert mirror.signed_by == "/usr/share/keyrings/debian-archive-keyring.gpg"


def test_the_mirror_is_debians_main_archive_in_one_line_style(source: Any, tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text(
        "# deb http://off.example/debian bookworm main\n"
        "deb http://security.example/debian-security bookworm-security main\n"
        "deb [arch=amd64 signed-by=/keys/debian.gpg] http://main.example/debian bookworm main\n"
    )
    mirror = source.configured_mirror(tmp_path)
    assert (mirror.uri, mirror.signed_by) == ("http://main.example/debian", "/keys/debian.gpg")


def test_a_machine_without_a_mirror_has_none(source: Any, tmp_path: Path) -> None:
    assert source.configured_mirror(tmp_path) is None
