"""The small classifier: its features, its file, its training turns."""

import math
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from sipagent.engines.analyst_linear import MODEL, LinearModel
from sipagent.engines.turn_features import BUCKETS, features, mood
from sipagent.errors import ModelMissing
from sipagent.ports import Intent
from sipagent.text.words import words
from tools.turn_analyst.corpus import draw, load, split
from tools.turn_analyst.evaluate import Row, keywords, macro_f1
from tools.turn_analyst.train import matrix, model_of

SEED = 4


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return LinearModel.read(MODEL)


def test_the_model_is_smaller_than_a_mebibyte() -> None:
    assert MODEL.stat().st_size < 1 << 20


def test_features_are_the_same_in_every_process() -> None:
    buckets = features("okay كم الفاتورة").buckets.tolist()
    names = ("w:okay", "w:كم", "w:فاتوره", "p:^ okay", "c:_oka", "#asks", "#length:3")
    assert {zlib.crc32(name.encode()) % BUCKETS for name in names} <= set(buckets)
    assert len(buckets) == len(set(buckets))
    assert max(buckets) < BUCKETS


def test_spelling_that_arabic_writers_vary_makes_no_difference() -> None:
    one, other = features("أبغى إلغاء الباقة ٥"), features("ابغي الغاء الباقه 5")
    assert sorted(one.buckets) == sorted(other.buckets)


@pytest.mark.parametrize("text", ["", "...", "🙂", "\x00", "x" * 100_000, "ok " * 20_000])
def test_hostile_text_has_features(text: str) -> None:
    assert len(features(text).buckets) > 0


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("i am happy", {"good": 1}),
        ("i am not happy", {"bad": 1}),
        ("no problem", {}),
        ("this is outrageous you thieves", {"furious": 2}),
        ("مب زين", {"bad": 1}),
        ("خدمة ممتازة", {"delighted": 1}),
        ("how much is it", {}),
    ],
)
def test_a_negation_turns_mood_round(text: str, counts: dict[str, int]) -> None:
    assert mood(words(text)) == counts


def test_a_missing_model_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"no turn analyst at .*none\.npz"):
        LinearModel.read(tmp_path / "none.npz")


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    small = LinearModel(np.zeros((8, 11), np.float16), np.zeros(11), 1.0, tuple(Intent))
    small.write(tmp_path / "small.npz")
    with pytest.raises(ModelMissing, match="train it again"):
        LinearModel.read(tmp_path / "small.npz")


def test_a_model_reads_back_as_it_was_written(model: LinearModel, tmp_path: Path) -> None:
    model.write(tmp_path / "again.npz")
    text = "i want to cancel my line"
    assert LinearModel.read(tmp_path / "again.npz").judge(text) == model.judge(text)


def test_the_shipped_model_learned_its_own_lines(model: LinearModel) -> None:
    turns = [turn for turn in draw(load(), SEED) if turn.plain]
    right = np.mean([model.judge(turn.text)[0] is turn.intent for turn in turns])
    assert right > 0.9


def test_the_corpus_is_wide_and_the_same_for_a_seed() -> None:
    turns = draw(load(), SEED)
    assert turns == draw(load(), SEED) or any(math.isnan(turn.sentiment) for turn in turns)
    assert [turn.text for turn in turns] == [turn.text for turn in draw(load(), SEED)]
    lines = Counter((turn.intent, turn.language) for turn in turns if turn.plain)
    assert len({turn.line for turn in turns}) >= 1500
    assert all(lines[intent, language] >= 80 for intent in Intent for language in ("en", "ar"))
    assert all(lines[intent, "mixed"] >= 5 for intent in Intent)


def test_turns_of_one_line_stay_on_one_side_of_a_split() -> None:
    parts = split(draw(load(), SEED), 5, SEED)
    lines = [{turn.line for turn in part} for part in parts]
    assert sum(map(len, lines)) == len(set().union(*lines))


def test_training_is_deterministic_and_learns() -> None:
    turns = draw(load(), SEED)[::15]
    one, other = model_of(turns), model_of(turns)
    assert [one.judge(turn.text) for turn in turns] == [other.judge(turn.text) for turn in turns]
    assert np.mean([one.judge(turn.text)[0] is turn.intent for turn in turns]) > 0.9


def test_the_sparse_matrix_multiplies_as_a_dense_one() -> None:
    data = matrix(["how much is it", "كم السعر", "yes"])
    dense = np.zeros((3, len(data.used)), np.float32)
    dense[data.rows, data.columns] = data.values
    weights = np.random.default_rng(1).random((len(data.used), 4), np.float32)
    errors = np.random.default_rng(2).random((3, 4), np.float32)
    np.testing.assert_allclose(data.times(weights, data.values), dense @ weights, rtol=1e-4)
    np.testing.assert_allclose(
        data.transposed_times(errors, data.values), dense.T @ errors, rtol=1e-4
    )


def test_macro_f1_counts_each_intent_alike() -> None:
    rows = [Row("", "en", "", intent, 0.0) for intent in (Intent.HUMAN, Intent.DENY, Intent.DENY)]
    assert macro_f1(rows, [Intent.HUMAN, Intent.DENY, Intent.DENY]) == 1
    assert macro_f1(rows, [Intent.DENY] * 3) == pytest.approx(0.4)


def test_the_keyword_baseline_knows_the_obvious() -> None:
    assert keywords("i want to speak to an agent")[0] is Intent.HUMAN
    assert keywords("وين الفرع")[0] is Intent.QUESTION
    assert keywords("you thieves")[1] < 0
