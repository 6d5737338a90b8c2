"""What every voice must do."""

import asyncio

import numpy as np
import pytest
from numpy.typing import NDArray

from sipagent.ports import Speech, Voice
from sipagent.text.language import Language
from tests.contract.telephone import spoken

EN = "We repair an electricity fault within 3 hours, and the visit is free. It costs AED 25.50."
AR = "تغيير الاسم على الفاتورة يكلف في الفرع 55 درهما. احضر إلى أي فرع ومعك بطاقة الهوية."
MIXED = "شغل الراوتر ثم افتح Wi-Fi في التطبيق."
SAID = [(EN, Language.EN), (AR, Language.AR), (MIXED, Language.AR)]


def samples(speech: Speech) -> NDArray[np.int16]:
    return np.frombuffer(speech.pcm, "<i2")


@pytest.mark.parametrize(("text", "language"), SAID)
async def test_the_words_spoken_are_the_words_of_the_text(
    voice: Voice, text: str, language: Language
) -> None:
    speeches = await spoken(voice, text, language)
    words = " ".join(word.text for speech in speeches for word in speech.words)
    assert words == text
    assert " ".join(speech.text for speech in speeches) == text


@pytest.mark.parametrize(("text", "language"), SAID)
async def test_words_are_in_order_and_within_the_sound(
    voice: Voice, text: str, language: Language
) -> None:
    for speech in await spoken(voice, text, language):
        assert len(speech.pcm) % 2 == 0
        edges = [edge for word in speech.words for edge in (word.start, word.end)]
        assert edges == sorted(edges)
        assert edges[0] >= 0
        assert edges[-1] <= speech.samples


@pytest.mark.parametrize("rate_hz", [8000, 16000, 24000])
async def test_speech_lasts_as_long_at_any_rate(voice: Voice, rate_hz: int) -> None:
    [at_8000] = await spoken(voice, "please tell me your account number", Language.EN)
    [speech] = await spoken(voice, "please tell me your account number", Language.EN, rate_hz)
    assert speech.rate_hz == rate_hz
    assert speech.samples / rate_hz == pytest.approx(at_8000.samples / 8000, abs=0.03)


@pytest.mark.parametrize(("text", "language"), SAID)
async def test_level_is_even_and_nothing_clips(voice: Voice, text: str, language: Language) -> None:
    for speech in await spoken(voice, text, language):
        sound = samples(speech).astype(np.float64) / 32768
        assert np.abs(sound).max() < 0.95
        frames = sound[: len(sound) // 80 * 80].reshape(-1, 80)
        power = np.mean(frames**2, axis=1)
        active_db = 10 * np.log10(power[power > power.max() / 300].mean())
        assert active_db == pytest.approx(-20, abs=3)


@pytest.mark.parametrize(("text", "language"), SAID)
async def test_speech_begins_within_20_ms(voice: Voice, text: str, language: Language) -> None:
    for speech in await spoken(voice, text, language):
        sound = np.abs(samples(speech).astype(np.int32))
        assert int(np.argmax(sound > sound.max() / 100)) <= 0.020 * speech.rate_hz


@pytest.mark.parametrize("text", ["", "   ", "...", "؟", "\n\n"])
async def test_nothing_to_say_yields_nothing(voice: Voice, text: str) -> None:
    assert await spoken(voice, text, Language.EN) == []


async def test_calls_that_speak_at_once_do_not_mix(voice: Voice) -> None:
    alone = {text: await spoken(voice, text, language) for text, language in SAID}
    together = await asyncio.gather(*(spoken(voice, text, language) for text, language in SAID * 2))
    for (text, _), speeches in zip(SAID * 2, together, strict=True):
        for one, same in zip(speeches, alone[text], strict=True):
            assert one.text == same.text
            assert one.samples == pytest.approx(same.samples, rel=0.02)


async def test_the_first_clause_comes_before_the_rest_is_made(voice: Voice) -> None:
    stream = voice.speak(EN * 20, Language.EN, 8000)
    first = await anext(stream)
    assert EN.startswith(first.text)
    assert first.text != EN


async def test_a_cancelled_reply_leaves_the_voice_able_to_speak(voice: Voice) -> None:
    task = asyncio.create_task(spoken(voice, EN * 30, Language.EN))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(await spoken(voice, "hello there", Language.EN)) == 1
