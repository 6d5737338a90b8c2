"""What every voice must do that passes a clause on while it is still being made.

Not collected by itself: a file that imports ``*`` from here has a fixture ``streaming`` with the
voice. What all voices must do, these too, is in ``test_voice_contract``.
"""

import asyncio

import numpy as np
import pytest

from sipagent.ports import Speech, Voice
from sipagent.text.clauses import clauses
from sipagent.text.language import Language
from tests.contract.telephone import spoken

EN = "We repair an electricity fault within 3 hours, and the visit is free. It costs AED 25.50."
AR = "تغيير الاسم على الفاتورة يكلف في الفرع 55 درهما. احضر إلى أي فرع ومعك بطاقة الهوية."
MIXED = "شغل الراوتر ثم افتح Wi-Fi في التطبيق."
SAID = [(EN, Language.EN), (AR, Language.AR), (MIXED, Language.AR)]


def texts(pieces: list[Speech]) -> str:
    return " ".join(piece.text for piece in pieces if piece.text)


@pytest.mark.parametrize(("text", "language"), SAID)
async def test_the_pieces_hold_each_word_once_and_in_order(
    streaming: Voice, text: str, language: Language
) -> None:
    pieces = await spoken(streaming, text, language)
    assert " ".join(word.text for piece in pieces for word in piece.words) == text
    assert texts(pieces) == text
    for piece in pieces:
        edges = [edge for word in piece.words for edge in (word.start, word.end)]
        assert edges == sorted(edges)
        assert all(0 <= edge <= piece.samples for edge in edges)


@pytest.mark.parametrize(("text", "language"), SAID)
async def test_a_clause_ends_where_its_last_word_does(
    streaming: Voice, text: str, language: Language
) -> None:
    pieces = await spoken(streaming, text, language)
    ends = [clause.text.split()[-1] for clause in clauses(text, language)]
    pauses = [clause.pause_ms for clause in clauses(text, language)]
    for piece in pieces:
        if ends and piece.words and piece.words[-1].text.split()[-1] == ends[0]:
            assert piece.samples - piece.words[-1].end == pauses[0] * 8
            ends, pauses = ends[1:], pauses[1:]
    assert not ends


async def test_the_first_piece_sounds_at_once_and_long_before_its_clause_ends(
    streaming: Voice,
) -> None:
    [whole] = [EN.partition(",")[0] + ","]
    first, *rest = await spoken(streaming, whole, Language.EN)
    assert first.samples <= 8 * 600
    assert sum(piece.samples for piece in rest) > 0
    loud = np.abs(np.frombuffer(first.pcm, "<i2").astype(np.int32))
    assert int(np.argmax(loud > loud.max() / 100)) <= 160


@pytest.mark.parametrize("rate_hz", [8000, 16000, 24000])
async def test_pieces_last_as_long_at_any_rate(streaming: Voice, rate_hz: int) -> None:
    text = "please tell me your account number"
    at_8000 = await spoken(streaming, text, Language.EN)
    pieces = await spoken(streaming, text, Language.EN, rate_hz)
    assert {piece.rate_hz for piece in pieces} == {rate_hz}
    length_s = sum(piece.samples for piece in pieces) / rate_hz
    assert length_s == pytest.approx(sum(piece.samples for piece in at_8000) / 8000, abs=0.03)


async def test_pieces_of_calls_that_speak_at_once_do_not_mix(streaming: Voice) -> None:
    alone = [await spoken(streaming, text, language) for text, language in SAID]
    together = await asyncio.gather(*(spoken(streaming, text, language) for text, language in SAID))
    for one, same, (text, _) in zip(alone, together, SAID, strict=True):
        assert texts(same) == text
        length = sum(piece.samples for piece in one)
        assert sum(piece.samples for piece in same) == pytest.approx(length, rel=0.02)


async def test_a_reply_that_is_cut_after_its_first_piece_leaves_the_voice_able_to_speak(
    streaming: Voice,
) -> None:
    for _ in range(5):
        stream = streaming.speak(EN, Language.EN, 8000)
        assert (await anext(stream)).pcm
        await stream.aclose()  # type: ignore[attr-defined]
    assert texts(await spoken(streaming, "hello there", Language.EN)) == "hello there"
    assert streaming.waited_s == 0.0
