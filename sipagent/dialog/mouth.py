"""The agent's side of the talk: prompts and sentences to sound, words to the record (D7)."""

from collections.abc import Callable, Sequence

from sipagent.dialog.deadline import Patience, each_within
from sipagent.dialog.prompts import Prompts
from sipagent.events import Event, Interrupted, ReplyBegun, WordsPlayed
from sipagent.ports import Playout, Sentence, Voice
from sipagent.text.language import Language


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

    @property
    def speaking(self) -> bool:
        return self._playout.busy

    async def prompt(self, name: str, languages: Sequence[Language]) -> None:
        """Queue a prompt; it is sound already."""
        clauses = self._prompts.get(name, languages)
        text = " ".join(clause.text for clause in clauses)
        self._begin(Sentence(text, languages[0]), kind=name)
        self.patience.end()
        for clause in clauses:
            await self._playout.play(clause)

    async def sentence(self, sentence: Sentence) -> None:
        """Speak and queue a sentence, clause by clause. Raises ``EngineError``."""
        self._begin(sentence, kind="answer")
        clauses = self._voice.speak(sentence.text, sentence.language, self._rate_hz)
        async for clause in each_within(self.patience, self._voice.name, clauses):
            self.patience.end()
            await self._playout.play(clause)

    def _begin(self, sentence: Sentence, kind: str) -> None:
        if not self._open:
            self._reply += 1
            self._open = True
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

    async def finish(self) -> str:
        """Wait until the reply has been played whole; its words."""
        heard = (await self._playout.drained()).heard
        self._close(whole=True, heard=heard)
        return heard

    def pause(self) -> None:
        self._playout.pause()

    def resume(self) -> None:
        self._playout.resume()

    def stop(self, by: str) -> str:
        """Fall silent at once; the words of the reply that were heard."""
        cut = self._playout.cut()
        if self._open:
            if cut.unheard:
                self._record(
                    Interrupted(reply=self._reply, by=by, heard=cut.heard, unheard=cut.unheard)
                )
            self._close(whole=not cut.unheard, heard=cut.heard)
        return cut.heard

    def _close(self, *, whole: bool, heard: str) -> None:
        self._open = False
        self._record(WordsPlayed(reply=self._reply, whole=whole, text=heard))
