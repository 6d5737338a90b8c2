"""The caller's words as they come: partial ones while he speaks, settled ones when he pauses.

The shell between a call's audio, its recogniser and its turn detector. What it finds comes back
as ``Words`` in the call's inbox; what they mean is the conversation's.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sipagent.dialog.agreement import LocalAgreement
from sipagent.dialog.deadline import Patience, within
from sipagent.errors import EngineError
from sipagent.events import Event
from sipagent.ports import Hearing, Transcriber, Transcript, TurnDetector, Utterance
from sipagent.text.language import Language

BEFORE_MS: Final = 200  # audio before the VAD's first window: soft first sounds
AFTER_MS: Final = 96
BELIEVED: Final = 2  # words that two looks agreed on outlast a last look that finds none
DETECTOR_S: Final = 0.2  # a turn detector that takes longer is not waited for


@dataclass(frozen=True, slots=True)
class Words(Event):
    """What look number ``look`` recognised in the speech up to ``until_ms``. Never recorded.

    ``settled``: the caller had paused there. ``agreed``: what two looks in a row have in common.
    ``finished``: the turn detector's probability that the turn is complete, where there is one.
    """

    look: int
    until_ms: int
    settled: bool
    found: Transcript | EngineError
    agreed: str
    took_ms: int
    finished: float | None = None

    @property
    def text(self) -> str:
        return "" if isinstance(self.found, EngineError) else self.found.text

    @property
    def stable(self) -> bool:
        """Whether the look before this one had the same words."""
        return bool(self.agreed) and len(self.agreed.split()) == len(self.text.split())


@dataclass(frozen=True, slots=True)
class Ears:
    """What a call hears with. ``hot_words`` are names that the tenant's callers say."""

    transcriber: Transcriber
    detector: TurnDetector | None
    rate_hz: int
    languages: tuple[Language, ...]
    hot_words: tuple[str, ...] = ()


class Hearer:
    """One call's recognition: at most one look at its speech at a time, the newest that counts."""

    def __init__(
        self, ears: Ears, hearing: Hearing, patience: Patience, post: Callable[[Event], None]
    ) -> None:
        self._ears = ears
        self._hearing = hearing
        self._patience = patience
        self._post = post
        self._agreement = LocalAgreement()
        self._glanced = Transcript("", ears.languages[0], 0.0)  # the last look while he spoke
        self._from_ms: int | None = None  # where the turn began that is being heard
        self._number = 0
        self._look: asyncio.Task[None] | None = None
        self._settling_ms: int | None = None  # the end of the speech of a settled look

    def open(self, tasks: asyncio.TaskGroup) -> None:
        """Work in these tasks from now on."""
        self._tasks = tasks
        self.forget()

    @property
    def hearing(self) -> bool:
        """Whether there is a turn that is being heard."""
        return self._from_ms is not None

    def begin(self, at_ms: int) -> None:
        """A turn begins here; what was heard before it is no part of it."""
        self.forget()
        self._from_ms = at_ms - BEFORE_MS
        self._hearing.keep_from(self._from_ms)

    def glance(self, at_ms: int) -> None:
        """The caller still speaks: look at his words so far, unless a look is on its way."""
        if self._look is None or self._look.done():
            self._begin_look(at_ms, settled=False)

    def settle(self, ended_ms: int) -> None:
        """The caller has paused: recognise the whole, unless this very speech is on its way."""
        if self._settling_ms != ended_ms:
            self._begin_look(ended_ms, settled=True)

    def end_turn_after(self, silence_ms: int, ended_ms: int) -> None:
        """How long a silence since ``ended_ms`` ends the turn."""
        self._hearing.end_turn_after(silence_ms, ended_ms)

    def wants(self, words: Words) -> bool:
        """Whether they are of the latest look at the turn that is being heard."""
        return words.look == self._number and self.hearing

    def drop(self) -> None:
        """The look on its way is at less than the caller has said by now."""
        if self._look is not None:
            self._look.cancel()
        self._look = self._settling_ms = None
        self._number += 1

    def forget(self) -> None:
        """What was heard is answered, or was no turn."""
        self.drop()
        self._agreement = LocalAgreement()
        self._from_ms = None
        self._hearing.keep_from(None)

    def _begin_look(self, until_ms: int, *, settled: bool) -> None:
        if self._from_ms is None:
            return
        self.drop()
        self._settling_ms = until_ms if settled else None
        ears = self._ears
        pcm = self._hearing.audio(self._from_ms, until_ms + (AFTER_MS if settled else 0))
        said = Utterance(pcm, ears.rate_hz, ears.languages, ears.hot_words, final=settled)
        look = self._settle(said, until_ms) if settled else self._glance(said, until_ms)
        self._look = self._tasks.create_task(look, name="recognise")

    async def _glance(self, said: Utterance, until_ms: int) -> None:
        number, began = self._number, time.monotonic()
        try:
            found = await self._recognise(said)
        except EngineError:  # it gave way, or failed: the settled look will tell
            return
        agreed = self._agreement.feed(found.text).committed
        self._glanced = found
        self._post(Words(number, until_ms, False, found, agreed, _since_ms(began)))

    async def _settle(self, said: Utterance, until_ms: int) -> None:
        number, began = self._number, time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            finished = tasks.create_task(self._finished(said), name="detect turn")
            found = await self._recognised(said)
            took_ms = _since_ms(began)
        text = "" if isinstance(found, EngineError) else found.text
        agreed = self._agreement.feed(text).committed
        if isinstance(found, Transcript) and not text and len(agreed.split()) >= BELIEVED:
            found = replace(self._glanced, text=agreed)
        self._post(Words(number, until_ms, True, found, agreed, took_ms, finished.result()))

    async def _recognised(self, said: Utterance) -> Transcript | EngineError:
        try:
            return await self._recognise(said)
        except EngineError as error:
            return error

    async def _recognise(self, said: Utterance) -> Transcript:
        transcriber = self._ears.transcriber
        return await within(self._patience, transcriber.name, transcriber.transcribe(said))

    async def _finished(self, said: Utterance) -> float | None:
        detector = self._ears.detector
        if detector is None:
            return None
        try:
            async with asyncio.timeout(DETECTOR_S):
                return await detector.finished(said.pcm, said.rate_hz)
        except (EngineError, TimeoutError):
            return None


def _since_ms(began: float) -> int:
    return round(1000 * (time.monotonic() - began))
