"""Whether a line carries anything worth the VAD's model. Owns no clock (D5).

Three quarters of a quiet call's cost were the model saying that nobody speaks. A window is
skipped only where it is weaker than any voice on a telephone and no stronger than the line's own
noise; on a line whose noise is louder than that, the model hears everything.
"""

import audioop
from typing import Final

VOICE_RMS: Final = 104  # -50 dBFS: soft speech on a telephone is around -40
ABOVE_NOISE: Final = 2.0  # 6 dB: noise varies less from window to window, speech more
SILENCE_RMS: Final = 8.0  # the smallest step of mu-law: less cannot be told from nothing
NOISE_WINDOWS: Final = 32  # the line's noise is the weakest window of the last one to two seconds
HANGOVER_WINDOWS: Final = 10  # a third of a second: gaps between words go to the model


class QuietLine:
    """One line's gate. Open at first: the noise of a new line is not known."""

    def __init__(self) -> None:
        self._weakest = self._weakest_before = float("inf")
        self._seen = 0
        self._open_for = HANGOVER_WINDOWS

    def is_quiet(self, window: bytes) -> bool:
        """Take the line's next window (int16); whether the model need not hear it."""
        rms = audioop.rms(window, 2)
        self._weakest = min(self._weakest, rms)
        noise = max(SILENCE_RMS, min(self._weakest, self._weakest_before))
        self._seen += 1
        if self._seen == NOISE_WINDOWS:
            self._weakest_before, self._weakest, self._seen = self._weakest, float("inf"), 0
        if rms > VOICE_RMS or rms > ABOVE_NOISE * noise:
            self._open_for = HANGOVER_WINDOWS
        else:
            self._open_for -= 1
        return self._open_for < 0
