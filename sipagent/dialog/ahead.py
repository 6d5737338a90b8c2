"""A stream whose first item is fetched while something else is awaited."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")


@asynccontextmanager
async def ahead(items: AsyncGenerator[T, None]) -> AsyncIterator[AsyncIterator[T]]:
    """The items in order; work on the first has begun. Leaving stops all work for them."""
    first = asyncio.create_task(anext(items), name="fetch ahead")

    async def in_order() -> AsyncIterator[T]:
        try:
            item = await first
        except StopAsyncIteration:
            return
        yield item
        async for item in items:
            yield item

    try:
        yield in_order()
    finally:
        if not first.done():
            first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await items.aclose()
