"""Speech to text by Whisper models through CTranslate2: the embedded one and the real ones.

Requests of several calls share one run of the model. Audio without speech gives no text: such
models write a sentence for every noise unless they are stopped. Knows nothing of turns.
"""

from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from math import exp
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.config import WhisperSettings
from sipagent.engines.batching import Batcher
from sipagent.engines.levels import active_dbfs
from sipagent.engines.log_mel import RATE_HZ
from sipagent.engines.resample import resample
from sipagent.engines.whisper_model import Decoded, WhisperModel, find_model
from sipagent.engines.windows import windows
from sipagent.ports import Transcript, Utterance
from sipagent.text.language import Language
from sipagent.text.script import dominant
from sipagent.text.word_list import word_list

SILENCE_DBFS: Final = -48.0
SHORTEST_MS: Final = 120
SPEECH_DBFS: Final = -20.0
MARGIN_S: Final = 0.4
MOST_SAME: Final = 3
DIGIT_NAMES: Final = frozenset(
    word_list(
        "zero oh one two three four five six seven eight nine"
        " صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة"
    )
)


class WhisperTranscriber:
    """The port ``Transcriber``. Raises ``ModelMissing`` where the model is not on disk.

    What is less sure than ``least_confidence``, or more than ``most_no_speech`` likely to be no
    speech at all, is not taken for words.
    """

    def __init__(self, settings: WhisperSettings | None = None) -> None:
        self._settings = settings or WhisperSettings()
        models_dir = self._settings.models_dir or Path("models")
        folder = find_model(self._settings.model, models_dir)
        self._name = f"whisper {folder.name}"
        self._model = WhisperModel(
            folder, self._settings.device, self._settings.compute_type, self._settings.threads
        )
        self._batcher: Batcher[Utterance, Transcript] = Batcher(
            self._name, self._run, self._settings.batch, self._settings.waiting
        )

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "WhisperTranscriber":
        return cls(WhisperSettings.model_validate(settings))

    @property
    def name(self) -> str:
        return self._name

    async def transcribe(self, utterance: Utterance) -> Transcript:
        """Recognise one utterance; longer than the window, it is cut in pauses."""
        if not utterance.languages:
            raise ValueError("at least one language must be allowed")
        return await self._batcher.submit(utterance)

    @property
    def waited_s(self) -> float:
        return self._batcher.waited_s

    async def close(self) -> None:
        await self._batcher.close()

    def _run(self, utterances: Sequence[Utterance]) -> list[Transcript]:
        """One run of the model over the windows of all utterances (on the batcher's thread)."""
        windows_of = [self._windows(one) for one in utterances]
        rows = [window for own in windows_of for window in own]
        allowed = [
            one.languages for one, own in zip(utterances, windows_of, strict=True) for _ in own
        ]
        decoded = iter(self._model.decode(rows, allowed, self._settings.beam_size) if rows else ())
        return [
            self._transcript(list(islice(decoded, len(own))), one.languages)
            for one, own in zip(utterances, windows_of, strict=True)
        ]

    def _windows(self, one: Utterance) -> list[NDArray[np.float32]]:
        """The utterance at 16 kHz and an even level, as windows; none where nobody speaks."""
        samples = np.frombuffer(one.pcm, "<i2").astype(np.float32) / 32768.0
        level = active_dbfs(samples, one.rate_hz)
        if len(samples) * 1000 < SHORTEST_MS * one.rate_hz or level < SILENCE_DBFS:
            return []
        samples *= np.float32(10 ** ((SPEECH_DBFS - level) / 20))
        wide = np.clip(resample(samples, one.rate_hz, RATE_HZ), -1.0, 1.0)
        return windows(wide, RATE_HZ, self._model.window_s - MARGIN_S)

    def _transcript(
        self, pieces: Sequence[Mapping[Language, Decoded]], allowed: Sequence[Language]
    ) -> Transcript:
        """The pieces of an utterance as one text, in the language that fits them all best."""
        kept = [piece for piece in pieces if any(map(self._is_speech, piece.values()))]
        if not kept:
            return Transcript("", allowed[0], 0.0)
        language = max(allowed, key=lambda one: sum(_weight(piece, one) for piece in kept))
        heard = [piece.get(language) or next(iter(piece.values())) for piece in kept]
        tokens = sum(one.tokens for one in heard)
        logprob = sum(one.logprob * one.tokens for one in heard) / max(tokens, 1)
        text = " ".join(one.text for one in heard)
        written = dominant(text, language)  # words tell it better than the model's own guess
        language = written if written in allowed else language
        return Transcript(text, language, min(1.0, exp(logprob)))

    def _is_speech(self, one: Decoded) -> bool:
        if not one.text or exp(one.logprob) < self._settings.least_confidence:
            return False
        return one.no_speech <= self._settings.most_no_speech and not _loops(one.text)


def _loops(text: str) -> bool:
    """Whether a word is said over and over: what these models write for steady noise."""
    spoken = text.split()
    same = sum(one == following for one, following in pairwise(spoken))
    return same >= MOST_SAME and same * 2 >= len(spoken) - 1 and not _digits(spoken)


def _digits(spoken: Sequence[str]) -> bool:
    """Whether the turn may be a number read out, where a digit can well stand four times."""
    return any(one in DIGIT_NAMES for one in spoken)


def _weight(piece: Mapping[Language, Decoded], language: Language) -> float:
    """How well a language fits a piece: the mean log-probability, counted by its tokens."""
    one = piece.get(language)
    if one is None:
        return -20.0 * max(other.tokens for other in piece.values())
    return one.logprob * max(other.tokens for other in piece.values())
