"""A model shaped like the real ones (30 s, 128 mels, 51,866 tokens) runs through the engine.

Its weights are random, so what it writes means nothing; which languages, windows and tokens the
engine uses does.
"""

import asyncio
import threading
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from ctranslate2.specs.whisper_spec import WhisperConfig, WhisperSpec
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from sipagent.config import WhisperSettings
from sipagent.engines.asr_whisper import WhisperTranscriber
from sipagent.engines.whisper_model import LONGEST_PROMPT, WhisperModel, Window
from sipagent.errors import ConfigError, EngineError
from sipagent.ports import Utterance
from sipagent.text.language import Language

VOCABULARY, WIDTH, MELS, FRAMES, LONGEST = 51_866, 32, 128, 3000, 448
END, START, ENGLISH, ARABIC, TRANSCRIBE, PREVIOUS, NO_SPEECH, NO_TIMES = (
    50_257, 50_258, 50_259, 50_272, 50_360, 50_362, 50_363, 50_364,
)  # fmt: skip
NAMES: Final = {
    50_256: "",  # by this token CTranslate2 knows a multilingual model
    END: "<|endoftext|>",
    START: "<|startoftranscript|>",
    ENGLISH: "<|en|>",
    50_265: "<|fr|>",
    ARABIC: "<|ar|>",
    TRANSCRIBE: "<|transcribe|>",
    PREVIOUS: "<|startofprev|>",
    NO_SPEECH: "<|nospeech|>",
    NO_TIMES: "<|notimestamps|>",
}
RANDOM = np.random.default_rng(4)
Samples = NDArray[np.float32]


