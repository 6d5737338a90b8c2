"""The thread that owns PJSIP: what is made there ends there."""

import asyncio
import threading

import pytest

from sipagent.config import MediaSettings, SipSettings
from sipagent.sip.endpoint import Endpoint


class Native:
    """What must not be freed by another thread than the one that made it."""

    freed_by = 0

    def fail(self) -> None:
        try:
            raise OSError
        except OSError as error:
            raise ValueError("the peer was faster") from error

    def __del__(self) -> None:
        Native.freed_by = threading.get_ident()


def test_a_failed_command_leaves_nothing_of_pjsips_to_the_loop() -> None:
    """Odd INVITEs made calls end on the loop's thread, and the node stood still for ever."""

    async def run() -> None:
        endpoint = Endpoint(SipSettings(), MediaSettings(), ())
        failure = endpoint.run(lambda: Native().fail())
        await asyncio.to_thread(endpoint._execute_commands)
        executed_by = Native.freed_by
        with pytest.raises(ValueError, match="faster"):
            await failure
        assert executed_by not in (0, threading.get_ident())

    asyncio.run(run())
