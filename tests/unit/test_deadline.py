"""How long engines may take before the caller hears something else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sipagent.dialog.deadline import Patience, each_within, within
from sipagent.errors import EngineError


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_all_engines_of_a_silence_share_one_time() -> None:
    clock = Clock()
    patience = Patience(2.0, clock)
    assert patience.left_s == 2.0
    patience.begin()
    clock.now_s += 1.5
    assert patience.left_s == pytest.approx(0.5)
    clock.now_s += 1.0
    assert patience.left_s == 0.0
    patience.end()
    assert patience.left_s == 2.0


async def test_an_engine_that_comes_after_a_slow_one_has_only_what_is_left() -> None:
    clock = Clock()
    patience = Patience(60.0, clock)
    patience.begin()
    clock.now_s += 59.99
    with pytest.raises(EngineError, match="no answer in time"):
        await within(patience, "voice", asyncio.Event().wait())


async def test_what_an_engine_raises_names_the_engine() -> None:
    async def broken() -> None:
        raise ZeroDivisionError("no breath")

    with pytest.raises(EngineError, match="no breath") as error:
        await within(Patience(1.0), "voice", broken())
    assert error.value.engine == "voice"


async def test_a_stream_gives_its_parts_until_one_is_late() -> None:
    clock = Clock()
    patience = Patience(60.0, clock)

    async def parts() -> AsyncIterator[int]:
        yield 1
        yield 2
        await asyncio.Event().wait()

    patience.begin()
    stream = each_within(patience, "responder", parts())
    for expected in (1, 2):
        assert await anext(stream) == expected
        clock.now_s += 29.995
    with pytest.raises(EngineError):
        await anext(stream)
