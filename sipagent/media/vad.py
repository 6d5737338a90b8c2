"""Silero voice activity detection over many calls in one inference (D4).

The model is the ONNX file of the package ``silero-vad``, loaded by path: the package itself
demands PyTorch and is never imported.
"""

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime

from sipagent.errors import ModelMissing

WINDOW_MS: Final = 32
CONTEXT_MS: Final = 4
STATE_UNITS: Final = 128

Float32 = npt.NDArray[np.float32]


def model_path() -> Path:
    """Where the ONNX file lies. Raises ``ModelMissing``."""
    spec = importlib.util.find_spec("silero_vad")
    if spec is not None and spec.submodule_search_locations:
        path = Path(spec.submodule_search_locations[0]) / "data" / "silero_vad.onnx"
        if path.is_file():
            return path
    raise ModelMissing("the VAD model is not installed; run: make setup")


@dataclass(slots=True, eq=False)
class VadState:
    """What the model remembers of one call between windows."""

    clock_hz: int
    hidden: Float32 = field(init=False)
    context: Float32 = field(init=False)

    def __post_init__(self) -> None:
        self.hidden = np.zeros((2, STATE_UNITS), np.float32)
        self.context = np.zeros(self.clock_hz * CONTEXT_MS // 1000, np.float32)

    def skip(self, window: bytes) -> None:
        """Pass over a window of silence: the next one still begins where this one ends."""
        self.context = _samples(window[-2 * len(self.context) :])


class SileroVad:
    """Speech probability of one 32 ms window for each of many calls, at 8 or 16 kHz."""

    def __init__(self, clock_hz: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(model_path()), options, providers=["CPUExecutionProvider"]
        )
        self._rate = np.array(clock_hz, np.int64)
        self.window_samples = clock_hz * WINDOW_MS // 1000

    def probabilities(self, windows: list[bytes], states: list[VadState]) -> list[float]:
        """Judge ``windows[i]`` (int16, ``window_samples`` long) and advance ``states[i]``."""
        audio = _samples(b"".join(windows)).reshape(len(windows), self.window_samples)
        context = np.stack([state.context for state in states])
        output, hidden = self._session.run(
            None,
            {
                "input": np.concatenate([context, audio], axis=1),
                "state": np.stack([state.hidden for state in states], axis=1),
                "sr": self._rate,
            },
        )
        size = context.shape[1]
        for index, state in enumerate(states):
            state.hidden = hidden[:, index]
            state.context = audio[index, -size:]
        return [float(value) for value in output[:, 0]]


def _samples(pcm: bytes) -> Float32:
    """int16 as the model wants it, from -1 to 1."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0
