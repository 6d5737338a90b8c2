"""The port ``Analyst`` without a large model: linear weights over hashed features of the words.

Trained by ``tools/turn_analyst`` on turns written for it; the figures stand in
docs/understanding.md. Knows neither the tenant nor the turns before this one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.turn_features import BUCKETS, VERSION, features
from sipagent.errors import ModelMissing
from sipagent.ports import Intent, Understanding
from sipagent.text.language import Language
from sipagent.text.script import dominant

MODEL: Final = Path(__file__).parent / "models" / "turn-analyst" / "analyst.npz"


class LinearModel:
    """Weights: one row a bucket, one column an intent, the last column the sentiment."""

    def __init__(
        self,
        weights: NDArray[np.floating],
        bias: NDArray[np.floating],
        temperature: float,
        intents: tuple[Intent, ...],
    ) -> None:
        self._weights = weights
        self._bias = bias.astype(np.float32)
        self._temperature = temperature
        self._intents = intents

    @classmethod
    def read(cls, path: Path) -> "LinearModel":
        """The model in a file that ``write`` made. Raises ``ModelMissing``."""
        if not path.is_file():
            raise ModelMissing(f"there is no turn analyst at {path}")
        with np.load(path, allow_pickle=False) as stored:
            if int(stored["version"]) != VERSION or stored["weights"].shape[0] != BUCKETS:
                raise ModelMissing(f"{path} is of other features: train it again")
            return cls(
                stored["weights"],
                stored["bias"],
                float(stored["temperature"]),
                tuple(Intent(name) for name in stored["intents"].tolist()),
            )

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path,
            version=VERSION,
            weights=self._weights,
            bias=self._bias,
            temperature=self._temperature,
            intents=np.array([intent.value for intent in self._intents]),
        )

    def scores(self, text: str) -> NDArray[np.float32]:
        """One number an intent, before they are probabilities, and the sentiment."""
        found = features(text)
        rows = self._weights[found.buckets].astype(np.float32)
        scored: NDArray[np.float32] = found.values @ rows + self._bias
        return scored

    def judge(self, text: str) -> tuple[Intent, float, float]:
        """The likeliest intent, its probability, and the sentiment -1 to 1."""
        scored = self.scores(text)
        logits = scored[:-1] / self._temperature
        chances = np.exp(logits - logits.max())
        best = int(chances.argmax())
        sentiment = float(np.clip(scored[-1], -1, 1))
        return self._intents[best], float(chances[best] / chances.sum()), sentiment


class LinearAnalyst:
    """Judges a turn in the loop, in well under a millisecond."""

    def __init__(self, model: LinearModel) -> None:
        self._model = model

    @classmethod
    def from_settings(cls, _settings: Mapping[str, object]) -> "LinearAnalyst":
        """It has no settings. Raises ``ModelMissing``."""
        return cls(LinearModel.read(MODEL))

    @property
    def name(self) -> str:
        return "linear"

    @property
    def waited_s(self) -> float:
        return 0.0  # it judges in the loop

    async def analyse(self, text: str, language: Language) -> Understanding:
        """A turn without words is OTHER with confidence 0, and neither glad nor angry."""
        spoken = dominant(text, language)
        if not any(letter.isalnum() for letter in text):
            return Understanding(Intent.OTHER, 0.0, spoken, 0.0)
        intent, confidence, sentiment = self._model.judge(text)
        return Understanding(intent, sentiment, spoken, confidence)

    async def close(self) -> None:
        """Nothing to release."""
