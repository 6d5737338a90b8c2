"""A voice behind an OpenAI-compatible server: what it asks, what it plays, what it survives."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from pydantic import ValidationError

from sipagent.config.voices import OpenAiSpeechSettings
from sipagent.engines.tts_openai import OpenAiSpeech
from sipagent.errors import ConfigError, EngineError
from sipagent.ports import Speech
from sipagent.text.language import Language
from tests.contract.telephone import spoken
from tests.contract.voice_streams import *  # noqa: F403  # the suite runs here
from tests.contract.voice_streams import EN, MIXED, texts
from tests.peers.speech_server import Behaviour, Fault, SpeechServer

SHORT = "please tell me your account number"
CLAUSE_S = 2.05  # of SHORT


@pytest.fixture
async def server() -> AsyncIterator[SpeechServer]:
    async with SpeechServer() as serving:
        yield serving


@asynccontextmanager
async def voice_at(server: SpeechServer, **settings: object) -> AsyncIterator[OpenAiSpeech]:
    engine = OpenAiSpeech.from_settings({"url": server.url, **settings})
    try:
        yield engine
    finally:
        await engine.close()


@pytest.fixture
async def streaming(server: SpeechServer) -> AsyncIterator[OpenAiSpeech]:
    async with voice_at(server, first_sound_s=3.0, sound_s=3.0) as engine:
        yield engine


async def once(server: SpeechServer, text: str, **settings: object) -> list[Speech]:
    """What a fresh voice with these settings says."""
    language = Language.AR if text == MIXED else Language.EN
    async with voice_at(server, **settings) as engine:
        return await spoken(engine, text, language)


# ---------------------------------------------------------------------- what it asks


async def test_a_request_is_what_openai_s_api_takes(server: SpeechServer) -> None:
    await once(server, SHORT, model="m", english="e", api_key="secret")
    [request] = server.requests
    assert request.path == "/v1/audio/speech"
    assert request.headers["authorization"] == "Bearer secret"
    assert request.body == {"model": "m", "input": SHORT, "voice": "e", "response_format": "pcm"}


async def test_without_a_key_none_is_sent(server: SpeechServer) -> None:
    await once(server, SHORT)
    assert "authorization" not in server.requests[0].headers


async def test_a_mixed_clause_is_asked_for_language_by_language(server: SpeechServer) -> None:
    await once(server, MIXED, english="e", arabic="a", language_field="language")
    asked = [(one.body["voice"], one.body["language"]) for one in server.requests]
    assert asked == [("a", "ar"), ("e", "en"), ("a", "ar")]


async def test_a_server_that_reads_both_languages_gets_the_whole_clause(
    server: SpeechServer,
) -> None:
    pieces = await once(server, MIXED, split_languages=False, arabic="a")
    [request] = server.requests
    assert request.body["voice"] == "a"
    assert "Wi-Fi" in request.body["input"]
    assert texts(pieces) == MIXED


async def test_an_operator_s_fields_are_sent_by_language(server: SpeechServer) -> None:
    await once(
        server,
        MIXED,
        extra={"exaggeration": 0.4, "cfg_weight": 0.5},
        arabic_extra={"exaggeration": 0.3},
    )
    arabic, english, _ = (one.body for one in server.requests)
    assert (arabic["exaggeration"], english["exaggeration"]) == (0.3, 0.4)
    assert english["cfg_weight"] == 0.5


@pytest.mark.parametrize("field", ["input", "voice", "model"])
def test_the_fields_that_we_write_are_ours(field: str) -> None:
    with pytest.raises(ValidationError, match="written by sipagent itself"):
        OpenAiSpeechSettings(extra={field: "x"})


@pytest.mark.parametrize("url", ["speech.local/v1", "ftp://speech.local", "http://a:b@c/v1"])
def test_an_address_that_is_none_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        OpenAiSpeechSettings(url=url)


def test_a_key_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPEECH_KEY", raising=False)
    with pytest.raises(ConfigError, match="the environment has no SPEECH_KEY"):
        OpenAiSpeech(OpenAiSpeechSettings(api_key_variable="SPEECH_KEY"))
    monkeypatch.setenv("SPEECH_KEY", "secret")
    assert OpenAiSpeech(OpenAiSpeechSettings(api_key_variable="SPEECH_KEY")).name


# ---------------------------------------------------------------------- what it plays


async def test_the_first_sound_is_passed_on_before_the_server_has_made_the_rest(
    server: SpeechServer, streaming: OpenAiSpeech
) -> None:
    """The server sends 20 ms of sound every 20 ms, 120 ms of silence first."""
    server.behaviour = Behaviour(chunk_bytes=960, chunk_s=0.02)
    began = time.monotonic()
    stream = streaming.speak(SHORT, Language.EN, 8000)
    first = await anext(stream)
    took_s = time.monotonic() - began
    sent_s = server.requests[0].sent_bytes / 48_000
    assert first.samples <= 8 * 140
    assert sent_s < 0.35
    assert took_s < CLAUSE_S / 2
    rest = [piece async for piece in stream]
    assert texts([first, *rest]) == SHORT


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(rate_hz=16000, wav=True),
        Behaviour(rate_hz=44100, wav=True, stereo=True),
        Behaviour(rate_hz=22050, wav=True, floats=True),
        Behaviour(rate_hz=24000, wav=True, wav_length=0xFFFFFFFF),
        Behaviour(rate_hz=16000, content_type="audio/L16; rate=16000; channels=1"),
        Behaviour(rate_hz=24000, chunk_bytes=7),
        Behaviour(rate_hz=24000, chunk_bytes=1_000_000),
        Behaviour(rate_hz=24000, content_type="application/octet-stream"),
    ],
    ids=lambda how: f"{how.content_type}-{how.rate_hz}-{how.wav}-{how.chunk_bytes}",
)
async def test_any_rate_and_form_of_sound_lasts_as_long(
    server: SpeechServer, behaviour: Behaviour
) -> None:
    server.behaviour = behaviour
    pieces = await once(server, "account number")
    length_ms = sum(piece.samples for piece in pieces) / 8
    assert length_ms == pytest.approx(13 * 60 + 30 + 30 + 70, abs=25)


async def test_bare_pcm_without_a_rate_has_the_rate_of_the_settings(server: SpeechServer) -> None:
    server.behaviour = Behaviour(rate_hz=48000)
    pieces = await once(server, "account number", pcm_rate_hz=48000)
    assert sum(piece.samples for piece in pieces) / 8 == pytest.approx(910, abs=25)


async def test_whole_clauses_are_one_piece_each(server: SpeechServer) -> None:
    pieces = await once(server, EN, first_ms=0)
    assert [piece.text for piece in pieces] == [
        "We repair an electricity fault within 3 hours,",
        "and the visit is free.",
        "It costs AED 25.50.",
    ]


async def test_quiet_and_loud_servers_sound_alike(server: SpeechServer) -> None:
    levels = []
    for level in (0.01, 0.5):
        server.behaviour = Behaviour(level=level)
        [piece] = await once(server, SHORT, first_ms=0)
        sound = np.frombuffer(piece.pcm, "<i2") / 32768
        levels.append(10 * np.log10(np.mean(sound**2)))
    assert levels[0] == pytest.approx(levels[1], abs=1.5)


async def test_pace_of_a_clause_reaches_the_server(server: SpeechServer) -> None:
    await once(server, '<prosody rate="80%">please tell me your number</prosody>')
    assert server.requests[0].body["speed"] == pytest.approx(0.8)


# ---------------------------------------------------------------------- what it survives


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault.REFUSES, "answers 500"),
        (Fault.HANGS, "no sound in time"),
        (Fault.GARBAGE, "text/html in place of sound"),
        (Fault.EMPTY, "no audible sound"),
        (Fault.SILENT, "no audible sound"),
        (Fault.ENDLESS, "over 3 s of sound"),
        (Fault.BROKEN_WAV, "cannot be played"),
    ],
)
async def test_a_fault_is_an_engine_error_that_says_what(
    server: SpeechServer, fault: Fault, why: str
) -> None:
    server.behaviour = Behaviour(fault)
    with pytest.raises(EngineError, match=why):
        await once(server, SHORT, first_sound_s=0.3, longest_s=3.0, first_ms=0)


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (Behaviour(Fault.CUTS), "the connection broke"),
        (Behaviour(Fault.STALLS), "no sound in time"),
        (Behaviour(Fault.SHORT_WAV, wav=True), "bytes early"),
    ],
    ids=lambda one: one.fault if isinstance(one, Behaviour) else "",
)
async def test_what_came_before_a_stream_broke_was_passed_on(
    server: SpeechServer, behaviour: Behaviour, why: str
) -> None:
    server.behaviour = behaviour
    heard: list[Speech] = []

    async with voice_at(server, sound_s=0.3) as engine:
        with pytest.raises(EngineError, match=why):
            await gather_into(heard, engine)
    assert sum(piece.samples for piece in heard) >= 8 * 200
    assert SHORT.startswith(texts(heard))
    assert texts(heard) != SHORT


async def gather_into(heard: list[Speech], voice: OpenAiSpeech) -> None:
    async for piece in voice.speak(SHORT, Language.EN, 8000):
        heard.append(piece)  # noqa: PERF401  # those before an error count


async def test_an_absurd_rate_is_refused(server: SpeechServer) -> None:
    server.behaviour = Behaviour(content_type="audio/pcm; rate=1")
    with pytest.raises(EngineError, match="sound at 1 Hz"):
        await once(server, SHORT)


async def test_an_error_repeats_nothing_of_what_was_to_be_said(server: SpeechServer) -> None:
    server.behaviour = Behaviour(Fault.REFUSES)
    with pytest.raises(EngineError) as caught:
        await once(server, SHORT)
    assert "account" not in str(caught.value)


async def test_a_server_that_is_not_there_is_an_engine_error(server: SpeechServer) -> None:
    async with voice_at(server) as engine:
        await server.__aexit__(None, None, None)
        with pytest.raises(EngineError, match="cannot be reached"):
            await spoken(engine, SHORT, Language.EN)
        assert engine.waited_s == 0.0


async def test_a_server_that_failed_once_is_asked_again(
    server: SpeechServer, streaming: OpenAiSpeech
) -> None:
    server.behaviour = Behaviour(Fault.REFUSES)
    with pytest.raises(EngineError):
        await spoken(streaming, SHORT, Language.EN)
    server.behaviour = Behaviour()
    assert texts(await spoken(streaming, SHORT, Language.EN)) == SHORT


@pytest.mark.parametrize("how", ["closed", "cancelled"])
async def test_a_reply_that_nobody_wants_closes_its_stream(
    server: SpeechServer, streaming: OpenAiSpeech, how: str
) -> None:
    server.behaviour = Behaviour(chunk_bytes=480, chunk_s=0.01)
    stream = streaming.speak(SHORT, Language.EN, 8000)
    if how == "closed":
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
    else:
        task = asyncio.create_task(spoken(streaming, SHORT, Language.EN))
        await server.asked.wait()
        await server.requests[0].begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(2):
        await server.requests[0].over.wait()
    assert server.requests[0].abandoned
    assert server.requests[0].sent_bytes < 48_000 * CLAUSE_S / 2


async def test_while_nothing_has_come_the_caller_s_wait_is_told(
    server: SpeechServer, streaming: OpenAiSpeech
) -> None:
    server.behaviour = Behaviour(first_s=0.3)
    task = asyncio.create_task(spoken(streaming, SHORT, Language.EN))
    await asyncio.sleep(0.15)
    waited_s = streaming.waited_s
    await task
    assert 0.05 < waited_s < 0.3
    assert streaming.waited_s == 0.0


async def test_no_more_requests_run_at_once_than_the_settings_allow(server: SpeechServer) -> None:
    server.behaviour = Behaviour(first_s=0.05)
    async with voice_at(server, connections=2) as engine:
        await asyncio.gather(*(spoken(engine, "account number", Language.EN) for _ in range(6)))
    assert len(server.requests) == 6
    assert server.most_at_once == 2
