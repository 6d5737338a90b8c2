"""The embedded speech model must not have heard what it is tested with."""

import random
import re
from pathlib import Path

import pytest
import yaml

from tools.speech_model import corpus, numbers, voices

DRAWS = 3000


@pytest.fixture(scope="module")
def drawn() -> list[corpus.Sentence]:
    rng = random.Random(7)
    drawer = corpus.Drawer(corpus.held_out_sentences())
    return [drawer.draw(rng) for _ in range(DRAWS)]


@pytest.mark.parametrize("language", corpus.LANGUAGES)
def test_a_training_voice_is_never_a_held_out_one(language: str) -> None:
    rng = random.Random(3)
    names = {voices.training_voice(language, rng).name for _ in range(DRAWS)}
    accents = {name.partition("+")[0] for name in names}
    variants = {name.partition("+")[2] for name in names}
    assert accents == set(voices.TRAINING_ACCENTS[language])
    assert not accents & voices.HELD_OUT_ACCENTS
    assert not variants & voices.HELD_OUT_VARIANTS
    assert len(variants) > 60


@pytest.mark.parametrize("language", corpus.LANGUAGES)
def test_a_test_voice_is_never_one_of_training(language: str) -> None:
    rng = random.Random(3)
    tested = [voices.held_out_voice(language, rng, turn) for turn in range(200)]
    assert {voice.variant for voice in tested} == voices.HELD_OUT_VARIANTS
    if language == "en":
        assert {voice.accent for voice in tested} > voices.HELD_OUT_ACCENTS


def test_held_out_sentences_are_read_from_the_frozen_file() -> None:
    held_out = corpus.held_out_sentences()
    assert len([text for text in held_out if len(text.split()) >= 2]) >= 160


def test_no_training_sentence_is_held_out(drawn: list[corpus.Sentence]) -> None:
    assert not {sentence.text for sentence in drawn} & corpus.held_out_sentences()


def test_a_held_out_sentence_is_drawn_again(drawn: list[corpus.Sentence]) -> None:
    """The guard itself: what would have been drawn is not, once it is held out."""
    common = {sentence.text for sentence in drawn[:200]}
    rng = random.Random(7)
    drawer = corpus.Drawer(frozenset(common))
    assert not {drawer.draw(rng).text for _ in range(DRAWS)} & common


def test_sentences_are_words_only(drawn: list[corpus.Sentence]) -> None:
    for sentence in drawn:
        assert re.fullmatch(r"[a-z ]+|[ء-ي ]+", sentence.text), sentence
        assert not re.search(r"\{\w*\}", sentence.spoken), sentence


def test_both_languages_and_orders_that_cannot_be_guessed(drawn: list[corpus.Sentence]) -> None:
    arabic = sum(sentence.language == "ar" for sentence in drawn) / DRAWS
    assert abs(arabic - corpus.ARABIC_SHARE) < 0.08
    assert len({sentence.text for sentence in drawn}) > 0.75 * DRAWS


def test_the_knowledge_base_is_part_of_the_corpus() -> None:
    words = set(corpus.Corpus("en").words)
    assert {"instalments", "deposit", "receipt"} <= words
    assert len(corpus.read_knowledge("ar")) > 60


@pytest.mark.parametrize(
    ("number", "english", "arabic"),
    [
        (0, "zero", "صفر"),
        (12, "twelve", "اثنا عشر"),
        (25, "twenty five", "خمسة وعشرون"),
        (150, "one hundred and fifty", "مئة وخمسون"),
        (1005, "one thousand and five", "ألف وخمسة"),
        (3500, "three thousand five hundred", "ثلاثة آلاف وخمسمئة"),
    ],
)
def test_numbers_are_spelled_as_the_voice_reads_them(
    number: int, english: str, arabic: str
) -> None:
    assert numbers.spell(number, "en") == english
    assert numbers.spell(number, "ar") == arabic


def test_the_scenarios_sentences_are_no_training_sentences() -> None:
    """The scenarios say that the recogniser was not trained on them."""
    rows = yaml.safe_load((Path(__file__).parent.parent / "scenarios/answers.yaml").read_text())
    said = {corpus.normalise(turn["say"]) for row in rows for turn in row["turns"]}
    rng = random.Random(11)
    drawer = corpus.Drawer(frozenset())
    assert not said & {drawer.draw(rng).text for _ in range(20_000)}
