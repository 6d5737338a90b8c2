"""The agent's side of the talk: prompts and sentences to sound, words to the record (D7)."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from sipagent.dialog.bargein import Saying
from sipagent.dialog.deadline import Patience, each_within
from sipagent.dialog.prompts import Prompts
from sipagent.events import Event, Interrupted, ReplyBegun, WordsPlayed
from sipagent.ports import Cut, Playout, Sentence, Speech, Voice
from sipagent.text.language import Language


@dataclass(frozen=True, slots=True)
class Voiced:
    """A sentence whose first clause is sound, and nothing of which was played yet."""

    sentence: Sentence
    first: Speech | None
    rest: AsyncIterator[Speech]


class Mouth:
    """Speaks one reply at a time; a reply is what lies between two turns of the caller."""

    def __init__(
        self,
        playout: Playout,
        voice: Voice,
        prompts: Prompts,
        rate_hz: int,
        patience: Patience,
        record: Callable[[Event], None],
    ) -> None:
        self._playout = playout
        self._voice = voice
        self._prompts = prompts
        self._rate_hz = rate_hz
        self.patience = patience
        self._record = record
        self._reply = 0
        self._open = False
        self._text = ""  # of the open reply

    @property
    def speaking(self) -> bool:
        return self._playout.busy

    @property
    def saying(self) -> Saying:
        """The reply that is being spoken, and how much of what is queued is left."""
        return Saying(self._text, self._playout.left_ms, self._playout.recent)

    async def prompt(self, name: str, languages: Sequence[Language]) -> None:
        """Queue a prompt; it is sound already."""
        clauses = self._prompts.get(name, languages)
        text = " ".join(clause.text for clause in clauses)
        self._begin(Sentence(text, languages[0]), kind=name)
        self.patience.end()
        for clause in clauses:
            await self._playout.play(clause)

    async def voiced(self, sentence: Sentence) -> Voiced:
        """Turn the beginning of a sentence to sound. Raises ``EngineError``."""
        clauses = self._voice.speak(sentence.text, sentence.language, self._rate_hz)
        clauses = each_within(self.patience, self._voice.name, clauses)
        return Voiced(sentence, await anext(clauses, None), clauses)

    async def speak(self, voiced: Voiced) -> None:
        """Queue a sentence, clause by clause. Raises ``EngineError``."""
        self._begin(voiced.sentence, kind="answer")
        if voiced.first is not None:
            self.patience.end()
            await self._playout.play(voiced.first)
        async for clause in voiced.rest:
            await self._playout.play(clause)

    def _begin(self, sentence: Sentence, kind: str) -> None:
        if not self._open:
            self._reply += 1
            self._open = True
            self._text = ""
        self._text = f"{self._text} {sentence.text}".strip()
        source = sentence.sources[0] if sentence.sources else None
        self._record(
            ReplyBegun(
                reply=self._reply,
                kind=kind,
                language=sentence.language,
                document=source.document if source else "",
                section=source.section if source else "",
                sentence=source.sentence if source else "",
                text=sentence.text,
            )
        )

    async def finish(self) -> Cut:
        """Wait until the reply has been played whole; its words."""
        cut = await self._playout.drained()
        self._close(whole=True, heard=cut.heard)
        return cut

    def pause(self) -> None:
        self._playout.pause()

    def resume(self) -> None:
        self._playout.resume()

    def stop(self, by: str) -> Cut:
        """Fall silent at once; the words of the reply that were heard, and those that were not."""
        cut = self._playout.cut()
        if self._open:
            if cut.unheard:
                self._record(
                    Interrupted(reply=self._reply, by=by, heard=cut.heard, unheard=cut.unheard)
                )
            self._close(whole=not cut.unheard, heard=cut.heard)
        return cut

    def _close(self, *, whole: bool, heard: str) -> None:
        self._open = False
        self._text = ""
        self._record(WordsPlayed(reply=self._reply, whole=whole, text=heard))
