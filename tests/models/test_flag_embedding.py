"""Vectors and judgements by FlagEmbedding's own code, with random weights: one model for all."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import torch
from FlagEmbedding import BGEM3FlagModel
from FlagEmbedding import FlagReranker as TheirReranker

from sipagent.engines.embed_flag import FlagEmbedder
from sipagent.engines.rerank_flag import FlagReranker
from sipagent.errors import EngineError, ModelMissing
from sipagent.ports.retrieval import Embedder, Embedding, Reranker
from tests.models.tiny_flag import LONGEST, WIDTH, make_embedder, make_reranker, token

pytestmark = pytest.mark.timeout(300)  # PyTorch beside others takes its time

TEXTS = (
    "how do I pay my bill",
    "كيف أدفع فاتورة الكهرباء",
    "أبغى pay the فاتورة",
    "a bill, a bill, a bill",
    "hours?",
)
QUERY = "pay bill"


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flag")
    make_embedder(folder / "bge-m3")
    make_reranker(folder / "bge-reranker-v2-m3")
    return folder


def _embedder(models_dir: Path, **settings: object) -> FlagEmbedder:
    usual = {"models_dir": models_dir, "device": "cpu", "threads": 1}
    return FlagEmbedder.from_settings({**usual, **settings})


def _reranker(models_dir: Path, **settings: object) -> FlagReranker:
    usual = {"models_dir": models_dir, "device": "cpu", "threads": 1}
    return FlagReranker.from_settings({**usual, **settings})


@pytest_asyncio.fixture
async def embedder(models_dir: Path) -> AsyncIterator[FlagEmbedder]:
    engine = _embedder(models_dir)
    yield engine
    await engine.close()


@pytest_asyncio.fixture
async def reranker(models_dir: Path) -> AsyncIterator[FlagReranker]:
    engine = _reranker(models_dir)
    yield engine
    await engine.close()


def _close(one: Embedding, other: Embedding) -> bool:
    """The same to within what a processor's order of additions changes."""
    return (
        np.allclose(one.dense, other.dense, atol=1e-5)
        and one.lexical.keys() == other.lexical.keys()
        and all(abs(one.lexical[at] - other.lexical[at]) < 1e-5 for at in one.lexical)
    )


