"""What ``sipagent models`` prints of profiles, and what it fetches for them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sipagent.cli.models import models


def rows(tmp_path: Path, *arguments: str) -> dict[str, str]:
    result = CliRunner().invoke(models, [*arguments, "--data-dir", str(tmp_path)])
    assert result.exit_code == 0, result.output
    return {line.split()[0]: " ".join(line.split()[1:]) for line in result.output.splitlines()}


def model(folder: Path) -> None:
    folder.mkdir(parents=True)
    for part in ("model.bin", "config.json", "tokenizer.json"):
        (folder / part).write_text("{}")


def test_profiles_are_listed_with_what_they_need(tmp_path: Path) -> None:
    model(tmp_path / "models" / "large-v3")
    assert rows(tmp_path, "profiles") == {
        "demo": "demo-asr beam 1, cpu in use",
        "high-accuracy": "large-v3 beam 5, auto here",
        "balanced": "large-v3 beam 1, auto here",
        "low-latency": "large-v3-turbo beam 1, auto run: sipagent models pull low-latency",
    }


def test_the_model_of_a_profile_is_fetched_by_the_name_of_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetched(name: str, output_dir: str) -> None:
        assert name == "large-v3-turbo"
        model(Path(output_dir))

    monkeypatch.setattr("faster_whisper.download_model", fetched)
    result = CliRunner().invoke(models, ["pull", "low-latency", "--data-dir", str(tmp_path)])
    assert "SIPAGENT_ENGINES__WHISPER__PROFILE=low-latency sipagent serve" in result.output
    assert rows(tmp_path, "profiles")["low-latency"].endswith("here")
