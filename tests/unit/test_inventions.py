"""What a recogniser made up is told from what was said."""

from dataclasses import replace

import pytest

from sipagent.engines.inventions import Evidence, Limits, invention

LIMITS = Limits(least_confidence=0.5, most_no_speech=0.6)


def said(text: str, confidence: float = 0.9) -> Evidence:
    """Speech at an ordinary pace, clearly heard."""
    return Evidence(text, confidence, no_speech=0.01, sounding_s=0.35 * len(text.split()) + 0.2)


def why(evidence: Evidence) -> str:
    return invention(evidence, LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        "I want to pay my bill",
        "No, no, no, no.",
        "agent agent agent agent agent",
        "hello hello hello",
        "لا لا لا لا",
        "الو الو الو الو الو",
        "zero five five five five five zero zero zero zero",
        "Five five five five.",
        "050 000 0000",
        "0 0 0 0 0 0 0 0",
        "خمسة خمسة خمسة خمسة خمسة خمسة",
        "واحد وعشرون واحد وعشرون واحد وعشرون واحد وعشرون",
        "my number is double zero double zero double zero seven seven seven seven",
        "I want an agent, I want an agent, I want an agent",
        "أبغى موظف أبغى موظف أبغى موظف",
        "Thank you very much.",
        "شكرا جزيلا",
        "مع السلامة",
        "thank you for watching over my father",
    ],
)
def test_what_people_say_to_a_company_is_said(text: str) -> None:
    assert why(said(text)) == ""


@pytest.mark.parametrize("text", ["", "  ", "...", "♪♪♪", "[ ]"])
def test_a_text_without_words_is_none(text: str) -> None:
    assert why(said(text)) == "no words"


def test_words_less_sure_than_the_limit_are_none() -> None:
    assert why(said("where is your branch", confidence=0.49)) == "unsure"
    assert why(said("where is your branch", confidence=0.51)) == ""


def test_a_likely_silence_is_none_unless_its_words_are_sure() -> None:
    evidence = replace(said("where is your branch", confidence=0.7), no_speech=0.7)
    assert why(evidence) == "no speech"
    assert why(replace(evidence, confidence=0.95)) == ""


@pytest.mark.parametrize(
    ("few", "most"),
    [
        (replace(said("where is your branch", 0.7), tonal=0.2), 0.95),
        (replace(said("where is your branch", 0.7), clicks=0.2), 0.95),
    ],
)
def test_words_in_tones_or_clicks_are_none_unless_they_are_quite_sure(
    few: Evidence, most: float
) -> None:
    tonal, clicks = (most if few.tonal else 0.0), (most if few.clicks else 0.0)
    assert why(few) == ""
    assert why(replace(few, tonal=tonal, clicks=clicks)) == "noise"
    assert why(replace(few, tonal=tonal, clicks=clicks, confidence=0.95)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "you you you you you you you you",
        "the bill the bill the bill the bill the bill",
        "and I'm going to go and I'm going to go and I'm going to go and I'm going to go",
        "no " * 12,
        "يجي يجي يجي يجي يجي يجي",
        "في هذا الفيديو في هذا الفيديو في هذا الفيديو في هذا الفيديو",
        "one bill " + "and so on " * 6,
    ],
)
def test_the_same_words_over_and_over_are_a_loop(text: str) -> None:
    assert why(said(text)) == "loops"


def test_a_long_text_that_says_little_is_a_loop() -> None:
    text = " ".join(f"it is the {word} of the thing that it is" for word in ("one", "two") * 6)
    assert why(said(text)) == "loops"


def test_an_ordinary_long_text_is_no_loop() -> None:
    text = (
        "hello I moved to a new apartment in Sharjah last week and the internet has not been"
        " working since then, I called twice, I was told that an engineer would come on Monday"
        " and nobody came, so I would like to know when somebody will come and whether I have"
        " to pay for the month in which I had no internet at all"
    )
    assert why(said(text)) == ""
    arabic = (
        "السلام عليكم انتقلت إلى شقة جديدة في الشارقة الأسبوع الماضي والإنترنت لا يعمل منذ ذلك"
        " الوقت واتصلت مرتين وقالوا لي إن المهندس سيأتي يوم الاثنين ولم يأت أحد فأريد أن أعرف"
        " متى سيأتي المهندس وهل يجب أن أدفع فاتورة الشهر الذي لم يكن عندي فيه إنترنت"
    )
    assert why(said(arabic)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "the weather today is nice and warm",
        "0501234567890",
        "أريد أن أتحدث مع موظف خدمة العملاء",
    ],
)
def test_more_than_can_be_said_in_the_time_was_not_said(text: str) -> None:
    assert why(replace(said(text), sounding_s=0.2)) == "too fast"
    assert why(replace(said(text), sounding_s=3.0)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!",
        "Thank you for watching. Please subscribe to my channel.",
        "Subtitles by the Amara.org community",
        "ترجمة نانسي قنقر",
        "اشتركوا في القناة",
        "شكراً للمشاهدة. اشتركوا في القناة!",
        "[Music]",
        "(موسيقى)",
    ],
)
def test_subtitles_of_films_are_none_unless_all_else_speaks_for_them(text: str) -> None:
    evidence = said(text, confidence=0.75)
    assert why(evidence) == "subtitles"
    assert why(replace(evidence, confidence=0.9, sounding_s=0.1 * len(text.split()))) != ""
    assert why(replace(evidence, confidence=0.9, sounding_s=2.0)) == ""


@pytest.mark.parametrize("text", ["Thank you.", "you", "شكرا", "Bye. Bye."])
def test_what_is_written_for_noise_and_said_too_depends_on_the_doubt(text: str) -> None:
    assert why(said(text, confidence=0.75)) == ""
    assert why(replace(said(text, confidence=0.75), no_speech=0.4)) == "for noise"
    assert why(said(text, confidence=0.55)) == "for noise"
    assert why(replace(said(text, confidence=0.75), sounding_s=0.05)) == "for noise"
