"""Imports go down only: the floors of the design, as a table."""

import ast
from pathlib import Path

import pytest

import sipagent

PACKAGE = Path(sipagent.__file__).parent

FLOORS = {
    "__main__": 8,
    "cli": 7,
    "server": 6,
    "api": 5,
    "compose": 5,
    "call": 4,
    "dialog": 3,
    "ivr": 3,
    "handoff": 3,
    "sip": 2,
    "media": 2,
    "engines": 2,
    "knowledge": 2,
    "connectors": 2,
    "store": 2,
    "ports": 1,
    "steps": 1,
    "events": 0,
    "errors": 0,
    "outcome": 0,
    "config": 0,
    "dtmf": 0,
    "open_files": 1,
    "text": 0,
    "__init__": 0,
}
SEES_ONLY_THE_GROUND = 3  # floor 3 knows floors 0 and 1, not the adapters of floor 2


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def imports(path: Path) -> set[str]:
    """The modules of the package that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} imports relatively, which this table does not see"
            if node.module == "sipagent":
                found |= {f"sipagent.{alias.name}" for alias in node.names}
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("sipagent.")}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def allowed(importer: str, imported: str) -> bool:
    """Down, or within a room; floor 3 does not see floor 2."""
    if importer == imported or imported not in FLOORS:
        return importer == imported or imported == "__version__"
    above, below = FLOORS[importer], FLOORS[imported]
    if above == SEES_ONLY_THE_GROUND:
        return below <= 1
    return below < above or above == below == 0


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    importer = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    wrong = sorted(name for name in imports(path) if not allowed(importer, room(name)))
    assert not wrong, f"{importer} (floor {FLOORS[importer]}) imports {wrong}"


def test_the_table_knows_every_room() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in files()}
    assert rooms <= set(FLOORS)


def test_an_upward_import_would_be_seen() -> None:
    assert not allowed("dialog", "sip")
    assert not allowed("media", "sip")
    assert not allowed("engines", "call")
    assert allowed("call", "handoff")


@pytest.mark.parametrize("native", ["pjsua2"])
def test_one_file_alone_imports_the_native_module(native: str) -> None:
    importers = [
        path.relative_to(PACKAGE).as_posix()
        for path in files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) and any(item.name == native for item in node.names)
    ]
    assert importers == ["sip/native.py"]


@pytest.mark.parametrize(
    "core",
    [
        *("dialog/turns.py", "dialog/turn_end.py", "dialog/bargein.py", "dialog/agreement.py"),
        *("dialog/dictation.py", "dialog/keyed.py", "dialog/history.py", "dialog/silence.py"),
        *("dialog/policy.py", "dialog/reply_language.py", "dialog/tools.py", "dialog/phrases.py"),
        *(f"dialog/agent/{core}.py" for core in ("arguments", "citing", "data", "figures")),
        *(f"dialog/agent/{core}.py" for core in ("grounds", "prompt", "rest", "small_talk")),
        *("engines/two_lines.py", "engines/sse.py", "engines/openai_stream.py"),
        *("handoff/states.py", "handoff/token.py"),
        *("media/ledger.py", "media/quiet.py", "media/tones.py"),
        *("sip/digits.py", "sip/message.py", "sip/uri.py"),
    ],
)
def test_cores_import_no_asyncio(core: str) -> None:
    assert "import asyncio" not in (PACKAGE / core).read_text(encoding="utf-8")
