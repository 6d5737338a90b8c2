"""The table of engines: names, settings, what is missing."""

from pathlib import Path

import pytest

from sipagent.config import EspeakSettings
from sipagent.engines import ENGINES, load
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.engines.whisper_model import find_model
from sipagent.errors import ConfigError, ModelMissing


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
