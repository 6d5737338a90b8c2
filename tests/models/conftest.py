"""Collects nothing where coqui-tts is not installed: that is another environment's suite."""

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from sipagent.engines.tts_xtts import XttsVoice

collect_ignore_glob = [] if find_spec("TTS") else ["test_*.py"]

if find_spec("TTS"):
    from tests.models.tiny_xtts import make_model, make_sample


def xtts(models_dir: Path, **settings: object) -> XttsVoice:
    """A voice with the small model, on two threads, by chunks of a quarter of a second."""
    usual = {"may_use_weights": True, "models_dir": models_dir, "threads": 2, "chunk_tokens": 5}
    return XttsVoice.from_settings({**usual, **settings})


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of random weights, and the speakers of the presets."""
    folder = tmp_path_factory.mktemp("models")
    make_model(folder / "xtts-v2", "Suad Qasim", "Badr Odhiambo", "Ana Florence")
    return folder


@pytest.fixture(scope="session")
def loaded(models_dir: Path) -> XttsVoice:
    """Loaded once; its thread has nothing to do when the tests end."""
    return xtts(models_dir)


@pytest.fixture
def agreed(tmp_path: Path) -> Path:
    """A folder with 13 s of a person who agreed to be cloned."""
    folder = tmp_path / "aisha"
    sha256 = make_sample(folder / "sample.wav", seconds=13.0)
    (folder / "consent.toml").write_text(consent(sha256), encoding="utf-8")
    return folder


def consent(sha256: str, given: date = date(2026, 3, 1), more: str = "") -> str:
    return f"""
person = "Aisha Example"
given = {given.isoformat()}
words = "I agree that Noor speaks to its callers with a copy of my voice, until I say otherwise."
sample_sha256 = "{sha256}"
{more}
"""
