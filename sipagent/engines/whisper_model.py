"""A Whisper model on disk as CTranslate2 runs it: windows in, texts with scores out.

Serves models of any window and vocabulary: the real ones (30 s, which detect the language
themselves) and small ones (a shorter window and vocabulary), where the language is the one
whose decoding scores best. Knows nothing of calls, rates or threads.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sipagent.config.hearing import BY_DEVICE
from sipagent.engines.log_mel import HOP, RATE_HZ, LogMel
from sipagent.engines.model_folder import Folder
from sipagent.engines.model_folder import find_model as find_model
from sipagent.errors import ModelMissing
from sipagent.text.language import Language

TOKENS_PER_S: Final = 12
LONGEST_TEXT: Final = 448  # of a real model's decoder, prompt and text together
LONGEST_PROMPT: Final = 64  # tokens of hot words; the model was trained with up to 223
SPARE_TOKENS: Final = 16
FRAMES_PER_S: Final = RATE_HZ // HOP
TAIL_FRAMES: Final = 20  # a model that hears shorter input wants this much of nothing after it
STEP_FRAMES: Final = 50
LIKE_LENGTH: Final = 1.25  # between the longest and the shortest that are encoded together
_COMPUTE_TYPES: Final = {
    "cuda": ("float16", "int8_float16", "int8_float32", "float32"),
    "cpu": ("int8", "int8_float32", "float32"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Speech to decode: float32 at 16 kHz, at most the model's window."""

    samples: NDArray[np.float32]
    languages: tuple[Language, ...]
    hot_words: tuple[str, ...] = ()
    beam_size: int = 1


@dataclass(frozen=True, slots=True)
class Decoded:
    """One window as text. ``logprob`` is the mean over its tokens, ``no_speech`` 0 to 1."""

    text: str
    language: Language
    logprob: float
    tokens: int
    no_speech: float


@dataclass(frozen=True, slots=True)
class _Task:
    """One row of a run of the decoder."""

    row: int
    language: Language
    prompt: tuple[int, ...]
    beam_size: int


