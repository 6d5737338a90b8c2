"""Tells what is heard on the line, live, and keeps the words that belong to each utterance."""

import asyncio
from collections.abc import Callable, Coroutine

from sipagent.cli.phone import report
from sipagent.cli.phone.audible import Utterance
from sipagent.cli.phone.console import Console
from sipagent.cli.phone.line import Change, Line, Party
from sipagent.errors import SipagentError

Hear = Callable[[bytes], Coroutine[object, object, str]]


class Commentary:
    """``texts`` holds the words by the ``start_ns`` of their utterance.

    ``hear`` recognises int16 mono at 8 kHz; without it nobody puts words to the other side.
    """

    def __init__(self, console: Console, line: Line, hear: Hear | None) -> None:
        self._console = console
        self._line = line
        self._hear = hear
        self._saying = ""
        self.origin_ns = 0  # the answer
        self.texts: dict[int, str] = {}

    def say(self, ns: int, who: str, text: str) -> None:
        """One line, at its moment."""
        self._console.say((ns - self.origin_ns) / 1e6, who, text)

    def saying(self, text: str) -> None:
        """What the caller's next utterance is."""
        self._saying = text

    def on_change(self, change: Change, tasks: asyncio.TaskGroup) -> None:
        """An utterance began or is over; recognising it is left to ``tasks``."""
        one, live = change.utterance, self._line.live
        if change.party is Party.CALLER:
            if not change.over:
                self._own_words(one)
        elif change.over:
            spoke_s = (one.end_ns - one.start_ns) / 1e9
            self.say(one.end_ns, change.party, f"silent, spoke {spoke_s:.2f} s{self._cut(one)}")
            if self._hear is not None:
                tasks.create_task(self._recognise(self._hear, one), name="hear")
        else:
            response_ns = report.response_ns(one, live.caller.all, live.other.all)
            after = "" if response_ns is None else f", {response_ns / 1e6:.0f} ms after the caller"
            self.say(one.start_ns, change.party, f"speaks{after}")

    def _own_words(self, one: Utterance) -> None:
        """A step may sound as several utterances: its text belongs to the first."""
        over = " (over the other side)" if self._line.live.other.now else ""
        if self._saying:
            self.texts[one.start_ns] = self._saying
            self.say(one.start_ns, Party.CALLER, self._saying + over)
        self._saying = ""

    def _cut(self, one: Utterance) -> str:
        for spoken in self._line.live.caller.all:
            if one.start_ns < spoken.start_ns <= one.end_ns:
                return f", the last {(one.end_ns - spoken.start_ns) / 1e6:.0f} ms under the caller"
        return ""

    async def _recognise(self, hear: Hear, one: Utterance) -> None:
        try:
            words = await hear(self._line.sound(one))
        except SipagentError as error:
            self.say(one.start_ns, "", f"not recognised: {error}")
            return
        self.texts[one.start_ns] = words
        self.say(one.start_ns, "", f"heard: {words or '(no words)'}")
