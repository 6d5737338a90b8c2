"""A model shaped like the real ones (30 s, 128 mels, 51,866 tokens) runs through the engine.

Its weights are random, so what it writes means nothing; which languages, windows and tokens the
engine uses does.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from ctranslate2.specs.whisper_spec import WhisperConfig, WhisperSpec
from tokenizers import Tokenizer, models

from sipagent.config import WhisperSettings
from sipagent.engines.asr_whisper import WhisperTranscriber
from sipagent.engines.whisper_model import WhisperModel
from sipagent.ports import Utterance
from sipagent.text.language import Language

VOCABULARY, WIDTH, MELS, FRAMES, LONGEST = 51_866, 32, 128, 3000, 448
END, START, ENGLISH, ARABIC, TRANSCRIBE, NO_SPEECH, NO_TIMES = (
    50_257, 50_258, 50_259, 50_272, 50_360, 50_363, 50_364,
)  # fmt: skip
NAMES: Final = {
    50_256: "",  # by this token CTranslate2 knows a multilingual model
    END: "<|endoftext|>",
    START: "<|startoftranscript|>",
    ENGLISH: "<|en|>",
    50_265: "<|fr|>",
    ARABIC: "<|ar|>",
    TRANSCRIBE: "<|transcribe|>",
    NO_SPEECH: "<|nospeech|>",
    NO_TIMES: "<|notimestamps|>",
}
RANDOM = np.random.default_rng(4)


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
    Tokenizer(models.WordLevel(vocabulary, unk_token="w0")).save(str(folder / "tokenizer.json"))
    return folder


def test_the_model_tells_its_language_and_hears_30_seconds(large: Path) -> None:
    model = WhisperModel(large, "cpu", "default", 1)
    assert model.detects_language
    assert model.window_s == 30


@pytest.mark.parametrize("language", Language)
async def test_only_an_allowed_language_is_decoded(large: Path, language: Language) -> None:
    settings = WhisperSettings(
        model=large.name, models_dir=large.parent, least_confidence=0.0, most_no_speech=1.0
    )
    transcriber = WhisperTranscriber(settings)
    speech = (RANDOM.standard_normal(8000 * 3) * 3000).astype("<i2").tobytes()
    heard = await transcriber.transcribe(Utterance(speech, 8000, (language,)))
    assert heard.language is language
    assert heard.text.startswith("w")
    await transcriber.close()


async def test_improbable_words_are_not_taken_for_speech(large: Path) -> None:
    settings = WhisperSettings(model=str(large), least_confidence=0.5)
    transcriber = WhisperTranscriber(settings)
    speech = (RANDOM.standard_normal(8000 * 3) * 3000).astype("<i2").tobytes()
    heard = await transcriber.transcribe(Utterance(speech, 8000, tuple(Language)))
    assert (heard.text, heard.confidence) == ("", 0.0)
    await transcriber.close()
