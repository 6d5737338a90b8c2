"""A Whisper model on disk as CTranslate2 runs it: features in, texts with scores out.

Serves models of any window and vocabulary: the real ones (30 s, which detect the language
themselves) and small ones (a shorter window and vocabulary), where the language is the one
whose decoding scores best. Knows nothing of calls, rates or threads.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.log_mel import HOP, RATE_HZ, LogMel
from sipagent.errors import ModelMissing
from sipagent.text.language import Language

TOKENS_PER_S: Final = 12
LONGEST_TEXT: Final = 448
DEFAULT_WINDOW_S: Final = 30
EMBEDDED: Final = Path(__file__).parent / "models"
_PARTS: Final = ("model.bin", "config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class Decoded:
    """One window as text. ``logprob`` is the mean over its tokens, ``no_speech`` 0 to 1."""

    text: str
    language: Language
    logprob: float
    tokens: int
    no_speech: float


def find_model(name_or_path: str, models_dir: Path) -> Path:
    """The folder of a model: a path, a name in ``models_dir``, or one that the package ships.

    Raises ``ModelMissing``, which says how to get it.
    """
    for folder in (Path(name_or_path), models_dir / name_or_path, EMBEDDED / name_or_path):
        if folder.is_dir():
            missing = [part for part in _PARTS if not (folder / part).is_file()]
            if missing:
                raise ModelMissing(f"{folder} is not a whole model: {', '.join(missing)} missing")
            return folder
    raise ModelMissing(
        f"the speech model {name_or_path!r} is not in {models_dir}; "
        f"run: sipagent models pull {name_or_path}"
    )


class WhisperModel:
    """A loaded model. Its methods block, and belong to one thread."""

    def __init__(self, folder: Path, device: str, compute_type: str, threads: int) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._view: Any = ctranslate2.StorageView
        try:
            self._model: Any = ctranslate2.models.Whisper(
                str(folder), device=device, compute_type=compute_type, intra_threads=threads
            )
        except (RuntimeError, ValueError) as error:
            raise ModelMissing(f"{folder} does not load on {device}: {error}") from None
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.window_s = _window_s(folder)
        self._features = LogMel(self._model.n_mels)
        self._frames = self.window_s * RATE_HZ // HOP
        self._longest = min(LONGEST_TEXT, TOKENS_PER_S * self.window_s)
        self._end = self._token("<|endoftext|>")

    @property
    def detects_language(self) -> bool:
        """Whether the model tells the language itself, as CTranslate2 judges by its vocabulary."""
        return bool(self._model.is_multilingual)

    def decode(
        self,
        windows: Sequence[NDArray[np.float32]],
        allowed: Sequence[Sequence[Language]],
        beam_size: int,
    ) -> list[dict[Language, Decoded]]:
        """Decode windows of float32 at 16 kHz in one run, each in its allowed languages.

        A model that detects the language decodes only once, and returns that one.
        """
        features = self._view.from_array(
            np.array([self._padded(one) for one in windows], order="C")
        )
        encoded = self._model.encode(features)
        found: list[dict[Language, Decoded]] = [{} for _ in windows]
        if self.detects_language:
            chosen = self._detected(encoded, allowed)
            for row, one in enumerate(self._generate(encoded, chosen, beam_size)):
                found[row][one.language] = one
            return found
        for language in dict.fromkeys(item for row in allowed for item in row):
            decoded = self._generate(encoded, [language] * len(windows), beam_size)
            for row, one in enumerate(decoded):
                if language in allowed[row]:
                    found[row][language] = one
        return found

    def _padded(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log-mel features ``[mels, frames]``, filled up to the model's own window."""
        features = self._features(samples)[:, : self._frames]
        missing = self._frames - features.shape[1]
        return np.pad(
            features, ((0, 0), (0, missing)), constant_values=float(features.min())
        ).astype(np.float32)

    def _detected(self, encoded: Any, allowed: Sequence[Sequence[Language]]) -> list[Language]:
        chosen = []
        for ranking, languages in zip(self._model.detect_language(encoded), allowed, strict=True):
            odds = dict(ranking)
            chosen.append(max(languages, key=lambda one: odds.get(f"<|{one.value}|>", 0.0)))
        return chosen

    def _generate(
        self, encoded: Any, languages: Sequence[Language], beam_size: int
    ) -> list[Decoded]:
        prompts = [
            [
                self._token("<|startoftranscript|>"),
                self._token(f"<|{language.value}|>"),
                self._token("<|transcribe|>"),
                self._token("<|notimestamps|>"),
            ]
            for language in languages
        ]
        results = self._model.generate(
            encoded,
            prompts,
            beam_size=beam_size,
            max_length=self._longest,
            suppress_blank=False,
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [
            self._decoded(result, language)
            for result, language in zip(results, languages, strict=True)
        ]

    def _decoded(self, result: Any, language: Language) -> Decoded:
        tokens = [token for token in result.sequences_ids[0] if token < self._end]
        text = self._tokenizer.decode(tokens).strip()
        score = float(result.scores[0])
        return Decoded(text, language, score, len(tokens), float(result.no_speech_prob))

    def _token(self, text: str) -> int:
        token = self._tokenizer.token_to_id(text)
        if token is None:
            raise ModelMissing(f"the model has no token {text}: it is not multilingual Whisper")
        return token


def _window_s(folder: Path) -> int:
    """The length that the model hears at once, from its own description."""
    path = folder / "preprocessor_config.json"
    if not path.is_file():
        return DEFAULT_WINDOW_S
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        return int(described.get("chunk_length", DEFAULT_WINDOW_S))
    except (ValueError, AttributeError) as error:
        raise ModelMissing(f"{path} cannot be read: {error}") from None
