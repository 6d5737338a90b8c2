"""One loaded model that hears for all calls, in whichever profile each of them has.

Requests of several calls share one run of the model. Audio without speech gives no text: such
models write a sentence for every noise unless they are stopped. Knows nothing of turns.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import exp
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.batching import Batcher
from sipagent.engines.hot_words import corrected
from sipagent.engines.inventions import SURE_ALL_THE_SAME, Evidence, Limits, invention
from sipagent.engines.levels import active_dbfs, click_share, sounding_s, tonal_share
from sipagent.engines.log_mel import RATE_HZ
from sipagent.engines.resample import resample
from sipagent.engines.two_lines import LineRules
from sipagent.engines.whisper_model import Decoded, WhisperModel, Window
from sipagent.engines.windows import windows
from sipagent.ports import Transcript, Utterance
from sipagent.text.language import Language
from sipagent.text.script import dominant

Samples = NDArray[np.float32]

SILENCE_DBFS: Final = -48.0
SHORTEST_MS: Final = 120
SPEECH_DBFS: Final = -20.0
MARGIN_S: Final = 0.4
WARM_UP_S: Final = 2
LONG_S: Final = 0.5  # of a run, which then is no loading but the model's own time
BATCH: Final = {"cpu": 8, "cuda": 32}


@dataclass(frozen=True, slots=True)
class Request:
    """An utterance and how its tenant wants it heard."""

    utterance: Utterance
    beam_size: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a window was heard as in one language, and why that is no speech, if it is none."""

    decoded: Decoded
    against: str


class WhisperEngine:
    """A model, its thread and its line. Closed when the last that opened it has closed it."""

    def __init__(self, name: str, model: WhisperModel, batch: int | None, waiting: int) -> None:
        self.name = name
        self._model = model
        rules = LineRules(largest=batch or BATCH[model.device], waiting=waiting)
        self._batcher: Batcher[Request, Transcript] = Batcher(name, self._run, rules)
        self._users = 0
        self._warm_up()

    def _warm_up(self) -> None:
        """Hear a moment of noise: the first caller pays for no loading, and whether this machine
        has time for partial words is known before one asks for them.
        """
        noise = np.random.default_rng(0).standard_normal(WARM_UP_S * RATE_HZ) * 0.1
        window = Window(noise.astype(np.float32), (Language.EN,))
        for _ in range(2):
            begun = time.monotonic()
            self._model.hear([window])
            took_s = time.monotonic() - begun
            if took_s > LONG_S:
                break
        self._batcher.seen(1, took_s)

    def open(self) -> None:
        self._users += 1

    async def close(self) -> None:
        self._users -= 1
        if self._users <= 0:
            await self._batcher.close()

    async def hear(self, request: Request) -> Transcript:
        """Raises ``EngineError``; ``Superseded`` for partial words that had to give way."""
        return await self._batcher.submit(request, final=request.utterance.final)

    @property
    def waited_s(self) -> float:
        return self._batcher.waited_s

    def _run(self, requests: Sequence[Request]) -> list[Transcript]:
        """One run of the model over the windows of all requests (on the batcher's thread)."""
        pieces_of = [self._pieces(one.utterance) for one in requests]
        rows = [
            Window(
                piece,
                one.utterance.languages,
                one.utterance.hot_words if self._model.takes_hot_words else (),
                one.beam_size,
            )
            for one, own in zip(requests, pieces_of, strict=True)
            for piece in own
        ]
        decoded = iter(self._model.hear(rows) if rows else ())
        return [
            self._transcript(one, own, list(islice(decoded, len(own))))
            for one, own in zip(requests, pieces_of, strict=True)
        ]

    def _pieces(self, one: Utterance) -> list[Samples]:
        """The utterance at 16 kHz and an even level, in windows; none where nobody speaks."""
        samples = np.frombuffer(one.pcm, "<i2").astype(np.float32) / 32768.0
        level = active_dbfs(samples, one.rate_hz)
        if len(samples) * 1000 < SHORTEST_MS * one.rate_hz or level < SILENCE_DBFS:
            return []
        samples *= np.float32(10 ** ((SPEECH_DBFS - level) / 20))
        wide = np.clip(resample(samples, one.rate_hz, RATE_HZ), -1.0, 1.0)
        longest_s = self._model.window_s - MARGIN_S
        return windows(wide, RATE_HZ, longest_s, apart=self._model.hears_shorter)

    def _transcript(
        self,
        request: Request,
        pieces: Sequence[Samples],
        decoded: Sequence[Mapping[Language, Decoded]],
    ) -> Transcript:
        """The windows of an utterance as one text, in the language that fits them all best."""
        allowed = request.utterance.languages
        heard = [
            {language: _judged(one, piece, request.limits) for language, one in found.items()}
            for piece, found in zip(pieces, decoded, strict=True)
        ]
        kept = [found for found in heard if not all(one.against for one in found.values())]
        if not kept:
            return Transcript("", allowed[0], 0.0)
        language = max(allowed, key=lambda one: sum(_weight(found, one) for found in kept))
        chosen = [_best(found, language) for found in kept]
        tokens = max(1, sum(one.tokens for one in chosen))
        words = exp(sum(one.logprob * one.tokens for one in chosen) / tokens)
        doubt = sum(one.no_speech * one.tokens for one in chosen) / tokens
        text = " ".join(one.text for one in chosen)
        if not self._model.takes_hot_words:
            text = corrected(text, request.utterance.hot_words, words)
        written = dominant(text, language)  # words tell it better than the model's own guess
        language = written if written in allowed else language
        return Transcript(text, language, min(1.0, words) * (1.0 - min(1.0, doubt)))


def _judged(one: Decoded, piece: Samples, limits: Limits) -> _Heard:
    """Whether a window is speech. Its sound is asked too where its words leave a doubt."""
    confidence = exp(one.logprob)
    doubtful = bool(one.text) and confidence < SURE_ALL_THE_SAME
    evidence = Evidence(
        one.text,
        confidence,
        one.no_speech,
        sounding_s(piece, RATE_HZ),
        tonal_share(piece, RATE_HZ) if doubtful else 0.0,
        click_share(piece, RATE_HZ) if doubtful else 0.0,
    )
    return _Heard(one, invention(evidence, limits))


def _best(found: Mapping[Language, _Heard], language: Language) -> Decoded:
    """A window in the language of its utterance, or in the other where it is speech in that."""
    ranked = sorted(
        found.values(), key=lambda one: (one.against != "", one.decoded.language != language)
    )
    return ranked[0].decoded


def _weight(found: Mapping[Language, _Heard], language: Language) -> float:
    """How well a language fits a window: the mean log-probability, counted by its tokens."""
    most = max(other.decoded.tokens for other in found.values())
    one = found.get(language)
    return (one.decoded.logprob if one else -20.0) * most
