"""Whether a turn sounds finished, by Smart Turn v3: intonation and wording, in 23 languages.

The model is the ONNX file of the package ``pipecat-ai`` (BSD-2-Clause), found by path: the
package itself is a framework and is never imported. It hears the last 8 s, which end at the end
of the sound, as Whisper hears them. Knows nothing of silence: ask when the caller has paused.
"""

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sipagent.config.section import Section
from sipagent.engines.batching import Batcher
from sipagent.engines.log_mel import RATE_HZ, LogMel
from sipagent.engines.resample import resample
from sipagent.engines.two_lines import LineRules
from sipagent.errors import ExtraMissing, ModelMissing

PACKAGE: Final = "pipecat"
FILES: Final = "audio/turn/smart_turn/data/smart-turn-v3*.onnx"
WINDOW_S: Final = 8
MELS: Final = 80
_VARIANCE_FLOOR: Final = 1e-7


class SmartTurnSettings(Section):
    """The Smart Turn detector."""

    threads: int = Field(1, ge=1, le=16, description="processor threads, 1 to 16")
    batch: int = Field(4, ge=1, le=64, description="turns judged in one run, 1 to 64")
    waiting: int = Field(32, ge=1, le=1024, description="turns that may wait, 1 to 1024")
    model: Path | None = Field(None, description="an ONNX file; by default the installed package's")


@dataclass(frozen=True, slots=True)
class _Turn:
    """int16 mono in ``pcm``."""

    pcm: bytes
    rate_hz: int


def model_path() -> Path:
    """The newest of the models for processors that the package has. Raises ``ExtraMissing``."""
    spec = importlib.util.find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec is not None else None
    files = (file for place in places or () for file in Path(place).glob(FILES))
    found = sorted(file for file in files if "gpu" not in file.name)
    if not found:
        raise ExtraMissing("the turn detector needs a model: pip install --no-deps pipecat-ai")
    return found[-1]


class SmartTurn:
    """The port ``TurnDetector``. Raises ``ExtraMissing`` or ``ModelMissing``."""

    def __init__(self, settings: SmartTurnSettings | None = None) -> None:
        import onnxruntime

        settings = settings or SmartTurnSettings()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = settings.threads, 1
        path = settings.model or model_path()
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has an exception of its own for each kind of fault
            raise ModelMissing(f"{path} does not load: {error}") from None
        self._input = self._session.get_inputs()[0].name
        self._features = TurnFeatures()
        rules = LineRules(largest=settings.batch, waiting=settings.waiting)
        self._batcher: Batcher[_Turn, float] = Batcher(self.name, self._run, rules)

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "SmartTurn":
        return cls(SmartTurnSettings.model_validate(settings))

    @property
    def name(self) -> str:
        return "smart-turn"

    async def finished(self, pcm: bytes, rate_hz: int) -> float:
        """The probability, 0 to 1, that the turn is complete; of no sound at all, 0."""
        if not pcm:
            return 0.0
        return await self._batcher.submit(_Turn(pcm, rate_hz))

    @property
    def waited_s(self) -> float:
        return self._batcher.waited_s

    async def close(self) -> None:
        await self._batcher.close()

    def _run(self, turns: Sequence[_Turn]) -> list[float]:
        """Judge several turns at once (on the batcher's thread)."""
        features = np.stack([self._features(one.pcm, one.rate_hz) for one in turns])
        (judged,) = self._session.run(None, {self._input: features})
        return [min(1.0, max(0.0, float(one))) for one in np.reshape(judged, -1)]


class TurnFeatures:
    """What the model hears of a turn: ``[80, 800]`` float32.

    As its training had it: the last 8 s at 16 kHz, silence before them where they are shorter,
    the whole brought to mean 0 and variance 1, then Whisper's log-mel frames.
    """

    def __init__(self) -> None:
        self._log_mel = LogMel(MELS, hop_after=False)

    def __call__(self, pcm: bytes, rate_hz: int) -> NDArray[np.float32]:
        last = pcm[-2 * WINDOW_S * rate_hz :]
        samples = np.frombuffer(last, "<i2").astype(np.float32) / 32768.0
        wide = resample(samples, rate_hz, RATE_HZ)[-WINDOW_S * RATE_HZ :]
        window = np.pad(wide, (WINDOW_S * RATE_HZ - len(wide), 0))
        level = np.sqrt(window.var() + np.float32(_VARIANCE_FLOOR))
        return self._log_mel((window - window.mean()) / level)
