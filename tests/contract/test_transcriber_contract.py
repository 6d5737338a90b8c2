"""What every transcriber must do. Its ears are tested with the embedded voice through G.711."""

import asyncio

import numpy as np
import pytest

from sipagent.dialog.agreement import LocalAgreement
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.ports import Transcriber, Utterance
from sipagent.text.language import Language
from tests.contract.sounds import noise, sounds
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


@pytest.mark.parametrize(
    ("text", "name", "language"),
    [
        ("i have a question about smart saver", "Smart Saver", Language.EN),
        ("عندي سؤال عن خليفة", "خليفة", Language.AR),
    ],
)
async def test_a_name_of_the_tenant_is_written_as_the_tenant_writes_it(
    transcriber: Transcriber, text: str, name: str, language: Language
) -> None:
    pcm = await caller(text, language)
    names = (name, "Marina Tower", "البرشاء")
    heard = await transcriber.transcribe(Utterance(pcm, TELEPHONE_HZ, BOTH, names))
    assert heard.text == text.replace(name.lower(), name)


async def test_names_do_not_change_what_has_none(transcriber: Transcriber) -> None:
    names = ("Smart Saver", "Khalifa", "Marina Tower", "البرشاء", "خليفة")
    for text, language in SENTENCES:
        pcm = await caller(text, language)
        heard = await transcriber.transcribe(Utterance(pcm, TELEPHONE_HZ, BOTH, names))
        assert heard.text == text


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


SOUNDS = sounds()


@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize("name", SOUNDS)
async def test_sound_without_speech_gives_no_text(
    transcriber: Transcriber, name: str, final: bool
) -> None:
    utterance = Utterance(SOUNDS[name], TELEPHONE_HZ, BOTH, final=final)
    heard = await transcriber.transcribe(utterance)
    assert (heard.text, heard.confidence) == ("", 0.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my account number is five five five five two", Language.EN),
        ("zero five zero zero zero zero", Language.EN),
        ("رقم الحساب خمسة خمسة خمسة خمسة", Language.AR),
    ],
)
async def test_a_digit_may_be_said_four_times(
    transcriber: Transcriber, text: str, language: Language
) -> None:
    heard = await transcriber.transcribe(heard_as(await caller(text, language)))
    digit = text.split()[-3]
    assert heard.text.split().count(digit) >= 3
    assert heard.confidence > 0.5


async def test_words_heard_badly_are_less_sure(transcriber: Transcriber) -> None:
    pcm = np.frombuffer(await caller(*SENTENCES[1]), "<i2").astype(np.float64)
    clear = await transcriber.transcribe(heard_as(pcm.astype("<i2").tobytes()))
    hiss = noise(len(pcm) / TELEPHONE_HZ, 0.35 * float(pcm.std()), 9)[: len(pcm)]
    noisy = await transcriber.transcribe(heard_as((pcm + hiss).astype("<i2").tobytes()))
    assert 0.0 <= noisy.confidence < clear.confidence <= 1.0


@pytest.mark.parametrize(("text", "language"), SENTENCES)
async def test_words_of_growing_speech_settle_and_stay(
    transcriber: Transcriber, text: str, language: Language
) -> None:
    """Looked at every 250 ms, what two looks agree on is what was said, but for the end of a
    word that was still being spoken."""
    pcm, agreement, step = await caller(text, language), LocalAgreement(), TELEPHONE_HZ // 4 * 2
    for end in range(step, len(pcm) + step, step):
        utterance = Utterance(pcm[:end], TELEPHONE_HZ, BOTH, final=False)
        agreed = agreement.feed((await transcriber.transcribe(utterance)).text)
        committed = agreed.committed.split()
        assert committed[:-1] == text.split()[: len(committed)][:-1]
        assert text.startswith(agreed.committed)
    assert len(agreed.committed.split()) >= len(text.split()) - 1


async def test_a_caller_who_hangs_up_does_not_disturb_the_others(transcriber: Transcriber) -> None:
    pcm = await caller(*SENTENCES[0])
    left = asyncio.create_task(transcriber.transcribe(heard_as(pcm)))
    await asyncio.sleep(0)
    left.cancel()
    heard = await transcriber.transcribe(heard_as(pcm))
    assert heard.text == SENTENCES[0][0]
