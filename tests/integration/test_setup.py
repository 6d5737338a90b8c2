"""``deploy/setup.sh`` on a machine whose only Python is the one that apt-get brings.

apt-get, dpkg and Python are small scripts that write down what they were asked; all else is real.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TOOLS: Final = ("bash", "cat", "cut", "dirname", "find", "rm", "sha256sum", "sort", "tail")
MORE_TOOLS: Final = ("chmod", "cp", "ln", "mkdir", "xargs")

# Answers what setup.sh asks of an interpreter; ``-m venv`` makes another of itself.
PYTHON: Final = """#!/bin/bash
echo "python $*" >>"$ASKED"
case "$*" in
    --version) echo "Python 3.11.2" ;;
    "-c import ensurepip") [ -e "$STATE/python3-venv" ] ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$STATE/python" "$3/bin/python" ;;
    deploy/pjsua2/build.py) echo built; echo pjsua2.whl ;;
esac
"""
APT_GET: Final = """#!/bin/bash
echo "apt-get $*" >>"$ASKED"
[ "$1" = install ] || exit 0
for name in "$@"; do
    case $name in
        python3) ln -s "$STATE/python" "$STATE/bin/python3" ;;
        python3-venv) : >"$STATE/python3-venv" ;;
    esac
done
"""
MISSING: Final = "#!/bin/bash\nexit 1\n"
AS_ROOT: Final = "#!/bin/bash\necho 0\n"


class Machine:
    """A folder as the whole of PATH, and a copy of what the fingerprint covers."""

    def __init__(self, folder: Path) -> None:
        self.state, self.tree = folder / "state", folder / "tree"
        self._asked = self.state / "asked"
        (self.state / "bin").mkdir(parents=True)
        for name in (*TOOLS, *MORE_TOOLS):
            found = shutil.which(name)
            assert found is not None
            (self.state / "bin" / name).symlink_to(found)
        self._program("bin/apt-get", APT_GET)
        self._program("bin/dpkg-query", MISSING)
        self._program("bin/id", AS_ROOT)
        self._program("python", PYTHON)
        self.tree.mkdir()
        shutil.copytree(ROOT / "deploy", self.tree / "deploy")
        for name in ("pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.tree)

    def _program(self, name: str, text: str) -> None:
        path = self.state / name
        path.write_text(text)
        path.chmod(0o755)

    def set_up(self) -> tuple["subprocess.CompletedProcess[str]", list[str]]:
        """Run setup.sh; what it printed, and what it asked of apt-get and Python."""
        self._asked.write_text("")
        done = subprocess.run(
            ["deploy/setup.sh"],
            cwd=self.tree,
            env={
                "PATH": str(self.state / "bin"),
                "STATE": str(self.state),
                "ASKED": str(self._asked),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return done, self._asked.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_without_python_is_set_up_without_a_complaint(machine: Machine) -> None:
    done, asked = machine.set_up()
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if not line.startswith("setup: ")] == []
    assert any("install" in line and line.endswith(" python3") for line in asked)
    assert any("install" in line and line.endswith(" python3-venv") for line in asked)
    assert (machine.tree / ".venv" / ".ready").read_text()


def test_what_is_ready_is_left_alone(machine: Machine) -> None:
    machine.set_up()
    done, asked = machine.set_up()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not [line for line in asked if "pip" in line.split() or line.startswith("apt-get")]


def test_a_changed_constraint_makes_the_environment_anew(machine: Machine) -> None:
    machine.set_up()
    with (machine.tree / "constraints.txt").open("a") as constraints:
        constraints.write("# changed\n")
    done, asked = machine.set_up()
    assert done.returncode == 0
    assert any(line.startswith("python -m pip") for line in asked)
