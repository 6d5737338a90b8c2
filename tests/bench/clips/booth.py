"""Speakers and what they say, as sounds. Knows the voice only by its public call."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from sipagent.config import EspeakSettings
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.text.language import Language
from tests.bench.clips.sound import FULL, RATE_HZ, Sound, faded, trimmed
from tests.bench.clips.spec import Cast

# fmt: off
ASKING: Final = {
    Language.EN: frozenset({
        "what", "how", "where", "when", "who", "whose", "which", "why", "is", "are", "do", "does",
        "did", "can", "could", "may", "will", "would",
    }),
    Language.AR: frozenset({
        "كم", "متى", "وين", "أين", "ليش", "شو", "هل", "كيف", "منو", "أي", "ممكن", "ينفع", "لين",
    }),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice of espeak-ng with the pace and pitch of one person."""

    voice: str
    language: Language
    words_per_minute: int
    pitch: int

    def slower(self, share: float) -> "Speaker":
        pace = max(80, round(self.words_per_minute * share))
        return Speaker(self.voice, self.language, pace, self.pitch)

    @property
    def settings(self) -> EspeakSettings:
        pace = self.words_per_minute
        if self.language is Language.AR:
            return EspeakSettings(arabic=self.voice, arabic_words_per_minute=pace, pitch=self.pitch)
        return EspeakSettings(english=self.voice, words_per_minute=pace, pitch=self.pitch)


def speakers(cast: Cast, language: Language, seed: int) -> tuple[Speaker, ...]:
    """The people of a language, the same ones for a seed; each variant comes equally often."""
    rng = np.random.default_rng([seed, len(language.value), ord(language.value[0])])
    return tuple(
        Speaker(
            voice=f"{rng.choice(cast.accents[language])}+{cast.variants[n % len(cast.variants)]}",
            language=language,
            words_per_minute=round(float(rng.uniform(*cast.words_per_minute))),
            pitch=round(float(rng.uniform(*cast.pitch))),
        )
        for n in range(cast.each)
    )


def intoned(text: str, language: Language, goes_on: bool = False) -> str:
    """The text with the mark that gives it its tune: it goes on, asks, or is over."""
    if text[-1] in ".?!؟":
        return text
    if goes_on:
        return text + ("،" if language is Language.AR else ",")
    if text.split()[0].lower() in ASKING[language]:
        return text + ("؟" if language is Language.AR else "?")
    return text + "."


@dataclass(slots=True)
class Booth:
    """Says texts. One voice of each speaker is kept until :meth:`close`."""

    _voices: dict[Speaker, EspeakVoice] = field(default_factory=dict)

    async def say(self, speaker: Speaker, text: str) -> Sound:
        """The text without silence around it. Raises ``ValueError`` where nothing sounds."""
        if speaker not in self._voices:
            self._voices[speaker] = EspeakVoice(speaker.settings)
        voice = self._voices[speaker]
        clauses = [one.pcm async for one in voice.speak(text, speaker.language, RATE_HZ)]
        sound = np.frombuffer(b"".join(clauses), "<i2").astype(np.float64) / FULL
        if not np.any(sound):
            raise ValueError(f"{speaker.voice} says nothing for {text!r}")
        return faded(trimmed(sound), 3)

    async def close(self) -> None:
        for voice in self._voices.values():
            await voice.close()
        self._voices.clear()
