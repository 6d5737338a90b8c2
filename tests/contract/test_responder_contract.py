"""What every responder must do."""

import pytest

from sipagent.errors import EngineError
from sipagent.knowledge.documents import Document
from sipagent.ports import (
    Exchange,
    Question,
    ReplyPart,
    Responder,
    Sentence,
    Unknown,
    Wanted,
    Wish,
)
from sipagent.text.language import Language
from tests.contract.conftest import TENANT


async def reply(
    responder: Responder, text: str, language: Language, history: tuple[Exchange, ...] = ()
) -> list[ReplyPart]:
    question = Question(TENANT, text, language, history)
    return [part async for part in responder.respond(question)]


@pytest.mark.parametrize(
    ("text", "language", "document", "fact"),
    [
        ("how much is the late payment fee", Language.EN, "late-payment.en.md", "20 dirhams"),
        ("where is your branch in sharjah", Language.EN, "branches.en.md", "Library Street"),
        ("كم غرامة التأخير", Language.AR, "late-payment.ar.md", "20 درهما"),
        ("وين فرعكم في الشارقة", Language.AR, "branches.ar.md", "شارع المكتبة"),
    ],
)
async def test_answers_from_the_tenants_documents_and_names_the_source(
    responder: Responder,
    documents: tuple[Document, ...],
    text: str,
    language: Language,
    document: str,
    fact: str,
) -> None:
    parts = await reply(responder, text, language)
    sentences = [part for part in parts if isinstance(part, Sentence)]
    assert len(sentences) == len(parts)
    assert all(sentence.language is language for sentence in sentences)
    assert fact in " ".join(sentence.text for sentence in sentences)
    known = {
        (one.name, section.heading, sentence)
        for one in documents
        for section in one.sections
        for sentence in section.sentences
    }
    sources = [source for sentence in sentences for source in sentence.sources]
    assert sources[0].document == document
    assert {(one.document, one.section, one.sentence) for one in sources} <= known


@pytest.mark.parametrize(
    ("text", "language", "wish"),
    [
        ("i want to speak to a human agent", Language.EN, Wish.HUMAN),
        ("can you repeat that please", Language.EN, Wish.REPEAT),
        ("arabic please", Language.EN, Wish.OTHER_LANGUAGE),
        ("thank you goodbye", Language.EN, Wish.GOODBYE),
        ("أريد التحدث مع موظف", Language.AR, Wish.HUMAN),
        ("أعد من فضلك", Language.AR, Wish.REPEAT),
        ("ممكن نتكلم انجليزي", Language.AR, Wish.OTHER_LANGUAGE),
        ("مع السلامة", Language.AR, Wish.GOODBYE),
    ],
)
async def test_a_wish_is_the_only_part_of_a_reply(
    responder: Responder, text: str, language: Language, wish: Wish
) -> None:
    assert await reply(responder, text, language) == [Wanted(wish)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("will it rain tomorrow", Language.EN),
        ("who won the match last night", Language.EN),
        ("كيف الطقس اليوم", Language.AR),
        ("قل لي نكتة", Language.AR),
        ("", Language.EN),
    ],
)
async def test_what_the_tenant_does_not_know_is_unknown(
    responder: Responder, text: str, language: Language
) -> None:
    assert await reply(responder, text, language) == [Unknown()]


async def test_a_question_may_lean_on_the_one_before_it(responder: Responder) -> None:
    before = Exchange("how much is the deposit for an apartment", "1000 dirhams.")
    parts = await reply(responder, "and for a villa", Language.EN, (before,))
    assert any(isinstance(part, Sentence) and "2000 dirhams" in part.text for part in parts)


async def test_an_unknown_question_is_not_answered_by_the_one_before_it(
    responder: Responder,
) -> None:
    before = Exchange("how much is the deposit for an apartment", "1000 dirhams.")
    assert await reply(responder, "tell me a joke", Language.EN, (before,)) == [Unknown()]


async def test_a_tenant_without_knowledge_is_an_engine_error(responder: Responder) -> None:
    with pytest.raises(EngineError):
        async for _ in responder.respond(Question("stranger", "hello", Language.EN)):
            pass
