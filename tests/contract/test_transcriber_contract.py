"""What every transcriber must do. Its ears are tested with the embedded voice through G.711."""

import asyncio

import numpy as np
import pytest

from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.ports import Transcriber, Utterance
from sipagent.text.language import Language
from tests.contract.telephone import TELEPHONE_HZ, telephone

BOTH = (Language.EN, Language.AR)
SENTENCES = [
    ("i want to speak to a human agent", Language.EN),
    ("what are your opening hours on friday", Language.EN),
    ("where is your branch in sharjah", Language.EN),
    ("how do i pay my electricity bill", Language.EN),
    ("أريد التحدث مع موظف", Language.AR),
    ("ما هي ساعات العمل يوم الجمعة", Language.AR),
    ("كم غرامة التأخير", Language.AR),
    ("مع السلامة", Language.AR),
]


def heard_as(pcm: bytes) -> Utterance:
    return Utterance(pcm, TELEPHONE_HZ, BOTH)


async def caller(text: str, language: Language) -> bytes:
    return await telephone(EspeakVoice(), text, language)


@pytest.mark.parametrize(("text", "language"), SENTENCES)
async def test_hears_a_sentence_and_its_language_through_g711(
    transcriber: Transcriber, text: str, language: Language
) -> None:
    heard = await transcriber.transcribe(heard_as(await caller(text, language)))
    assert (heard.text, heard.language) == (text, language)
    assert 0.5 < heard.confidence <= 1.0


async def test_only_allowed_languages_are_heard(transcriber: Transcriber) -> None:
    pcm = await caller("i want to speak to a human agent", Language.EN)
    heard = await transcriber.transcribe(Utterance(pcm, TELEPHONE_HZ, (Language.AR,)))
    assert heard.language is Language.AR


async def test_calls_heard_together_are_heard_as_alone(transcriber: Transcriber) -> None:
    said = [await caller(text, language) for text, language in SENTENCES]
    together = await asyncio.gather(*(transcriber.transcribe(heard_as(pcm)) for pcm in said))
    assert [one.text for one in together] == [text for text, _ in SENTENCES]


async def test_speech_longer_than_the_window_is_heard_whole(transcriber: Transcriber) -> None:
    parts = [await caller(text, language) for text, language in SENTENCES[:4]]
    pcm = b"".join(parts)
    assert len(pcm) > 2 * TELEPHONE_HZ * 9
    heard = await transcriber.transcribe(heard_as(pcm))
    assert heard.text == " ".join(text for text, _ in SENTENCES[:4])


def noises() -> dict[str, bytes]:
    random = np.random.default_rng(5)
    time = np.arange(2 * TELEPHONE_HZ)
    sounds = {
        "digital silence": np.zeros(len(time)),
        "line noise": random.standard_normal(len(time)) * 8,
        "loud noise": random.standard_normal(len(time)) * 1500,
        "dial tone": np.sin(time * 2 * np.pi * 425 / TELEPHONE_HZ) * 6000,
        "hum": np.sign(np.sin(time * 2 * np.pi * 50 / TELEPHONE_HZ)) * 3000,
        "a click": (time == 800) * 30000,
        "too short": np.ones(200) * 5000,
        "nothing": np.zeros(0),
    }
    return {name: sound.astype("<i2").tobytes() for name, sound in sounds.items()}


@pytest.mark.parametrize("name", noises())
async def test_sound_without_speech_gives_no_text(transcriber: Transcriber, name: str) -> None:
    heard = await transcriber.transcribe(heard_as(noises()[name]))
    assert heard.text == ""
    assert heard.confidence == 0.0


async def test_a_caller_who_hangs_up_does_not_disturb_the_others(transcriber: Transcriber) -> None:
    pcm = await caller(*SENTENCES[0])
    left = asyncio.create_task(transcriber.transcribe(heard_as(pcm)))
    await asyncio.sleep(0)
    left.cancel()
    heard = await transcriber.transcribe(heard_as(pcm))
    assert heard.text == SENTENCES[0][0]
