"""How the embedded voice follows the marks of a text."""

import numpy as np
import pytest

from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.ports import Speech
from sipagent.text.language import Language

RATE_HZ = 8000
TEXT = "please tell me your account number"


async def spoken(text: str, language: Language = Language.EN) -> list[Speech]:
    return [speech async for speech in EspeakVoice().speak(text, language, RATE_HZ)]


async def length_ms(text: str) -> float:
    return sum(speech.samples for speech in await spoken(text)) * 1000 / RATE_HZ


@pytest.mark.parametrize(("rate", "pace"), [("80%", 0.8), ("slow", 0.8), ("120%", 1.2)])
async def test_pace_changes_how_long_words_last(rate: str, pace: float) -> None:
    plain, marked = await length_ms(TEXT), await length_ms(f'<prosody rate="{rate}">{TEXT}')
    assert marked == pytest.approx(plain / pace, rel=0.12)


async def test_a_break_is_silence_of_its_length_behind_the_words() -> None:
    [plain] = await spoken("hello there.")
    first, second = await spoken('hello there.<break time="900ms"/> goodbye.')
    assert first.samples - plain.samples == (900 - 160) * RATE_HZ // 1000
    silence = np.frombuffer(first.pcm, "<i2")[-900 * RATE_HZ // 1000 :]
    assert not silence.any()
    assert first.words[-1].end == first.samples - len(silence)
    assert [word.text for word in first.words] == ["hello", "there."]
    assert second.text == "goodbye."


async def test_emphasis_is_heard_and_changes_no_word() -> None:
    [plain] = await spoken("the office is closed")
    before, weighted = await spoken("the office is <emphasis>closed</emphasis>")
    assert [word.text for word in (*before.words, *weighted.words)] == [
        word.text for word in plain.words
    ]
    [alone] = await spoken("closed")
    assert weighted.samples > alone.samples
    assert weighted.pcm != alone.pcm


async def test_a_known_style_changes_the_sound_and_an_unknown_one_does_not() -> None:
    [plain] = await spoken(TEXT)
    [calm] = await spoken(f'<style name="calm">{TEXT}</style>')
    [odd] = await spoken(f'<style name="yodelling">{TEXT}</style>')
    assert calm.samples > plain.samples * 1.05
    assert odd.samples == pytest.approx(plain.samples, rel=0.02)


async def test_a_manner_does_not_stay_behind_for_the_next_caller() -> None:
    [plain] = await spoken(TEXT)
    await spoken(f'<prosody rate="x-fast"><emphasis><style name="urgent">{TEXT}')
    [again] = await spoken(TEXT)
    assert again.samples == pytest.approx(plain.samples, rel=0.02)


async def test_what_is_written_is_in_the_record_and_what_is_said_is_heard() -> None:
    text = 'رصيدك AED 25.50 ورمزك <say-as interpret-as="digits">12</say-as>'
    [speech] = await spoken(text, Language.AR)
    assert [word.text for word in speech.words] == ["رصيدك", "AED 25.50", "ورمزك", "12"]
    assert speech.text == "رصيدك AED 25.50 ورمزك 12"


async def test_broken_text_is_spoken_as_far_as_it_can_be() -> None:
    for text in ("\ud800 hello", "hello <break", "\u202ehello", "hello " + "🙂" * 50):
        assert await spoken(text)
