"""The table of engines: names, settings, what is missing."""

import sys
import tomllib
from pathlib import Path

import pytest

from sipagent.config import EngineSettings, EspeakSettings
from sipagent.engines import ENGINES, EXTRAS, load
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.engines.whisper_model import find_model
from sipagent.errors import ConfigError, ExtraMissing, ModelMissing
from tests.contract.conftest import installed

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_an_unknown_engine_is_named_with_those_that_exist() -> None:
    with pytest.raises(ConfigError, match=r"no voice is called 'shout'; there are: .*espeak"):
        load("voice", "shout", {})


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"loudness": 3}, "voice espeak: loudness: "),
        ({"pitch": "high"}, "voice espeak: pitch: "),
        ({"pitch": 200}, "voice espeak: pitch: "),
    ],
)
def test_a_wrong_setting_is_a_configuration_error(settings: dict[str, object], what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        load("voice", "espeak", settings)


@pytest.mark.parametrize("settings", [{"english": "klingon-x"}, {"arabic": "ar+nobody"}])
def test_a_voice_that_is_not_there_says_which_are(settings: dict[str, object]) -> None:
    with pytest.raises(ModelMissing, match="espeak-ng has no"):
        load("voice", "espeak", settings)


def test_a_voice_keeps_speaking_after_another_failed_to_load() -> None:
    with pytest.raises(ModelMissing):
        EspeakVoice(EspeakSettings(english="klingon-x"))
    assert EspeakVoice(EspeakSettings(english="en-gb-x-rp")).name == "espeak"


def test_a_missing_model_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="run: sipagent models pull large-v3"):
        load("transcriber", "whisper", {"model": "large-v3", "models_dir": str(tmp_path)})


def test_half_a_model_is_missing_its_parts(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.bin").touch()
    with pytest.raises(ModelMissing, match=r"config\.json, tokenizer\.json missing"):
        find_model("tiny", tmp_path)


def test_a_model_is_found_by_path_by_name_and_in_the_package(tmp_path: Path) -> None:
    embedded = find_model("demo-asr", tmp_path)
    assert embedded.name == "demo-asr"
    assert find_model(str(embedded), tmp_path) == embedded
    (tmp_path / "demo-asr").symlink_to(embedded)
    assert find_model("demo-asr", tmp_path) == tmp_path / "demo-asr"


def test_every_engine_of_the_table_is_a_class_with_settings() -> None:
    for engines in ENGINES.values():
        for place in engines.values():
            module, _, name = place.partition(":")
            assert module.startswith("sipagent.engines.")
            assert name.isidentifier()


def test_a_missing_dependency_says_which_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper.feature_extractor", None)
    with pytest.raises(ExtraMissing) as caught:
        load("transcriber", "whisper", {})
    assert str(caught.value) == (
        'the transcriber whisper needs faster_whisper: pip install "sipagent[whisper]"'
    )


def test_a_part_of_the_base_that_is_missing_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sipagent.engines.llm_lexical", None)
    with pytest.raises(ExtraMissing, match=r'pip install "sipagent"$'):
        load("responder", "lexical", {}, {})


def test_an_extra_that_is_named_exists() -> None:
    extras = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(EXTRAS.values()) <= extras.keys()
    assert EXTRAS.keys() <= {name for engines in ENGINES.values() for name in engines}


@pytest.mark.parametrize("kind", sorted(ENGINES))
def test_an_embedded_engine_that_is_missing_is_not_skipped(kind: str) -> None:
    with pytest.raises(ExtraMissing), installed(kind, getattr(EngineSettings(), kind)):
        raise ExtraMissing
    with pytest.raises(pytest.skip.Exception), installed(kind, "another"):
        raise ExtraMissing
