"""What the documents point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def references() -> list[tuple[str, str]]:
    return re.findall(r"`(sipagent/[\w/]+\.py):(\w+)`", README)


@pytest.mark.parametrize(("file", "function"), references())
def test_each_step_of_the_readme_is_a_function_of_its_file(file: str, function: str) -> None:
    assert re.search(rf"def {function}\(", (ROOT / file).read_text(encoding="utf-8"))


def test_the_readme_traces_eight_steps() -> None:
    assert len(re.findall(r"^\d\. `", README, re.MULTILINE)) == 8


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_files_that_are_named_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:docs|kb|tests|deploy|sipagent|tools)/[\w./-]+)`", text)
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing
