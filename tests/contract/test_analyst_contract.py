"""What every analyst must do."""

import time
from collections.abc import AsyncIterator

import pytest

from sipagent.config import ENGINES
from sipagent.engines import load
from sipagent.ports import Analyst, Intent
from sipagent.text.language import Language
from tests.contract.conftest import installed

EN, AR = Language.EN, Language.AR


@pytest.fixture(params=sorted(ENGINES["analyst"]))
async def analyst(request: pytest.FixtureRequest) -> AsyncIterator[Analyst]:
    with installed("analyst", request.param):
        engine = load("analyst", request.param, {})
    yield engine
    await engine.close()


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("how much is my electricity bill", EN, Intent.QUESTION),
        ("please cancel my subscription", EN, Intent.REQUEST),
        ("my internet is not working", EN, Intent.COMPLAINT),
        ("yes that's right", EN, Intent.CONFIRM),
        ("no thank you", EN, Intent.DENY),
        ("my account number is five five two", EN, Intent.INFORM),
        ("i want to speak to a human", EN, Intent.HUMAN),
        ("there is a fire in my building", EN, Intent.EMERGENCY),
        ("thank you goodbye", EN, Intent.SOCIAL),
        ("كم فاتورة الكهرباء", AR, Intent.QUESTION),
        ("أبغى ألغي الاشتراك", AR, Intent.REQUEST),
        ("النت مقطوع من الصبح", AR, Intent.COMPLAINT),
        ("إي نعم", AR, Intent.CONFIRM),
        ("لا ما أبغى", AR, Intent.DENY),
        ("رقم حسابي خمسة خمسة اثنين", AR, Intent.INFORM),
        ("أبغى أكلم موظف", AR, Intent.HUMAN),
        ("في حريق في البناية", AR, Intent.EMERGENCY),
        ("السلام عليكم", AR, Intent.SOCIAL),
        ("أبغى cancel my line", AR, Intent.REQUEST),
    ],
)
async def test_the_obvious_is_understood(
    analyst: Analyst, text: str, language: Language, intent: Intent
) -> None:
    assert (await analyst.analyse(text, language)).intent is intent


@pytest.mark.parametrize(
    ("angry", "calm", "delighted"),
    [
        (
            "this is outrageous you are all thieves",
            "what time do you open",
            "wonderful you have been amazing thank you so much",
        ),
        (
            "هذي مهزلة انتو حرامية وخدمتكم زفت",
            "متى تفتحون",
            "خدمة ممتازة مشكورين وايد ما قصرتوا",
        ),
    ],
)
async def test_anger_is_below_calm_and_delight_above(
    analyst: Analyst, angry: str, calm: str, delighted: str
) -> None:
    moods = [
        (await analyst.analyse(text, Language.EN)).sentiment for text in (angry, calm, delighted)
    ]
    assert moods[0] < -0.4 < moods[1] < 0.4 < moods[2]


async def test_a_denied_praise_is_no_praise(analyst: Analyst) -> None:
    praised = await analyst.analyse("i am happy with your service", EN)
    denied = await analyst.analyse("i am not happy with your service", EN)
    assert denied.sentiment < min(0, praised.sentiment)


@pytest.mark.parametrize("language", Language)
async def test_the_language_is_that_of_the_words_and_else_of_the_call(
    analyst: Analyst, language: Language
) -> None:
    assert (await analyst.analyse("how much is my bill", language)).language is EN
    assert (await analyst.analyse("كم الفاتورة عندكم", language)).language is AR
    assert (await analyst.analyse("5 5 0", language)).language is language


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "...",
        "؟",
        "🙂🙂",
        "\x00\ud800",
        "a",
        "x" * 100_000,
        "ok " * 20_000,
        "<script>",
        "5" * 999,
    ],
)
async def test_hostile_text_has_an_understanding_within_bounds(analyst: Analyst, text: str) -> None:
    found = await analyst.analyse(text, AR)
    assert -1 <= found.sentiment <= 1
    assert 0 <= found.confidence <= 1


@pytest.mark.parametrize("text", ["", "...", "🙂"])
async def test_of_a_turn_without_words_nothing_is_known(analyst: Analyst, text: str) -> None:
    found = await analyst.analyse(text, EN)
    assert (found.intent, found.sentiment, found.confidence) == (Intent.OTHER, 0, 0)


async def test_the_same_turn_is_understood_the_same_way(analyst: Analyst) -> None:
    one, other = [await analyst.analyse("where is my order", EN) for _ in range(2)]
    assert one == other


async def test_an_embedded_analyst_takes_no_time_that_a_caller_would_notice() -> None:
    embedded = load("analyst", "linear", {})
    await embedded.analyse("how much is my bill", EN)
    began = time.thread_time()
    for _ in range(50):
        await embedded.analyse("i would like to know when the engineer is coming please", EN)
    assert (time.thread_time() - began) / 50 < 0.005
