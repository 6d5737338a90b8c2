"""What the models of FlagEmbedding have in common, without the package: settings, files, runs."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import ValidationError

from sipagent.config.retrieval import BgeM3Settings, BgeRerankerSettings, FlagSettings
from sipagent.engines.embed_flag import PARTS, REPOSITORY, FlagEmbedder
from sipagent.engines.flag_model import Runs, find_model
from sipagent.engines.rerank_flag import FlagReranker
from sipagent.errors import EngineError, ModelMissing

UNLUCKY = 13


class Doubler:
    """Doubles numbers, notes what each run had, and fails where 13 is among them."""

    def __init__(self) -> None:
        self.runs: list[list[int]] = []

    def run(self, numbers: Sequence[int]) -> list[int]:
        self.runs.append(list(numbers))
        if UNLUCKY in numbers:
            raise ValueError("unlucky")
        return [number * 2 for number in numbers]


def _runs(work: Doubler, batch: int, waiting: int = 64) -> Runs[int, int]:
    return Runs("doubler", work.run, FlagSettings(batch=batch, waiting=waiting))


async def test_a_long_request_runs_by_parts_and_keeps_its_order() -> None:
    work = Doubler()
    runs = _runs(work, batch=4)
    assert await runs.results(range(20, 30)) == [number * 2 for number in range(20, 30)]
    assert [len(run) for run in work.runs] == [4, 4, 2]
    await runs.close()


async def test_a_short_request_passes_a_long_one() -> None:
    work = Doubler()
    runs = _runs(work, batch=4)
    long = asyncio.create_task(runs.results(range(100, 140)))
    short = asyncio.create_task(runs.results([1]))
    await short
    assert not long.done()
    assert 1 in [number for run in work.runs[:2] for number in run]
    assert len(await long) == 40
    await runs.close()


async def test_a_request_longer_than_the_line_is_served() -> None:
    runs = _runs(Doubler(), batch=2, waiting=2)
    assert len(await runs.results(range(20, 70))) == 50
    await runs.close()


async def test_a_failed_part_fails_its_request_at_once_and_no_other() -> None:
    work = Doubler()
    runs = _runs(work, batch=2)
    with pytest.raises(EngineError, match="doubler: ValueError: unlucky"):
        await runs.results([UNLUCKY, *range(20, 40)])
    assert await runs.results([5]) == [10]
    assert len(work.runs) == 2
    await runs.close()


async def test_nothing_is_asked_for_no_items() -> None:
    work = Doubler()
    runs = _runs(work, batch=2)
    assert await runs.results([]) == []
    assert work.runs == []
    await runs.close()


# ---------------------------------------------------------------------- settings and files


def test_the_settings_name_the_production_models() -> None:
    assert BgeM3Settings().model == "bge-m3"
    assert BgeRerankerSettings().model == "bge-reranker-v2-m3"
    assert not BgeM3Settings().colbert


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"batch": 32, "waiting": 8}, r"waiting is 8, less than one run \(32\)"),
        ({"max_tokens": 9000}, "max_tokens"),
        ({"device": "tpu"}, "device"),
        ({"colour": "red"}, "colour"),
    ],
)
@pytest.mark.parametrize("kind", [BgeM3Settings, BgeRerankerSettings])
def test_a_wrong_setting_says_what_is_wrong(
    kind: type[FlagSettings], wrong: dict[str, object], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        kind.model_validate(wrong)


@pytest.mark.parametrize("engine", [FlagEmbedder, FlagReranker])
@pytest.mark.parametrize("package", ["torch", "FlagEmbedding"])
def test_without_its_packages_an_engine_names_the_one_that_lacks(
    monkeypatch: pytest.MonkeyPatch, engine: type[FlagEmbedder | FlagReranker], package: str
) -> None:
    for name in ("torch", "FlagEmbedding"):
        monkeypatch.setitem(sys.modules, name, type(sys)(name))
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError) as caught:
        engine.from_settings({})
    assert caught.value.name == package


def test_a_model_that_is_not_there_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        find_model("bge-m3", tmp_path, PARTS, REPOSITORY)
    assert f"hf download BAAI/bge-m3 --local-dir {tmp_path / 'bge-m3'}" in str(caught.value)


def test_half_a_model_is_missing_its_parts(tmp_path: Path) -> None:
    for part in PARTS[:3]:
        (tmp_path / part).touch()
    with pytest.raises(ModelMissing) as caught:
        find_model(str(tmp_path), None, PARTS, REPOSITORY)
    missing = "colbert_linear.pt, model.safetensors or pytorch_model.bin missing"
    assert str(caught.value) == f"{tmp_path} is not a whole model: {missing}"


@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_a_whole_model_is_found_by_path_and_by_name(tmp_path: Path, weights: str) -> None:
    folder = tmp_path / "bge-m3"
    folder.mkdir()
    for part in (*PARTS, weights):
        (folder / part).touch()
    assert find_model("bge-m3", tmp_path, PARTS, REPOSITORY) == folder
    assert find_model(str(folder), tmp_path, PARTS, REPOSITORY) == folder
