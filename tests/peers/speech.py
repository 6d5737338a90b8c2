"""Words as a caller's RTP, spoken by the node's own voice."""

import asyncio
from functools import cache

from sipagent import engines
from sipagent.text.language import Language
from tests.peers.raw import RawCaller
from tests.peers.stream import Packet, Stream, packets

RATE_HZ = 8000


@cache
def spoken(text: str) -> list[Packet]:
    """``text`` in packets of 20 ms."""

    async def speak() -> bytes:
        voice = engines.load("voice", "espeak", {})
        return b"".join([part.pcm async for part in voice.speak(text, Language.EN, RATE_HZ)])

    return packets(asyncio.run(speak()))


def say(caller: RawCaller, text: str = "What are your opening hours?", ssrc: int = 0x5EED) -> None:
    """Say something, at the pace of speech, from the caller's RTP socket."""
    sound = spoken(text)
    with Stream(caller.rtp, caller.remote_rtp, sound, ssrc=ssrc) as stream:
        stream.wait(len(sound) / 50 + 5)