class Forwards:
    """Sees each run of a model's network on its way in, and may hold it or refuse it."""

    def __init__(self, network: Any, most: int | None = None) -> None:
        self.rows: list[int] = []
        self.widths: list[int] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.error: Exception | None = None
        self._most = most
        network.register_forward_pre_hook(self._seen, with_kwargs=True)

    def _seen(self, _network: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        rows, width = kwargs["input_ids"].shape
        self.rows.append(rows)
        self.widths.append(width)
        self.begun.set()
        self.go_on.wait(60)
        if self.error is not None:
            raise self.error
        if self._most is not None and rows > self._most:
            raise torch.OutOfMemoryError("no room")


# ---------------------------------------------------------------------- vectors


async def test_each_text_has_a_vector_of_length_one_and_weighed_tokens(
    embedder: FlagEmbedder,
) -> None:
    port: Embedder = embedder
    found = await port.embed(TEXTS)
    assert port.dimensions == WIDTH
    assert [one.dense.shape for one in found] == [(WIDTH,)] * len(TEXTS)
    assert all(one.dense.dtype == np.float32 for one in found)
    assert all(abs(float(np.linalg.norm(one.dense)) - 1) < 1e-5 for one in found)
    assert all(weight > 0 for one in found for weight in one.lexical.values())
    assert any(one.lexical for one in found)
    assert all(one.tokens is None for one in found)


async def test_the_vectors_are_those_of_flag_embedding_itself(
    embedder: FlagEmbedder, models_dir: Path
) -> None:
    theirs = BGEM3FlagModel(str(models_dir / "bge-m3"), use_fp16=False, devices="cpu")
    wanted = theirs.encode(list(TEXTS), max_length=LONGEST, return_sparse=True)
    for at, one in enumerate(await embedder.embed(TEXTS)):
        lexical = {int(token): float(w) for token, w in wanted["lexical_weights"][at].items()}
        assert _close(one, Embedding(wanted["dense_vecs"][at], lexical))


async def test_with_colbert_each_token_has_a_vector_as_flag_embedding_makes_it(
    models_dir: Path,
) -> None:
    engine = _embedder(models_dir, colbert=True)
    theirs = BGEM3FlagModel(str(models_dir / "bge-m3"), use_fp16=False, devices="cpu")
    wanted = theirs.encode(list(TEXTS), max_length=LONGEST, return_colbert_vecs=True)
    for one, tokens in zip(await engine.embed(TEXTS), wanted["colbert_vecs"], strict=True):
        assert one.tokens is not None
        assert one.tokens.shape == tokens.shape
        assert np.allclose(one.tokens, tokens, atol=1e-5)
    [nothing] = await engine.embed([""])
    assert nothing.tokens is not None
    assert nothing.tokens.shape == (0, WIDTH)
    await engine.close()


async def test_a_token_weighs_once_in_both_languages_and_marks_weigh_nothing(
    embedder: FlagEmbedder,
) -> None:
    [english, arabic] = await embedder.embed(["bill bill bill", "فاتورة فاتورة"])
    assert english.lexical.keys() <= {token("▁bill")}
    assert arabic.lexical.keys() <= {token("▁فاتورة")}
    assert english.lexical or arabic.lexical


async def test_a_run_of_many_equals_a_run_of_one(embedder: FlagEmbedder) -> None:
    together = await embedder.embed(TEXTS)
    alone = [(await embedder.embed([text]))[0] for text in TEXTS]
    assert all(_close(one, other) for one, other in zip(together, alone, strict=True))


async def test_texts_of_several_calls_share_a_run_and_a_long_request_goes_by_parts(
    models_dir: Path,
) -> None:
    engine = _embedder(models_dir, batch=4)
    seen = Forwards(engine._model.model)
    found = await asyncio.gather(*(engine.embed([text]) for text in TEXTS[:4]))
    assert [len(one) for one in found] == [1] * 4
    assert seen.rows == [4]
    assert len(await engine.embed(TEXTS * 2)) == 10
    assert seen.rows[1:] == [4, 4, 2]
    await engine.close()


async def test_a_text_that_is_longer_than_the_model_reads_is_cut(embedder: FlagEmbedder) -> None:
    read = "pay " * (LONGEST - 2)
    [whole, cut] = await embedder.embed([read, read + "كهرباء and more " * 2000])
    assert _close(whole, cut)


async def test_a_text_is_cut_where_the_settings_say(models_dir: Path) -> None:
    engine = _embedder(models_dir, max_tokens=16)
    seen = Forwards(engine._model.model)
    await engine.embed(["pay " * 100])
    assert seen.widths == [16]
    await engine.close()


async def test_a_text_without_words_is_like_nothing_and_is_not_run(models_dir: Path) -> None:
    engine = _embedder(models_dir)
    seen = Forwards(engine._model.model)
    assert await engine.embed([]) == []
    found = await engine.embed(["", " \n\t", "pay", ""])
    assert [bool(one.dense.any()) for one in found] == [False, False, True, False]
    assert [dict(one.lexical) for one in (found[0], found[1], found[3])] == [{}, {}, {}]
    assert seen.rows == [1]
    await engine.close()


async def test_two_models_are_told_apart_and_one_is_itself(
    models_dir: Path, tmp_path: Path
) -> None:
    make_embedder(tmp_path / "bge-m3", seed=8)
    engines = [_embedder(where) for where in (models_dir, models_dir, tmp_path)]
    first, again, other = (engine.model for engine in engines)
    assert first == again
    assert first != other
    for engine in engines:
        await engine.close()


# ---------------------------------------------------------------------- judgements


async def test_each_passage_is_judged_between_zero_and_one_as_flag_embedding_judges_it(
    reranker: FlagReranker, models_dir: Path
) -> None:
    port: Reranker = reranker
    found = await port.scores(QUERY, TEXTS)
    folder = str(models_dir / "bge-reranker-v2-m3")
    theirs = TheirReranker(folder, devices="cpu", max_length=LONGEST, normalize=True)
    assert np.allclose(found, theirs.compute_score([(QUERY, one) for one in TEXTS]), atol=1e-5)
    assert all(0 <= one <= 1 for one in found)
    assert max(found) - min(found) > 0.01


async def test_a_passage_is_judged_alike_alone_and_among_others(reranker: FlagReranker) -> None:
    together = await reranker.scores(QUERY, TEXTS)
    alone = [(await reranker.scores(QUERY, [text]))[0] for text in TEXTS]
    assert np.allclose(together, alone, atol=1e-5)


async def test_of_no_words_nothing_is_judged(models_dir: Path) -> None:
    engine = _reranker(models_dir)
    seen = Forwards(engine._model)
    assert await engine.scores(QUERY, []) == []
    assert await engine.scores("  ", TEXTS) == [0.0] * len(TEXTS)
    found = await engine.scores(QUERY, ["", "pay", "\n"])
    assert [one > 0 for one in found] == [False, True, False]
    assert seen.rows == [1]
    await engine.close()


async def test_a_long_question_is_cut_and_leaves_the_passage_its_quarter(
    models_dir: Path,
) -> None:
    engine = _reranker(models_dir)
    seen = Forwards(engine._model)
    question, passage = "pay " * 500, "فاتورة " * 500
    [found] = await engine.scores(question, [passage])
    assert seen.widths == [LONGEST]
    other = await engine.scores(question, ["كهرباء " * 500])
    assert found != other[0]
    assert await engine.scores("pay " * 48, ["فاتورة " * 12]) == pytest.approx([found], abs=1e-5)
    await engine.close()


# ---------------------------------------------------------------------- one model for all calls


async def test_what_waits_and_is_cancelled_is_never_run(models_dir: Path) -> None:
    engine = _embedder(models_dir, batch=2)
    seen = Forwards(engine._model.model)
    seen.go_on.clear()
    first = asyncio.create_task(engine.embed(["pay"]))
    await asyncio.to_thread(seen.begun.wait, 60)
    unwanted = asyncio.create_task(engine.embed(TEXTS))
    wanted = asyncio.create_task(engine.embed(["bill"]))
    await _until(lambda: engine.waited_s > 0)
    unwanted.cancel()
    with pytest.raises(asyncio.CancelledError):
        await unwanted
    seen.go_on.set()
    assert len(await first) == len(await wanted) == 1
    assert seen.rows == [1, 1]
    assert engine.waited_s == 0
    await engine.close()


async def test_a_full_line_refuses_at_once_and_serves_those_in_it(models_dir: Path) -> None:
    engine = _embedder(models_dir, batch=2, waiting=2)
    seen = Forwards(engine._model.model)
    seen.go_on.clear()
    first = asyncio.create_task(engine.embed(["pay"]))
    await asyncio.to_thread(seen.begun.wait, 60)
    waits = asyncio.create_task(engine.embed(TEXTS[:2]))
    await _until(lambda: engine.waited_s > 0)
    with pytest.raises(EngineError, match="bge-m3: 2 requests wait"):
        await engine.embed(["hours?"])
    seen.go_on.set()
    assert [len(await task) for task in (first, waits)] == [1, 2]
    await engine.close()


async def test_where_not_all_fits_in_memory_the_run_is_parted(models_dir: Path) -> None:
    engine = _embedder(models_dir)
    whole = await engine.embed(TEXTS)
    seen = Forwards(engine._model.model, most=2)
    parted = await engine.embed(TEXTS)
    assert all(_close(one, other) for one, other in zip(parted, whole, strict=True))
    assert [rows for rows in seen.rows if rows <= 2] == [2, 1, 2]
    await engine.close()


@pytest.mark.parametrize("error", [RuntimeError("device lost"), torch.OutOfMemoryError("no room")])
async def test_an_error_of_the_device_fails_the_request_and_not_the_engine(
    models_dir: Path, error: Exception
) -> None:
    engine = _reranker(models_dir)
    seen = Forwards(engine._model)
    seen.error = error
    with pytest.raises(EngineError, match=f"bge-reranker-v2-m3: .*{error}"):
        await engine.scores(QUERY, TEXTS)
    seen.error = None
    assert len(await engine.scores(QUERY, TEXTS)) == len(TEXTS)
    await engine.close()


async def test_a_closed_engine_refuses(models_dir: Path) -> None:
    embedder, reranker = _embedder(models_dir), _reranker(models_dir)
    for engine in (embedder, reranker):
        await engine.close()
        await engine.close()
    with pytest.raises(EngineError):
        await embedder.embed(["pay"])
    with pytest.raises(EngineError):
        await reranker.scores(QUERY, ["pay"])


async def test_the_loop_goes_on_while_the_model_runs(models_dir: Path) -> None:
    engine = _embedder(models_dir)
    seen = Forwards(engine._model.model)
    seen.go_on.clear()
    task = asyncio.create_task(engine.embed(["pay"]))
    await _until(seen.begun.is_set)
    assert not task.done()
    seen.go_on.set()
    assert len(await task) == 1
    await engine.close()


# ---------------------------------------------------------------------- files


def test_files_that_are_no_model_are_said_to_be_none(models_dir: Path, tmp_path: Path) -> None:
    _copied(models_dir / "bge-m3", tmp_path, ("model.safetensors",), b"weights")
    with pytest.raises(ModelMissing, match="does not load on cpu"):
        _embedder(tmp_path, model=str(tmp_path))


def test_a_model_that_gives_no_numbers_is_refused_at_the_start(tmp_path: Path) -> None:
    make_embedder(tmp_path)
    broken = {name: part * float("nan") for name, part in torch.load(_sparse(tmp_path)).items()}
    torch.save(broken, _sparse(tmp_path))
    with pytest.raises(ModelMissing, match="gives no numbers"):
        _embedder(tmp_path, model=str(tmp_path))


def test_weights_that_would_run_code_are_refused(tmp_path: Path) -> None:
    make_embedder(tmp_path)
    torch.save({"weight": print}, _sparse(tmp_path))
    with pytest.raises(ModelMissing, match=r"does not load on cpu: .*[Ww]eights"):
        _embedder(tmp_path, model=str(tmp_path))


def test_a_model_that_judges_nothing_is_no_reranker(models_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="is no reranker, but XLMRobertaModel"):
        _reranker(models_dir, model="bge-m3")
    make_reranker(tmp_path, answers=3)
    with pytest.raises(ModelMissing, match="is no reranker"):
        _reranker(models_dir, model=str(tmp_path))
    (tmp_path / "config.json").write_text(json.dumps([]), encoding="utf-8")
    with pytest.raises(ModelMissing, match="cannot be read"):
        _reranker(models_dir, model=str(tmp_path))


def _sparse(folder: Path) -> Path:
    return folder / "sparse_linear.pt"


def _copied(source: Path, folder: Path, spoilt: Sequence[str], content: bytes) -> None:
    for file in source.iterdir():
        (folder / file.name).write_bytes(content if file.name in spoilt else file.read_bytes())


async def _until(true: Callable[[], bool]) -> None:
    """Let the loop and its threads go on until it is so."""
    for _ in range(30000):
        if true():
            return
        await asyncio.sleep(0.002)
    raise TimeoutError
