"""Find the sources of pjproject and libsrtp, and unpack them.

In this order: what `PJPROJECT_SOURCE` names; a clone of upstream's tag; the source packages of a
newer Debian suite, from the mirror that this machine's apt already uses. Knows nothing of building.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PJPROJECT_VERSION = "2.17"
UPSTREAM = "https://github.com/pjsip/pjproject.git"
CLONE_LIMIT_S = 300


class BuildError(Exception):
    """One line that says what failed and what to do."""


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs commands with all they say in one log."""

    log: Path

    def run(
        self,
        command: Sequence[str],
        hint: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        limit_s: float | None = None,
    ) -> None:
        """Raises BuildError with `hint` and the log's name when the command fails."""
        with self.log.open("a") as log:
            print(f"\n$ {shlex.join(command)}", file=log, flush=True)
            try:
                done = subprocess.run(
                    ["nice", "-n", "5", *command],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=cwd,
                    env=env,
                    timeout=limit_s,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise BuildError(f"{hint} ({error}; log: {self.log})") from error
        if done.returncode != 0:
            raise BuildError(f"{hint} ({command[0]} ended with {done.returncode}; log: {self.log})")

    def try_run(
        self, command: Sequence[str], cwd: Path | None = None, limit_s: float | None = None
    ) -> bool:
        try:
            self.run(command, "tried", cwd=cwd, limit_s=limit_s)
        except BuildError:
            return False
        return True


def pjproject(work: Path, shell: Shell) -> Path:
    """A tree of pjproject 2.17 or newer that may be built in place."""
    tree = work / "pjproject"
    named = os.environ.get("PJPROJECT_SOURCE")
    if named:
        unpack(Path(named).expanduser(), tree, shell)
    elif not clone(tree, shell):
        suites = ("forky", "sid", "trixie")
        unpack(debian_source("asterisk", "orig-Xpjproject", suites, work, shell), tree, shell)
    verify(tree)
    return tree


def libsrtp(work: Path, tree: Path, shell: Shell) -> Path:
    """A tree of libsrtp 2: pjproject's own copy where it has one, else Debian's source."""
    bundled = tree / "third_party/srtp"
    if (bundled / "configure").is_file():
        return bundled
    found = work / "libsrtp"
    suites = ("trixie", "forky", "sid", "bookworm")
    unpack(debian_source("libsrtp2", "orig", suites, work, shell), found, shell)
    return found


def verify(tree: Path) -> None:
    """Older releases lack the bridge's queued operations, on which PcmPort's end relies."""
    try:
        text = (tree / "version.mak").read_text()
        parts = dict(re.findall(r"PJ_VERSION_(MAJOR|MINOR)\s*:=\s*(\d+)", text))
        version = int(parts["MAJOR"]), int(parts["MINOR"])
    except (OSError, KeyError) as error:
        raise BuildError("this is no pjproject tree; point PJPROJECT_SOURCE at one") from error
    wanted = tuple(int(part) for part in PJPROJECT_VERSION.split("."))
    if version < wanted:
        raise BuildError(
            f"pjproject {version[0]}.{version[1]} is too old;"
            f" point PJPROJECT_SOURCE at {PJPROJECT_VERSION} or newer"
        )


def named_source_identity() -> str:
    """What tells one PJPROJECT_SOURCE from another without reading all of it."""
    named = os.environ.get("PJPROJECT_SOURCE")
    if not named:
        return ""
    path = Path(named).expanduser().resolve()
    try:
        mark = path.stat() if path.is_file() else (path / "version.mak").stat()
    except OSError as error:
        raise BuildError(
            f"PJPROJECT_SOURCE={named} is neither a tarball nor a folder of pjproject"
        ) from error
    return f"{path} {mark.st_size} {mark.st_mtime_ns}"


def unpack(origin: Path, tree: Path, shell: Shell) -> None:
    """Copies a folder, or extracts a tarball without its top folder."""
    if origin.is_dir():
        shutil.copytree(origin, tree, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        return
    tree.mkdir()
    extract = ["tar", "-xf", str(origin), "-C", str(tree), "--strip-components=1"]
    shell.run(extract, f"{origin} does not unpack; give a folder or another tarball")


def clone(tree: Path, shell: Shell) -> bool:
    """Upstream's tag, or False as soon as the network refuses."""
    if not shutil.which("git"):
        return False
    limits = ["-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=15"]
    if not shell.try_run(["git", *limits, "ls-remote", "--tags", UPSTREAM], limit_s=20):
        return False
    command = ["git", *limits, "clone", "--depth", "1", "--branch", PJPROJECT_VERSION]
    return shell.try_run([*command, UPSTREAM, str(tree)], limit_s=CLONE_LIMIT_S)


# ---- Debian's source packages ----------------------------------------------------------------


def debian_source(
    package: str, component: str, suites: Sequence[str], work: Path, shell: Shell
) -> Path:
    """One component of a source package. A mirror may lack a packaging file and still have the
    tarball, which apt checks against the signed index by itself: the tarball is what counts."""
    mirror = configured_mirror()
    if mirror is None or not shutil.which("apt-get"):
        raise BuildError(
            f"no source of {package}: upstream is out of reach and apt has no Debian mirror;"
            " set PJPROJECT_SOURCE"
        )
    for suite in suites:
        folder = work / f"apt-{package}-{suite}"
        options = private_apt(folder, mirror, suite)
        if not shell.try_run(["apt-get", *options, "update"]):
            continue
        shell.try_run(["apt-get", *options, "source", "--download-only", package], cwd=folder)
        found = sorted(folder.glob(f"{package}_*.{component}.tar.*[!c]"))
        if found:
            return found[-1]
    raise BuildError(
        f"no Debian suite of {', '.join(suites)} gave the source of {package};"
        f" set PJPROJECT_SOURCE (log: {shell.log})"
    )


def private_apt(folder: Path, mirror: Mirror, suite: str) -> list[str]:
    """Options that make apt use one suite's sources and leave the machine's own lists alone."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    signed = f"[signed-by={mirror.signed_by}] " if mirror.signed_by else ""
    (folder / "sources.list").write_text(f"deb-src {signed}{mirror.uri} {suite} main\n")
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "APT::Sandbox::User": "",
    }
    return [f"-o{name}={value}" for name, value in settings.items()]


@dataclass(frozen=True, slots=True)
class Mirror:
    """Where this machine gets Debian from, and the key file that signs it."""

    uri: str
    signed_by: str


def configured_mirror(etc: Path = Path("/etc/apt")) -> Mirror | None:
    """The first mirror of Debian itself; security and third-party archives have no such sources."""
    files = [etc / "sources.list", *sorted(etc.glob("sources.list.d/*"))]
    for path in files:
        try:
            text = path.read_text()
        except OSError:
            continue
        if path.suffix == ".sources":
            entries = deb822(text)
        elif path.suffix == ".list":
            entries = one_line(text)
        else:
            continue
        for uri, suites, signed_by in entries:
            main_suite = any(not re.search(r"security|updates|backports|/", s) for s in suites)
            if main_suite and "debian" in f"{uri} {signed_by}" and "security" not in uri:
                return Mirror(uri, signed_by)
    return None


def deb822(text: str) -> Iterator[tuple[str, list[str], str]]:
    """Stanzas of sources.list(5)'s deb822 style: uri, suites, key file."""
    for stanza in re.split(r"\n\s*\n", text):
        lines = [line for line in stanza.splitlines() if not line.startswith("#")]
        joined = "\n".join(lines)
        fields = {
            key.lower(): value.split()
            for key, value in re.findall(r"^([\w-]+):((?:.*)(?:\n[ \t].*)*)", joined, re.MULTILINE)
        }
        if fields.get("enabled", ["yes"])[0].lower() in ("no", "false"):
            continue
        keys = fields.get("signed-by", [])
        signed_by = keys[0] if len(keys) == 1 and keys[0].startswith("/") else ""
        for uri in fields.get("uris", []):
            yield uri, fields.get("suites", []), signed_by


def one_line(text: str) -> Iterator[tuple[str, list[str], str]]:
    """Lines of sources.list(5): `deb [options] uri suite components`."""
    pattern = r"^deb(?:-src)?\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)"
    for options, uri, suite in re.findall(pattern, text, re.MULTILINE):
        signed = re.search(r"signed-by=(\S+)", options)
        yield uri, [suite], signed.group(1) if signed else ""