class WhisperModel:
    """A loaded model. Its methods block, and belong to one thread."""

    def __init__(self, path: Path, device: str, compute_type: str, threads: int) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._view: Any = ctranslate2.StorageView
        folder = Folder.read(path)
        self.device = _device(ctranslate2, device)
        compute_type = _compute_type(ctranslate2, self.device, compute_type)
        try:
            self._model: Any = ctranslate2.models.Whisper(
                str(path), device=self.device, compute_type=compute_type, intra_threads=threads
            )
        except (RuntimeError, ValueError) as error:
            raise ModelMissing(f"{path} does not load on {self.device}: {error}") from None
        self._tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        self.window_s = folder.window_s
        self.hears_shorter = folder.hears_shorter
        self._features = LogMel(self._model.n_mels)
        self._frames = self.window_s * FRAMES_PER_S
        self._end = self._token("<|endoftext|>")
        real = self.detects_language
        self._longest = LONGEST_TEXT if real else min(LONGEST_TEXT, TOKENS_PER_S * self.window_s)
        self._previous = self._tokenizer.token_to_id("<|startofprev|>") if real else None

    @property
    def detects_language(self) -> bool:
        """Whether the model tells the language itself, as CTranslate2 judges by its vocabulary."""
        return bool(self._model.is_multilingual)

    @property
    def takes_hot_words(self) -> bool:
        """Whether the model has learned to expect the words of a prompt."""
        return self._previous is not None

    def decode(
        self,
        windows: Sequence[NDArray[np.float32]],
        allowed: Sequence[Sequence[Language]],
        beam_size: int,
    ) -> list[dict[Language, Decoded]]:
        """Decode samples without hot words, as ``hear`` does."""
        return self.hear(
            [
                Window(samples, tuple(languages), beam_size=beam_size)
                for samples, languages in zip(windows, allowed, strict=True)
            ]
        )

    def hear(self, windows: Sequence[Window]) -> list[dict[Language, Decoded]]:
        """Decode windows in one run, each in its allowed languages.

        A model that detects the language decodes only once, and returns that one.
        """
        found: list[dict[Language, Decoded]] = [{} for _ in windows]
        features = [self._features(one.samples)[:, : self._frames] for one in windows]
        for rows in self._alike([one.shape[1] for one in features]):
            encoded = self._model.encode(self._stacked([features[row] for row in rows]))
            tasks = self._tasks(encoded, [windows[row] for row in rows])
            longest_s = max(features[row].shape[1] for row in rows) / FRAMES_PER_S
            for task, one in self._generate(encoded, len(rows), tasks, longest_s):
                found[rows[task.row]][task.language] = one
        return found

    def _alike(self, frames: Sequence[int]) -> list[list[int]]:
        """The windows that are encoded together: all, where the model hears its window alone."""
        order = sorted(range(len(frames)), key=lambda row: frames[row])
        if not self.hears_shorter:
            return [order]
        groups: list[list[int]] = []
        for row in order:
            if groups and frames[row] <= LIKE_LENGTH * frames[groups[-1][0]]:
                groups[-1].append(row)
            else:
                groups.append([row])
        return groups

    def _stacked(self, features: Sequence[NDArray[np.float32]]) -> Any:
        """Log-mel features ``[rows, mels, frames]``, filled up with silence."""
        length = self._frames
        if self.hears_shorter:
            longest = max(one.shape[1] for one in features) + TAIL_FRAMES
            length = min(length, -(-longest // STEP_FRAMES) * STEP_FRAMES)
        stacked = np.empty((len(features), features[0].shape[0], length), np.float32)
        for row, one in zip(stacked, features, strict=True):
            heard = min(length, one.shape[1])
            row[:, :heard] = one[:, :heard]
            row[:, heard:] = one.min()
        return self._view.from_array(stacked)

    def _tasks(self, encoded: Any, windows: Sequence[Window]) -> list[_Task]:
        return [
            _Task(row, language, self._prompt(one.hot_words), one.beam_size)
            for row, (one, languages) in enumerate(
                zip(windows, self._languages(encoded, windows), strict=True)
            )
            for language in languages
        ]

    def _languages(self, encoded: Any, windows: Sequence[Window]) -> list[tuple[Language, ...]]:
        """In which languages each window is decoded."""
        allowed = [one.languages for one in windows]
        if not self.detects_language or all(len(one) == 1 for one in allowed):
            return allowed
        chosen: list[tuple[Language, ...]] = []
        for ranking, languages in zip(self._model.detect_language(encoded), allowed, strict=True):
            odds = dict(ranking)
            chosen.append((max(languages, key=lambda one: odds.get(f"<|{one.value}|>", 0.0)),))
        return chosen

    def _prompt(self, hot_words: tuple[str, ...]) -> tuple[int, ...]:
        """The hot words as what was said before, for the model to spell as it was spelt there."""
        if self._previous is None or not hot_words:
            return ()
        tokens: list[int] = []
        for word in hot_words:
            text = f"{',' if tokens else ''} {word}"
            more = self._tokenizer.encode(text, add_special_tokens=False).ids
            if len(tokens) + len(more) > LONGEST_PROMPT:
                break
            tokens += more
        return (self._previous, *tokens) if tokens else ()

    def _generate(
        self, encoded: Any, rows: int, tasks: Sequence[_Task], longest_s: float
    ) -> Iterable[tuple[_Task, Decoded]]:
        """Decode what can be decoded together: one beam, and prompts of one length."""
        runs: dict[tuple[int, int], list[_Task]] = {}
        for task in tasks:
            runs.setdefault((task.beam_size, len(task.prompt)), []).append(task)
        text_tokens = int(TOKENS_PER_S * longest_s) + SPARE_TOKENS
        for (beam_size, before), run in runs.items():
            picked = [task.row for task in run]
            results = self._model.generate(
                encoded if picked == list(range(rows)) else self._picked(encoded, picked),
                [self._start(task) for task in run],
                beam_size=beam_size,
                # CTranslate2 gives the text half of this, or what the prompt leaves.
                max_length=min(self._longest, 2 * text_tokens + before),
                suppress_blank=False,
                return_scores=True,
                return_no_speech_prob=True,
            )
            for task, result in zip(run, results, strict=True):
                yield task, self._decoded(result, task.language)

    def _picked(self, encoded: Any, rows: Sequence[int]) -> Any:
        """Some rows of what the encoder made, by way of the processor's memory."""
        import ctranslate2

        here = encoded.to_device(ctranslate2.Device.cpu) if self.device == "cuda" else encoded
        return self._view.from_array(np.array(here)[list(rows)])

    def _start(self, task: _Task) -> list[int]:
        names = ("startoftranscript", task.language.value, "transcribe", "notimestamps")
        return [*task.prompt, *(self._token(f"<|{name}|>") for name in names)]

    def _decoded(self, result: Any, language: Language) -> Decoded:
        tokens = [token for token in result.sequences_ids[0] if token < self._end]
        text = self._tokenizer.decode(tokens).replace("\ufffd", "").strip()
        score = float(result.scores[0])
        return Decoded(text, language, score, len(tokens), float(result.no_speech_prob))

    def _token(self, text: str) -> int:
        token = self._tokenizer.token_to_id(text)
        if token is None:
            raise ModelMissing(f"the model has no token {text}: it is not multilingual Whisper")
        return int(token)


def _device(ctranslate2: Any, wanted: str) -> str:
    if wanted != "auto":
        return wanted
    return "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"


def _compute_type(ctranslate2: Any, device: str, wanted: str) -> str:
    """The fastest type that the device has, of those that keep the words right."""
    if wanted != BY_DEVICE:
        return wanted
    try:
        there = ctranslate2.get_supported_compute_types(device)
    except (RuntimeError, ValueError):  # no such device: loading the model says so
        return "default"
    return next((one for one in _COMPUTE_TYPES[device] if one in there), "default")