def weights(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return (RANDOM.standard_normal(shape) * 0.1).astype(np.float32)


def fill_linear(linear: Any, rows: int, columns: int) -> None:
    linear.weight, linear.bias = weights(rows, columns), weights(rows)


def fill_norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def fill_attention(attention: Any, rows: tuple[int, ...]) -> None:
    fill_norm(attention.layer_norm)
    for linear, size in zip(attention.linear, rows, strict=True):
        fill_linear(linear, size, WIDTH)


def fill_layer(layer: Any) -> None:
    fill_attention(layer.self_attention, (3 * WIDTH, WIDTH))
    if hasattr(layer, "attention"):
        fill_attention(layer.attention, (WIDTH, 2 * WIDTH, WIDTH))
    fill_norm(layer.ffn.layer_norm)
    fill_linear(layer.ffn.linear_0, 2 * WIDTH, WIDTH)
    fill_linear(layer.ffn.linear_1, WIDTH, 2 * WIDTH)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec: Any = WhisperSpec(1, 2, 1, 2)
    spec.encoder.conv1.weight, spec.encoder.conv1.bias = weights(WIDTH, MELS, 3), weights(WIDTH)
    spec.encoder.conv2.weight, spec.encoder.conv2.bias = weights(WIDTH, WIDTH, 3), weights(WIDTH)
    spec.encoder.position_encodings.encodings = weights(FRAMES // 2, WIDTH)
    spec.decoder.position_encodings.encodings = weights(LONGEST, WIDTH)
    spec.decoder.embeddings.weight = weights(VOCABULARY, WIDTH)
    fill_linear(spec.decoder.projection, VOCABULARY, WIDTH)
    for part in (spec.encoder, spec.decoder):
        fill_norm(part.layer_norm)
        for layer in part.layer:
            fill_layer(layer)
    tokens = [NAMES.get(number, f"w{number}") for number in range(VOCABULARY)]
    spec.register_vocabulary(tokens)
    spec._config = WhisperConfig(
        suppress_ids=[], suppress_ids_begin=[END], lang_ids=[ENGLISH, 50_265, ARABIC],
        alignment_heads=[(0, 0)],
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("models") / "large-shaped"
    folder.mkdir()
    spec.validate()
    spec.save(str(folder))
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="w0"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_the_model_tells_its_language_and_hears_30_seconds(large: Path) -> None:
    model = WhisperModel(large, "cpu", "default", 1)
    assert model.detects_language
    assert model.window_s == 30


def speech(length_s: float = 3, seed: int = 1) -> Samples:
    samples = np.random.default_rng(seed).standard_normal(int(16_000 * length_s)) * 0.1
    return np.asarray(samples, np.float32)


@pytest.fixture(scope="module")
def model(large: Path) -> WhisperModel:
    return WhisperModel(large, "cpu", "float32", 1)


@pytest.mark.parametrize("language", Language)
def test_only_an_allowed_language_is_decoded(model: WhisperModel, language: Language) -> None:
    (found,) = model.hear([Window(speech(), (language,))])
    assert list(found) == [language]
    assert found[language].text.startswith("w")


def test_of_several_languages_the_model_chooses_one(model: WhisperModel) -> None:
    (found,) = model.hear([Window(speech(), tuple(Language))])
    assert len(found) == 1


def test_windows_of_all_beams_and_hot_words_are_heard_together_as_alone(
    model: WhisperModel,
) -> None:
    windows = [
        Window(speech(seed=seed), (language,), hot_words, beam_size)
        for seed, (language, hot_words, beam_size) in enumerate(
            [
                (Language.EN, (), 1),
                (Language.AR, ("w7", "w8"), 1),
                (Language.EN, ("w9", "w10"), 5),
                (Language.AR, (), 5),
                (Language.EN, ("w7", "w8"), 1),
            ]
        )
    ]
    together = model.hear(windows)
    for window, found in zip(windows, together, strict=True):
        (alone,) = model.hear([window])
        assert list(found) == list(alone)
        for language, one in found.items():
            assert one.text == alone[language].text
            assert one.logprob == pytest.approx(alone[language].logprob, abs=1e-3)


def test_hot_words_reach_the_decoder_as_what_was_said_before(model: WhisperModel) -> None:
    assert model.takes_hot_words
    texts = [
        model.hear([Window(speech(), (Language.EN,), hot_words)])[0][Language.EN].text
        for hot_words in ((), ("w7",), ("w8",))
    ]
    assert len(set(texts)) == 3


def test_more_hot_words_than_a_prompt_takes_are_left_out(model: WhisperModel) -> None:
    many = tuple(f"w{number}" for number in range(500))
    fitting = many[: LONGEST_PROMPT // 2]  # each comes with a comma
    found = [
        model.hear([Window(speech(), (Language.EN,), names)])[0][Language.EN]
        for names in (many, fitting)
    ]
    assert found[0] == found[1]


def test_a_text_is_no_longer_than_can_be_said_in_the_time(model: WhisperModel) -> None:
    """Random weights never end a text."""
    short, long = (
        model.hear([Window(speech(length_s), (Language.EN,))])[0][Language.EN]
        for length_s in (2, 30)
    )
    assert short.tokens <= 12 * 2 + 16
    assert long.tokens > 200


async def test_improbable_words_are_not_taken_for_speech(large: Path) -> None:
    transcriber = WhisperTranscriber(WhisperSettings(model=str(large), least_confidence=0.5))
    noise = (RANDOM.standard_normal(8000 * 3) * 3000).astype("<i2").tobytes()
    heard = await transcriber.transcribe(Utterance(noise, 8000, tuple(Language)))
    assert (heard.text, heard.confidence) == ("", 0.0)
    await transcriber.close()


def runners() -> int:
    """The threads that run models of this shape."""
    return sum(one.name == "whisper large-shaped" for one in threading.enumerate())


def profiles_of(large: Path) -> dict[str, object]:
    return {
        "models_dir": large.parent,
        "profiles": {
            "accurate": {"model": large.name, "beam_size": 5},
            "quick": {"model": large.name},
        },
    }


async def test_profiles_of_one_model_share_it_and_close_it_together(large: Path) -> None:
    before = runners()
    found = WhisperTranscriber.of_profiles(profiles_of(large), ("accurate", "quick", "", "quick"))
    assert list(found) == ["accurate", "quick", ""]
    assert runners() == before + 1
    noise = (RANDOM.standard_normal(8000) * 3000).astype("<i2").tobytes()
    utterance = Utterance(noise, 8000, tuple(Language))
    await asyncio.gather(*(one.transcribe(utterance) for one in found.values()))
    await found["accurate"].close()
    await found["quick"].transcribe(utterance)
    await found["quick"].close()
    assert runners() == before
    with pytest.raises(EngineError, match="closed"):
        await found["quick"].transcribe(utterance)
    await found[""].close()


def test_a_profile_that_nobody_made_is_named_with_those_there_are(large: Path) -> None:
    with pytest.raises(ConfigError, match=r"called 'best'; there are: demo, .*, accurate, quick"):
        WhisperTranscriber.of_profiles(profiles_of(large), ("best",))
