"""What each voice needs to speak in a test: a model of random weights, or a server on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.peers.speech_server import SpeechServer
from tests.peers.tiny_piper import make_voices


@asynccontextmanager
async def equipped(voice: str, folder: Path) -> AsyncIterator[dict[str, object]]:
    """The settings with which a voice of the table speaks, clause by clause; files go to folder.

    XTTS has its model, and PyTorch, in ``tests/models`` alone.
    """
    match voice:
        case "piper":
            yield make_voices(folder)
        case "openai-speech":
            async with SpeechServer() as server:
                yield {"url": server.url, "first_ms": 0}
        case "xtts":
            yield {"may_use_weights": True, "models_dir": folder}
        case _:
            yield {}
