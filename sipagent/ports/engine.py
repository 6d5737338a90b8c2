"""What all engines have."""

from typing import Protocol


class Engine(Protocol):
    """What all engines have."""

    @property
    def name(self) -> str: ...

    @property
    def waited_s(self) -> float:
        """How long the next request has waited for its turn; 0 where none waits."""
        ...

    async def close(self) -> None: ...
