"""A server that speaks OpenAI's protocol, as engines reach it: key, connections, times, faults.

Knows no path and no body; what is asked and what comes back is the engine's.
"""

import asyncio
import os
from collections.abc import Awaitable
from typing import Any, Final, Protocol, TypeVar

import httpx2
from pydantic import SecretStr

from sipagent.errors import ConfigError, EngineError

T = TypeVar("T")

KEPT_S: Final = 60.0
UNPACKED: Final = {"Accept-Encoding": "identity"}
# The server was not reached, or hung up on a kept connection before it answered.
_UNBEGUN: Final = (
    httpx2.ConnectError,
    httpx2.RemoteProtocolError,
    httpx2.ReadError,
    httpx2.WriteError,
)


class Reach(Protocol):
    """What the settings of such an engine say of its server."""

    @property
    def url(self) -> str: ...
    @property
    def api_key(self) -> SecretStr: ...
    @property
    def api_key_variable(self) -> str: ...
    @property
    def connect_s(self) -> float: ...
    @property
    def connections(self) -> int: ...


class OpenAiServer:
    """One engine's server. ``late`` is what the engine awaits, as a word of its errors.

    Raises ``ConfigError`` where the key is missing or the address is none.
    """

    def __init__(self, engine: str, kind: str, reach: Reach, late: str) -> None:
        self._engine = engine
        self._late = late
        self.url = reach.url
        try:
            self._client = httpx2.AsyncClient(
                base_url=reach.url,
                headers={**UNPACKED, **_authorization(f"{kind} {engine}", reach)},
                timeout=httpx2.Timeout(None, connect=reach.connect_s),
                limits=httpx2.Limits(max_connections=reach.connections, keepalive_expiry=KEPT_S),
                trust_env=False,  # what is said in calls goes to this server and to no proxy
            )
        except httpx2.InvalidURL as error:
            raise ConfigError(f"{kind} {engine}: url: {error}") from None

    async def close(self) -> None:
        """Close every connection. Closing twice is harmless."""
        await self._client.aclose()

    async def post(self, path: str, **request: Any) -> httpx2.Response:
        """The head of the answer to a POST, tried once more where the server never began one.

        ``request`` is httpx's. Raises ``httpx2.HTTPError``; the caller closes the answer.
        """
        built = self._client.build_request("POST", path, **request)
        try:
            return await self._client.send(built, stream=True)
        except _UNBEGUN:
            return await self._client.send(built, stream=True)

    async def get(self, path: str, timeout_s: float) -> Any:
        """The JSON at a path. Raises ``httpx2.HTTPError``, ``ValueError``."""
        return (await self._client.get(path, timeout=timeout_s)).json()

    async def in_time(self, deadline: float, step: Awaitable[T]) -> T:
        """A step of an exchange before the loop's time ``deadline``. Raises ``EngineError``."""
        try:
            async with asyncio.timeout_at(deadline):
                return await step
        except TimeoutError:
            raise self.error(f"no {self._late} in time") from None
        except httpx2.ConnectTimeout:
            raise self.error(f"{self.url} does not answer") from None
        except httpx2.ConnectError:
            raise self.error(f"{self.url} cannot be reached") from None
        except httpx2.HTTPError as error:
            raise self.error(f"the connection broke: {type(error).__name__}") from None

    def error(self, detail: str) -> EngineError:
        return EngineError(self._engine, detail)


def _authorization(engine: str, reach: Reach) -> dict[str, str]:
    """The header with the key, from the settings or from the variable that they name."""
    key, variable = reach.api_key.get_secret_value(), reach.api_key_variable
    if not key and variable:
        key = os.environ.get(variable, "")
        if not key:
            raise ConfigError(f"{engine}: the environment has no {variable}; set it")
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(f"{engine}: the key has characters that no key has")
    return {"Authorization": f"Bearer {key}"} if key else {}
