"""Speech as a carrier delivers it, for tests of voices and ears."""

import audioop
from typing import Final

import numpy as np

from sipagent.ports import Speech, Voice
from sipagent.text.language import Language

TELEPHONE_HZ: Final = 8000


async def spoken(
    voice: Voice, text: str, language: Language, rate_hz: int = TELEPHONE_HZ
) -> list[Speech]:
    """The whole of what a voice says for a text."""
    return [speech async for speech in voice.speak(text, language, rate_hz)]


async def telephone(voice: Voice, text: str, language: Language) -> bytes:
    """The text as a caller's audio: a room's silence around it, mu-law there and back."""
    speeches = await spoken(voice, text, language)
    clean = np.concatenate([np.frombuffer(speech.pcm, "<i2") for speech in speeches])
    quiet = np.concatenate([np.zeros(1600), clean, np.zeros(2400)])
    room = np.random.default_rng(len(text)).standard_normal(len(quiet)) * 12
    return through_g711((quiet + room).astype("<i2").tobytes())


def through_g711(pcm: bytes) -> bytes:
    """What is left of int16 samples after mu-law (G.711)."""
    return audioop.ulaw2lin(audioop.lin2ulaw(pcm, 2), 2)
