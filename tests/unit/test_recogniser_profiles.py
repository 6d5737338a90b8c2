"""Which model hears a tenant's callers, and how it is run."""

import pytest
from pydantic import ValidationError

from sipagent.config.hearing import PROFILES, WhisperSettings


def test_a_node_hears_with_the_embedded_model_on_its_processor() -> None:
    chosen = WhisperSettings().chosen()
    assert (chosen.model, chosen.beam_size, chosen.device) == ("demo-asr", 1, "cpu")


@pytest.mark.parametrize(
    ("name", "model", "beam_size"),
    [
        ("high-accuracy", "large-v3", 5),
        ("balanced", "large-v3", 1),
        ("low-latency", "large-v3-turbo", 1),
    ],
)
def test_a_tenant_picks_a_profile_by_name(name: str, model: str, beam_size: int) -> None:
    chosen = WhisperSettings(device="cuda").chosen(name)
    assert (chosen.model, chosen.beam_size, chosen.device) == (model, beam_size, "cuda")
    assert chosen.compute_type == "auto"


def test_the_nodes_own_profile_may_be_another() -> None:
    assert WhisperSettings(profile="balanced").chosen().model == "large-v3"
    with pytest.raises(ValidationError, match="no profile is called 'best'; there are: demo, "):
        WhisperSettings(profile="best")


def test_a_profile_of_ones_own_stands_beside_the_known_ones_or_instead() -> None:
    settings = WhisperSettings.model_validate(
        {"profiles": {"balanced": {"model": "medium"}, "legal": {"model": "large-v3"}}}
    )
    assert set(settings.profiles) == {*PROFILES, "legal"}
    assert settings.chosen("balanced").model == "medium"


def test_a_model_instead_of_the_profiles_is_the_nodes_alone() -> None:
    settings = WhisperSettings(model="large-v3", beam_size=3, device="cuda", compute_type="int8")
    own = settings.chosen()
    assert (own.model, own.beam_size, own.device, own.compute_type) == (
        *("large-v3", 3, "cuda", "int8"),
    )
    assert own.least_confidence < 0.5  # not what suits the embedded model
    assert settings.chosen("demo").model == "demo-asr"
    assert WhisperSettings(model="demo-asr").chosen() == WhisperSettings().chosen()


def test_the_embedded_model_takes_a_gpu_only_where_the_node_says_so() -> None:
    assert WhisperSettings(device="cuda").chosen().device == "cuda"
    assert WhisperSettings(device="cuda").chosen("demo").device == "cpu"


def test_settings_survive_being_written_down() -> None:
    settings = WhisperSettings(profile="balanced", least_confidence=0.2)
    assert WhisperSettings.model_validate(settings.model_dump()) == settings
    assert settings.chosen().least_confidence == 0.2
