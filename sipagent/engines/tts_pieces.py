"""A text as pieces of speech, by any engine whose sound arrives bit by bit. Knows no engine."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

from sipagent.engines.tts_clauses import Run, Samples, runs
from sipagent.engines.tts_stream import ClauseStream, Habits
from sipagent.errors import EngineError
from sipagent.ports import Speech
from sipagent.text.clauses import Clause, clauses
from sipagent.text.language import Language
from sipagent.text.marks import Manner

# What an engine makes of a run: float32 mono and its rate, the first as soon as it is there.
Sounds = AsyncGenerator[tuple[Samples, int], None]


class Pieces:
    """How one engine speaks: in pieces of ``first_ms``, and no clause over ``longest_s``."""

    def __init__(
        self,
        engine: str,
        sound: Callable[[Run, Manner], Sounds],
        *,
        first_ms: int,
        longest_s: float,
        split: bool = True,
    ) -> None:
        self._engine = engine
        self._sound = sound
        self._first_ms, self._longest_s = first_ms, longest_s
        self._split = split
        self._habits = Habits()

    async def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        """Yield each clause in pieces. Closing the iterator closes the engine's sound.

        Raises ``EngineError``, also for a run of words that brought no sound: the caller must
        not be left in silence.
        """
        for clause in clauses(text, language):
            found = runs(clause, language, split=self._split)
            if not found:
                continue
            stream = ClauseStream(clause, language, rate_hz, self._habits, self._first_ms)
            for run in found:
                async with aclosing(self._run(run, clause, stream)) as pieces:
                    async for piece in pieces:
                        yield piece
            yield stream.end()

    async def _run(
        self, run: Run, clause: Clause, stream: ClauseStream
    ) -> AsyncGenerator[Speech, None]:
        """The pieces that a run completes before its end."""
        begun = False
        got_s = 0.0
        async with aclosing(self._sound(run, clause.manner)) as sound:
            async for samples, from_hz in sound:
                if not begun:
                    stream.begin(run, from_hz)
                    begun = True
                got_s += len(samples) / from_hz
                if got_s > self._longest_s:
                    raise EngineError(self._engine, f"over {got_s:.0f} s of sound for one clause")
                piece = stream.feed(samples)
                if piece is not None:
                    yield piece
        if not begun or not stream.end_run():
            raise EngineError(self._engine, "no audible sound came")
